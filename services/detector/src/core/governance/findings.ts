/** The rules over the registry, in the order in which they are asked. To add one: list it here. */
import type { AuditEvent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { classDrift } from './class-drift.ts';
import { confusedDeputy } from './confused-deputy.ts';
import { decoyTouched } from './decoy-touched.ts';
import type { Finding, FindingContext, FindingRule } from './finding.ts';
import { notInService } from './not-in-service.ts';
import { outsideProfile } from './outside-profile.ts';
import { overPrivilege } from './over-privilege.ts';
import { reviewLapsed } from './review-lapsed.ts';
import { taskEnvelope } from './task-envelope.ts';

const RULES: readonly FindingRule[] = [
  notInService,
  reviewLapsed,
  taskEnvelope,
  classDrift,
  confusedDeputy,
  outsideProfile,
  decoyTouched,
  overPrivilege,
];

export function findingsOf(
  draft: Draft,
  event: AuditEvent,
  context: FindingContext,
): readonly Finding[] {
  return RULES.flatMap((rule) => rule(draft, event, context) ?? []);
}
