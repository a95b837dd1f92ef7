/**
 * The profile stage: one event of `audit.events` in, alerts, privilege steps and sightings of values
 * out.
 *
 * Order inside: duplicates dropped, the agent's clock moved, the call scored against what was known
 * before it, alerts raised, the step emitted, and only then the call observed and learnt. Control
 * records and watermarks change this stage's own state and are forwarded to every partition of what
 * it writes, because later stages decide by them too.
 */
import {
  type Alert,
  type AuditEvent,
  alertKey,
  type BaselineControl,
  type ControlRecord,
  chainKey,
  epochMs,
  type StepWords,
  TOPICS,
  type VerdictControl,
  type Watermark,
} from '@waywarden/schemas';
import type { Draft, Output, StageRecord } from '@waywarden/stage';
import { addJoins } from './assembly/chain/step-keys.ts';
import { wordsOf } from './facets/step-words.ts';
import { sightingsOf } from './flow/sightings-of.ts';
import { noteApprovalEvent, withToldApproval } from './governance/approval-events.ts';
import { findingsOf, isGovernedOnly, NOTHING_DECLARED } from './governance/findings.ts';
import { isModelCall } from './governance/model-deed.ts';
import { stolenOfWorkload } from './governance/stolen-credential.ts';
import { noteLease } from './governance/task-lease.ts';
import { sightUnregistered } from './governance/unregistered-agent.ts';
import { keepSnapshot } from './peers/peer-snapshots.ts';
import { tellPeers } from './peers/tell-peers.ts';
import { adoptedClock } from './profile/adopt-earlier.ts';
import { advanceClock, clockOf } from './profile/agent-clock.ts';
import { noteAgentDay } from './profile/alert-budget.ts';
import { raise } from './profile/alert-track.ts';
import { applyVerdict } from './profile/apply-verdict.ts';
import { noteApproval } from './profile/approval-notes.ts';
import { tellRounds } from './profile/cause-rounds.ts';
import { noteUid } from './profile/churned-uids.ts';
import { noteChanges } from './profile/composition.ts';
import { conflictLetter } from './profile/conflict-letter.ts';
import { noteCredentials } from './profile/credential-notes.ts';
import type { AlertContext } from './profile/new-alert.ts';
import { noteNewcomer } from './profile/newcomer-notes.ts';
import { oneBurst } from './profile/one-burst.ts';
import { notePasser } from './profile/passers-by.ts';
import { resolveGrants } from './profile/resolve-grants.ts';
import { tellLater } from './profile/roll-out.ts';
import { isAct, isScored, learnCall, quarantineChain, scoreCall } from './profile/score-call.ts';
import { sightEvent } from './profile/seen-events.ts';
import { hear, noteSilences, noteTokenUse } from './profile/silence.ts';
import { ruledOf } from './profile/standing-findings.ts';
import {
  acceptNumbered,
  applyControl,
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
} from './profile/tenant-control.ts';
import { toPrivilegeStep } from './profile/to-privilege-step.ts';
import { unheardOf } from './profile/unheard.ts';
import { learnWorkload, scoreWorkload } from './profile/workload-volumes.ts';

export function alertOutput(alert: Alert): Output {
  return {
    topic: TOPICS.alerts.name,
    key: alertKey(alert.tenant_id, alert.alert_id),
    type: 'event',
    value: alert,
    id: `${alert.alert_id}/${alert.revision}`,
    subject: alert.subject.agent_uid,
    time: alert.detected_at,
  };
}

function tell(outputs: Output[], alerts: readonly Alert[]): void {
  for (const alert of alerts) outputs.push(alertOutput(alert));
}

/**
 * What the rules over the registry say of a call; while none is published, those that need no declaration.
 * `workload`: the call as one of its workload, whose agents have no history of their own.
 */
