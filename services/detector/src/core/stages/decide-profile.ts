/** The profile stage: one event in; alerts, privilege steps and observations out. Compared first, learnt after. */
import {
  type Alert,
  type AuditEvent,
  type BaselineControl,
  type ControlRecord,
  chainKey,
  epochMs,
  type RegistryAgent,
  type StepWords,
  TOPICS,
  type VerdictControl,
  type Watermark,
} from '@waywarden/schemas';
import type { Output, StageRecord, Transaction } from '@waywarden/stage';
import type { AlertContext } from '../alerting/build-alert.ts';
import type { Finding } from '../alerting/finding.ts';
import { raise } from '../alerting/life-cycle.ts';
import { alertOutput } from '../alerting/standing-alert.ts';
import { applyVerdict } from '../alerting/verdicts.ts';
import { keepSnapshot } from '../baselines/peers/peer-snapshots.ts';
import { addJoins } from '../correlation/assembly/model/step-keys.ts';
import { observationsOf } from '../correlation/flow/observations-of.ts';
import { isAct, isModelCall } from '../domain/acts.ts';
import { resolveGrants } from '../domain/registry/resolve-grants.ts';
import { wordsOf } from '../injection/step-texts.ts';
import { findingsOf, isGovernedOnly, NOTHING_DECLARED } from '../rules/all-rules.ts';
import { noteApprovalEvent, withReportedApproval } from '../rules/approvals/approval-events.ts';
import { noteApproval } from '../rules/approvals/approval-notes.ts';
import { noteChanges } from '../rules/composition/composition.ts';
import { noteCredentials } from '../rules/credentials/credential-notes.ts';
import { asWorkload, noteUid } from '../rules/identity/churned-uids.ts';
import { notePasser } from '../rules/identity/passers-by.ts';
import { sightUnregistered } from '../rules/identity/unregistered-agent.ts';
import { ruledOf } from '../rules/standing-findings.ts';
import { noteSeen, noteSilences, noteTokenUse } from '../rules/tasks/silence.ts';
import { noteTaskLease } from '../rules/tasks/task-lease.ts';
import { telemetryGapsBefore } from '../rules/tasks/telemetry-gap.ts';
import { conflictLetter, sightEvent } from '../state/agent/duplicate-events.ts';
import { quarantineChain } from '../state/agent/quarantine.ts';
import { advanceAgentClock, agentClockOf } from '../state/stage-clock.ts';
import {
  acceptNumbered,
  applyTenantControl,
  isUnregistered,
  linkRules,
  policyClasses,
  policyCombinations,
  policyLimits,
  policyVersion,
  type RegistryIndex,
  registeredAgent,
  registryIndex,
  reviewedOf,
} from '../state/tenant-control.ts';
import { isScored, learnCall, scoreCall } from './features.ts';
import { reportPeers } from './report-peers.ts';
import { toPrivilegeStep } from './to-privilege-step.ts';

interface Known {
  readonly index: RegistryIndex | undefined;
  readonly registered: RegistryAgent | undefined;
  readonly isUnregistered: boolean;
  readonly policyVersion: string;
  readonly grants: readonly string[] | null;
  readonly before: string | undefined;
  readonly now: string;
}

function know(transaction: Transaction, event: AuditEvent): Known {
  const before = agentClockOf(transaction, event);
  const now = advanceAgentClock(transaction, event, before);
  const index = registryIndex(transaction, event.tenant_id);
  const registered = registeredAgent(index, event.agent.uid);
  return {
    ...{ index, registered, before, now },
    isUnregistered: isUnregistered(index, event.agent.uid),
    policyVersion: policyVersion(transaction, event.tenant_id),
    grants: resolveGrants(event, index?.registry, registered),
  };
}

function share(transaction: Transaction, event: AuditEvent, known: Known): Output[] {
  const { registered, before, now, policyVersion: version } = known;
  const limits = policyLimits(transaction, event.tenant_id);
  if (registered === undefined) {
    if (before === undefined) notePasser(transaction, event);
    noteUid(transaction, event, { before, now });
  }
  return [
    ...reportPeers(transaction, event, { registered, before, now }),
    ...noteChanges(transaction, event, version),
    ...noteSeen(transaction, event, { registered, policyVersion: version, limits }),
    ...noteTokenUse(event, version),
    ...noteApproval(event, version),
    ...noteCredentials(transaction, event, known),
  ];
}

/** Before any registry, those that need no declaration. */
function govern(
  transaction: Transaction,
  event: AuditEvent,
  known: Known,
  {
    isApprovalApart,
    compared,
  }: { readonly isApprovalApart: boolean; readonly compared?: AuditEvent | undefined },
): readonly Finding[] {
  const { index, registered, now } = known;
  return findingsOf(transaction, event, {
    registry: index?.registry ?? NOTHING_DECLARED,
    registered,
    reviewed: index === undefined ? undefined : reviewedOf(index, event.agent.uid),
    classes: policyClasses(transaction, event.tenant_id),
    combinations: policyCombinations(transaction, event.tenant_id),
    limits: policyLimits(transaction, event.tenant_id),
    versions: `${index?.version ?? ''}|${known.policyVersion}`,
    now,
    ...(compared === undefined ? {} : { compared }),
    ...(isApprovalApart ? { isApprovalApart: true } : {}),
  });
}

