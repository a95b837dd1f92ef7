/** The rules over the registry, in the order in which they are asked. To add one: list it here. */
import type { AuditEvent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { approvalBypass } from './approval-bypass.ts';
import { approvalQuality } from './approval-quality.ts';
import { classDrift } from './class-drift.ts';
import { confusedDeputy } from './confused-deputy.ts';
import { credentialAge } from './credential-age.ts';
import { credentialPlace } from './credential-place.ts';
import { decoyTouched } from './decoy-touched.ts';
import type { Finding, FindingContext, FindingRule } from './finding.ts';
import { notInService } from './not-in-service.ts';
import { outsideProfile } from './outside-profile.ts';
import { overPrivilege } from './over-privilege.ts';
import { reviewLapsed } from './review-lapsed.ts';
import { taskEnvelope } from './task-envelope.ts';
import { taskOverrun } from './task-overrun.ts';

const RULES: readonly FindingRule[] = [
  notInService,
  reviewLapsed,
  taskEnvelope,
  classDrift,
  confusedDeputy,
  outsideProfile,
  decoyTouched,
  overPrivilege,
  approvalBypass,
  approvalQuality,
  credentialAge,
  credentialPlace,
  taskOverrun,
];

export function findingsOf(
  draft: Draft,
  event: AuditEvent,
  context: FindingContext,
): readonly Finding[] {
  return RULES.flatMap((rule) => rule(draft, event, context) ?? []);
}