function govern(
  draft: Draft,
  event: AuditEvent,
  index: RegistryIndex | undefined,
  context: AlertContext & { readonly isApprovalApart?: boolean },
  workload?: AuditEvent,
) {
  const outputs: Output[] = [];
  const { registered, now, policyVersion: version } = context;
  const sighted =
    context.isUnregistered && (isAct(event) || isModelCall(event))
      ? sightUnregistered(draft, event, { policyVersion: version, now })
      : undefined;
  if (sighted !== undefined) outputs.push(sighted);
  const found = findingsOf(draft, event, {
    registry: index?.registry ?? NOTHING_DECLARED,
    registered,
    reviewed: index === undefined ? undefined : reviewedOf(index, event.agent.uid),
    classes: policyClasses(draft, event.tenant_id),
    combinations: policyCombinations(draft, event.tenant_id),
    limits: policyLimits(draft, event.tenant_id),
    versions: `${index?.version ?? ''}|${version}`,
    now,
    ...(context.isApprovalApart === true ? { isApprovalApart: true } : {}),
  });
  const stolen = workload && stolenOfWorkload(draft, workload);
  for (const one of found) {
    // One thief is told once: of the workload, which knows where its keys belong.
    if (stolen !== undefined && one.facet === stolen.facet) continue;
    tell(outputs, raise(draft, event, one, context));
  }
  if (stolen === undefined || workload === undefined) return { outputs, found };
  tell(outputs, raise(draft, event, stolen, { ...context, followed: workload }));
  return { outputs, found: [...found, stolen] };
}

/** Most have nothing to add, and to spread nothing takes as long as to spread something. */
function add(outputs: Output[], more: readonly Output[]): void {
  for (const one of more) outputs.push(one);
}

interface Scored {
  readonly outputs: readonly Output[];
  readonly words?: StepWords | undefined;
}

/** What facets and rules say of a call, and then what it teaches. */
function scoreAct(
  draft: Draft,
  event: AuditEvent,
  index: RegistryIndex | undefined,
  context: AlertContext & { readonly isApprovalApart: boolean },
): Scored {
  const outputs: Output[] = [];
  const scored = scoreCall(draft, event, context.registered);
  for (const facet of oneBurst(draft, event, scored.facets)) {
    tell(outputs, raise(draft, event, facet, context));
  }
  const workload = context.registered === undefined ? scoreWorkload(draft, event) : undefined;
  if (workload !== undefined) {
    const followed = { ...context, followed: workload.event };
    for (const facet of oneBurst(draft, workload.event, workload.facets)) {
      tell(outputs, raise(draft, event, facet, followed));
    }
  }
  const isTooMuch = workload !== undefined && workload.facets.length > 0;
  if (scored.alarmed || isTooMuch) quarantineChain(draft, event);
  const governed = govern(draft, event, index, context, workload?.event);
  add(outputs, governed.outputs);
  const isHijack = scored.facets.some(({ alarm }) => alarm?.kind === 'hijack_suspected');
  const words = wordsOf(draft, event, isHijack);
  const ruled = ruledOf(draft, event, governed.found, context.now);
  const flag = isTooMuch ? 'quarantined' : scored.flag;
  const { signs, task, facets } = scored;
  learnCall(draft, event, flag, { signs, task, facets, ruled });
  if (workload !== undefined) {
    // What stands is so of all of them: none of its agents lives long enough.
    const { isForeign } = ruledOf(draft, workload.event, governed.found, context.now);
    learnWorkload(draft, workload, scored.flag === 'quarantined' || isTooMuch || isForeign);
  }
  return { outputs, words };
}

function decideEvent(draft: Draft, received: AuditEvent, record: StageRecord): readonly Output[] {
  const sighting = sightEvent(draft, { id: received.event_id, body: record.body });
  if (sighting === 'conflict') return [conflictLetter(received, record)];
  if (sighting === 'repeat') return [];
  return decideNew(draft, received);
}

