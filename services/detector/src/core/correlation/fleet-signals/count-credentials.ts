/** One credential in several hands: a function of all notes under its key, in any order. */
import {
  type Alert,
  allSources,
  epochMs,
  type PrivilegeStep,
  type VerdictControl,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { NOTES } from '../../alerting/shared-note.ts';
import { restate, withdraw } from '../../alerting/standing-alert.ts';
import { WARMED_UP_MS } from '../../domain/day.ts';
import { weakerAssurance } from '../../domain/decisive-assurance.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { rememberInRing } from '../../state/agent/bounded-lists.ts';
import { credentialSharedWords, revertedWords } from '../../wording/credential-stories.ts';
import {
  fewHolders,
  holderCount,
  isOnlyClaimed,
  strangers,
  withChurning,
  withHanded,
  withHolder,
} from './credential-holders.ts';
import {
  foundThenUsed,
  holderName,
  holdersOf,
  type Known,
  NOTHING,
  passedOn,
  SHARED,
  type Story,
  withFind,
} from './credential-story.ts';
import { noteAlert, noteAssurance } from './note-alert.ts';
import { firstOf, gravest, inTheirOrder, isOrderOnlyClaimed, isProvenStep } from './step-proof.ts';

/** As many again that were only found. */
export const CREDENTIALS_MAX = 100_000;
const RING = 'credentials';
/** Apart: who fills files with secrets pushes out nothing that was called with. */
const FOUND_RING = 'secrets';
const ALERT_RING = 'credential-alerts';
const FINDS: ReadonlySet<string> = new Set([NOTES.secretFound, NOTES.secretFetched]);

function shared(known: Known): Story | undefined {
  const { uses, newSince = '' } = known;
  const [first, second] = uses;
  if (first === undefined || second === undefined) return undefined;
  const strange = strangers(known);
  const newOnes = strange.filter((one) => one.event_time >= newSince);
  const subject = gravest(first, newOnes) ?? gravest(first, strange);
  if (subject === undefined) return passedOn(second, first, known);
  const [who, holder] = [holderName(known, subject), holderName(known, first)];
  const rest = uses.filter((one) => one !== subject && one !== first);
  const [its, call] = inTheirOrder(first, subject);
  const others = rest.filter((one) => strange.includes(one)).reverse();
  const newest = strange
    .filter((one) => one !== subject)
    .slice(-3)
    .reverse();
  const words = credentialSharedWords({
    ...{ who, holder, since: firstOf(subject).event_time, holderSince: firstOf(first).event_time },
    ...{ holders: holdersOf(known), others: newest.map((one) => holderName(known, one)) },
    isOnlyClaimed: isOnlyClaimed(known, subject),
    isAnyOnlyClaimed: strange.some((one) => isOnlyClaimed(known, one)),
    isOrderOnlyClaimed: isOrderOnlyClaimed(first, subject),
    isReportedBefore: known.newSince !== undefined,
  });
  return {
    kind: 'credential_misuse',
    ruleId: SHARED,
    severity: RULE_SEVERITIES[SHARED][[its, call].every(isProvenStep) ? 'proven' : 'plain'],
    subject: call,
    named: strange.map((one) => (one === subject ? call : one)),
    evidence: [
      [call, 'use_by_another'] as const,
      [its, 'use_of_credential'] as const,
      ...others.map((one) => [one, 'use_by_another'] as const),
      ...rest
        .filter((one) => !strange.includes(one))
        .map((one) => [one, 'use_of_credential'] as const),
    ],
    count: holderCount(known),
    ...words,
    taxonomy: { owasp: ['ASI03'], attack: ['T1528', 'T1550.001'] },
  };
}

function alertOf(story: Story, about: string, alertKey: string, at: string): Alert {
  const { hygiene, named, ...finding } = story;
  const alert = noteAlert({ ...finding, alertKey, causeKey: about, detectedAt: at });
  const [first, second] = story.evidence;
  const decisive = [first, second].flatMap((one) => (one === undefined ? [] : [one[0]]));
  const sources = allSources(decisive.map((one) => one.source));
  const uid = story.subject.credential_uid;
  return {
    ...alert,
    subject: { ...alert.subject, ...(uid === undefined ? {} : { credential_uid: uid }) },
    decisive_assurance: decisive.map(noteAssurance).reduce(weakerAssurance),
    ...(sources === undefined ? {} : { sources: [...sources] }),
    ...(hygiene === true ? { hygiene: true } : {}),
  };
}

/** Graver, resting on somebody else, or naming more. */
function isNews(last: Alert, fresh: Alert, { named }: Story): boolean {
  const ids = new Set(last.evidence.map((one) => one.event_id));
  return !(
    last.subject.agent_uid === fresh.subject.agent_uid &&
    last.state === fresh.state &&
    last.severity === fresh.severity &&
    last.evidence[1]?.event_id === fresh.evidence[1]?.event_id &&
    last.not_visible.join() === fresh.not_visible.join() &&
    named.every((one) => ids.has(one.event_id))
  );
}

function isNewToOld(known: Known, step: PrivilegeStep): boolean {
  const last = known.alerts[SHARED];
  if (last === undefined || !strangers(known).includes(step)) return false;
  if (known.answer?.isWrong === true) return true;
  return epochMs(step.event_time) - epochMs(last.last_event_time) > WARMED_UP_MS;
}

function withNote(known: Known, step: PrivilegeStep): Known {
  if (step.activity === NOTES.credentialHanded) {
    const { delegate_uid: to } = step;
    const by = isProvenStep(step) ? 'proof' : 'word';
    return { ...known, ...withHanded(known, to === undefined ? [] : [to], by) };
  }
  if (step.activity !== NOTES.credentialUsed) return { ...known, ...withFind(known, step) };
  const isNew = known.uses.every((one) => one.agent_uid !== step.agent_uid);
  const now = { ...known, ...withHolder(known, step) };
  if (!isNew || !isNewToOld(now, step)) return now;
  const { [SHARED]: _, ...reported } = known.alerts;
  const { answer: __, ...unanswered } = now;
  return { ...unanswered, alerts: reported, newSince: step.event_time };
}

function reverted(known: Known, story: Story | undefined, at: string): readonly Alert[] {
  const last = known.alerts[SHARED];
  if (last?.state !== 'open' || story?.ruleId === SHARED || known.answer?.isWrong === true) {
    return [];
  }
  const [first] = known.uses;
  const isHanded = story !== undefined || first === undefined;
  const runs = isHanded ? undefined : holderName(known, first);
  return [withdraw(last, at, revertedWords(last.summary, runs))];
}

function announce(known: Known, step: PrivilegeStep, at: string): readonly Alert[] {
  const about = step.workload ?? '';
  const judged = { ...known, ...fewHolders(known, step.agent_uid) };
  const story = shared(judged);
  const reported = [story, foundThenUsed(judged)].flatMap((story) => {
    if (story === undefined) return [];
    const isLater = story.ruleId === SHARED && known.newSince !== undefined;
    const key = isLater ? `${about}|${known.newSince}` : about;
    const last = known.alerts[story.ruleId];
    const fresh = alertOf(story, about, key, at);
    const alert = restate(last, fresh, last && isNews(last, fresh, story));
    return alert === undefined ? [] : [alert];
  });
  return [...reverted(known, story, at), ...reported];
}

const alertKey = (id: string) => `held-alert/${id}`;

function keepAlerts(transaction: Transaction, key: string, alerts: readonly Alert[]): void {
  for (const { alert_id: id, revision, rule_id: rule } of alerts) {
    if (rule !== SHARED || revision > 1) continue;
    rememberInRing(transaction, ALERT_RING, alertKey(id), CREDENTIALS_MAX);
    transaction.put(alertKey(id), key);
  }
}

/** Found wrong: those named are answered, and the next stranger is a new alert. */
export function answerCredential(transaction: Transaction, control: VerdictControl): void {
  const key = transaction.get<string>(alertKey(control.alert_id));
  const known = key === undefined ? undefined : transaction.get<Known>(key);
  const claimedMs = epochMs(control.verdict_at);
  if (key === undefined || known === undefined || claimedMs <= (known.answer?.claimedMs ?? 0))
    return;
  if (known.alerts[SHARED]?.alert_id !== control.alert_id) return;
  const isWrong = control.verdict === 'false_positive';
  const workloads = known.uses.flatMap(({ agent_workload: of }) => (of === undefined ? [] : [of]));
  const now = isWrong ? withChurning(known, workloads) : known;
  transaction.put(key, { ...known, ...now, answer: { claimedMs, isWrong } } satisfies Known);
}

export function countCredential(
  transaction: Transaction,
  step: PrivilegeStep,
  at: string,
): readonly Alert[] {
  const key = `held/${JSON.stringify([step.tenant_id, step.workload ?? ''])}`;
  const before = transaction.get<Known>(key);
  const ring = FINDS.has(step.activity) ? FOUND_RING : RING;
  if (before === undefined) rememberInRing(transaction, ring, key, CREDENTIALS_MAX);
  const known = withNote(before ?? NOTHING, step);
  const alerts = announce(known, step, at);
  keepAlerts(transaction, key, alerts);
  const reported = Object.fromEntries(alerts.map((one) => [one.rule_id, one]));
  transaction.put(key, {
    ...known,
    ...fewHolders(known),
    alerts: { ...known.alerts, ...reported },
  });
  return alerts;
}