interface Judged {
  readonly alerts: readonly Alert[];
  readonly words?: StepWords | undefined;
}

function judge(
  transaction: Transaction,
  event: AuditEvent,
  known: Known,
  isApprovalApart: boolean,
): Judged {
  const { registered, policyVersion: version, now } = known;
  const context: AlertContext = {
    ...{ policyVersion: version, registered, isUnregistered: known.isUnregistered, now },
    unheard: () => telemetryGapsBefore(transaction, event),
  };
  if (!isScored(event)) {
    const isAsked = isGovernedOnly(event, known.index?.registry ?? NOTHING_DECLARED);
    const found = isAsked ? govern(transaction, event, known, { isApprovalApart }) : [];
    return { alerts: found.flatMap((one) => raise(transaction, event, one, context)) };
  }
  // All of the workload are compared as one.
  const workload = registered === undefined ? asWorkload(transaction, event) : undefined;
  const compared = workload ?? event;
  const followed = workload === undefined ? context : { ...context, followed: workload };
  const scored = scoreCall(transaction, compared, registered);
  const found = govern(transaction, event, known, { isApprovalApart, compared: workload });
  const alerts = [
    ...scored.features.flatMap((one) => raise(transaction, event, one, followed)),
    ...found.flatMap((one) => raise(transaction, event, one, followed)),
  ];
  if (scored.features.some(({ alarm }) => alarm !== undefined))
    quarantineChain(transaction, compared);
  const isHijack = scored.features.some(({ alarm }) => alarm?.kind === 'hijack_suspected');
  const words = wordsOf(transaction, event, isHijack);
  learnCall(transaction, compared, scored.flag, ruledOf(transaction, compared, found, now));
  return { alerts, words };
}

function pass(
  transaction: Transaction,
  event: AuditEvent,
  known: Known,
  words: StepWords | undefined,
): Output[] {
  const { index, registered, policyVersion: version, grants } = known;
  const step = toPrivilegeStep(event, {
    ...{ grants, registered, policyVersion: version, words },
    ...{ registryVersion: index?.version, registry: index?.registry },
  });
  if (step === undefined) return [];
  addJoins(step, event);
  const rules = linkRules(transaction, event.tenant_id);
  return [
    {
      topic: TOPICS.privilegeSteps.name,
      key: chainKey(event.tenant_id, event.chain_id),
      type: 'event',
      value: step,
      id: event.event_id,
      subject: event.agent.uid,
      time: event.event_time,
    },
    ...(rules === undefined ? [] : observationsOf(transaction, event, step, rules)),
  ];
}

function decideEvent(
  transaction: Transaction,
  received: AuditEvent,
  record: StageRecord,
): readonly Output[] {
  const seen = sightEvent(transaction, { id: received.event_id, body: record.body });
  if (seen === 'conflict') return [conflictLetter(received, record)];
  if (seen === 'repeat') return [];
  const known = know(transaction, received);
  const outputs = share(transaction, received, known);
  noteTaskLease(transaction, received);
  noteApprovalEvent(transaction, received);
  const { registered, policyVersion: version, now } = known;
  const classes = policyClasses(transaction, received.tenant_id);
  const event = withReportedApproval(transaction, received, { registered, classes });
  if (known.isUnregistered && (isAct(event) || isModelCall(event))) {
    const observed = sightUnregistered(transaction, event, { policyVersion: version, now });
    if (observed !== undefined) outputs.push(observed);
  }
  const { alerts, words } = judge(transaction, event, known, event !== received);
  return [...outputs, ...alerts.map(alertOutput), ...pass(transaction, event, known, words)];
}

const DOWNSTREAM = [TOPICS.privilegeSteps.name, TOPICS.valueFlows.name];
const REPORTED_VERDICTS = [TOPICS.privilegeSteps.name];
const REPORTED_TIME = [...DOWNSTREAM, TOPICS.baselinePartials.name];

function forward(
  record: StageRecord,
  id: string,
  topics: readonly string[] = DOWNSTREAM,
): readonly Output[] {
  const { type, value } = record;
  return topics.map((topic) => ({ topic, key: null, partition: 'all', type, value, id }));
}

export function decideProfile(transaction: Transaction, record: StageRecord): readonly Output[] {
  switch (record.type) {
    case 'event':
      return decideEvent(transaction, record.value as AuditEvent, record);
    case 'control': {
      const control = record.value as ControlRecord | BaselineControl | VerdictControl;
      if (control.kind === 'verdict') {
        if (!acceptNumbered(transaction, control.seq)) return [];
        applyVerdict(transaction, control);
        return forward(record, `control/${control.seq}`, REPORTED_VERDICTS);
      }
      if (control.kind === 'baseline') {
        if (acceptNumbered(transaction, control.seq)) keepSnapshot(transaction, control);
        return [];
      }
      return applyTenantControl(transaction, control)
        ? forward(record, `control/${control.seq}`)
        : [];
    }
    case 'watermark': {
      const watermark = record.value as Watermark;
      if (!acceptNumbered(transaction, watermark.seq)) return [];
      const limitsOf = (tenant: string) => policyLimits(transaction, tenant);
      return [
        ...noteSilences(transaction, epochMs(watermark.time), limitsOf),
        ...forward(record, `watermark/${watermark.seq}`, REPORTED_TIME),
      ];
    }
  }
}