function decideNew(draft: Draft, received: AuditEvent): readonly Output[] {
  const before = clockOf(draft, received) ?? adoptedClock(draft, received);
  const now = advanceClock(draft, received, before);
  const index = registryIndex(draft, received.tenant_id);
  const registered = registeredAgent(index, received.agent.uid);
  const isMissing = isUnregistered(index, received.agent.uid);
  noteAgentDay(draft, received, { before, now, isUnregistered: isMissing });
  if (registered === undefined) {
    if (before === undefined) notePasser(draft, received);
    noteUid(draft, received, { before, now });
  }
  const version = policyVersion(draft, received.tenant_id);
  const limits = policyLimits(draft, received.tenant_id);
  const grants = resolveGrants(received, index?.registry, registered);
  const outputs: Output[] = [];
  add(outputs, tellPeers(draft, received, { registered, before, now }));
  add(outputs, noteChanges(draft, received, version));
  add(outputs, hear(draft, received, { registered, policyVersion: version, limits }));
  add(outputs, noteTokenUse(received, version));
  add(outputs, noteApproval(received, version));
  const asked = { grants, policyVersion: version, registered, before, now };
  add(outputs, noteCredentials(draft, received, asked));
  if (registered === undefined) add(outputs, noteNewcomer(draft, received, version));
  noteLease(draft, received);
  noteApprovalEvent(draft, received);
  const classes = policyClasses(draft, received.tenant_id);
  const event = withToldApproval(draft, received, { registered, classes });
  const isApprovalApart = event !== received;
  const unheard = () => unheardOf(draft, received);
  const context = {
    policyVersion: version,
    registered,
    isUnregistered: isMissing,
    now,
    isApprovalApart,
    unheard,
  };
  let words: StepWords | undefined;
  if (isScored(event)) {
    const scored = scoreAct(draft, event, index, context);
    add(outputs, scored.outputs);
    words = scored.words;
  } else if (isGovernedOnly(event, index?.registry ?? NOTHING_DECLARED)) {
    add(outputs, govern(draft, event, index, context).outputs);
  }
  const step = toPrivilegeStep(event, {
    grants,
    registered,
    policyVersion: version,
    registryVersion: index?.version,
    registry: index?.registry,
    words,
  });
  if (step === undefined) return outputs;
  addJoins(step, event);
  outputs.push({
    topic: TOPICS.privilegeSteps.name,
    key: chainKey(event.tenant_id, event.chain_id),
    type: 'event',
    value: step,
    id: event.event_id,
    subject: event.agent.uid,
    time: event.event_time,
  });
  const rules = linkRules(draft, event.tenant_id);
  if (rules !== undefined) add(outputs, sightingsOf(draft, event, step, rules));
  return outputs;
}

const DOWNSTREAM = [TOPICS.privilegeSteps.name, TOPICS.valueFlows.name];
/** Where alerts are told that agents have in common. */
const TOLD_VERDICTS = [TOPICS.privilegeSteps.name];
/** Whom rules do not concern, and time does. */
const TOLD_TIME = [...DOWNSTREAM, TOPICS.baselinePartials.name];

function forward(
  record: StageRecord,
  id: string,
  topics: readonly string[] = DOWNSTREAM,
): readonly Output[] {
  const { type, value } = record;
  return topics.map((topic) => ({ topic, key: null, partition: 'all', type, value, id }));
}

/** `Decide` over `audit.events`; record values have passed their validators. */
export function decideProfile(draft: Draft, record: StageRecord): readonly Output[] {
  switch (record.type) {
    case 'event':
      return decideEvent(draft, record.value as AuditEvent, record);
    case 'control': {
      const control = record.value as ControlRecord | BaselineControl | VerdictControl;
      if (control.kind === 'verdict') {
        if (!acceptNumbered(draft, control.seq)) return [];
        applyVerdict(draft, control);
        return forward(record, `control/${control.seq}`, TOLD_VERDICTS);
      }
      if (control.kind === 'baseline') {
        if (acceptNumbered(draft, control.seq)) keepSnapshot(draft, control);
        return [];
      }
      return applyControl(draft, control) ? forward(record, `control/${control.seq}`) : [];
    }
    case 'watermark': {
      const watermark = record.value as Watermark;
      if (!acceptNumbered(draft, watermark.seq)) return [];
      const limitsOf = (tenant: string) => policyLimits(draft, tenant);
      return [
        ...tellRounds(draft, watermark.time).map(alertOutput),
        ...tellLater(draft, watermark.time).map(alertOutput),
        ...noteSilences(draft, epochMs(watermark.time), limitsOf),
        ...forward(record, `watermark/${watermark.seq}`, TOLD_TIME),
      ];
    }
  }
}
