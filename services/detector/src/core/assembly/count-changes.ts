/**
 * Undeclared changes, one alert for each cause: agents that come to the same new model, release, prompt
 * or tool definitions within a day are one roll-out, with a count and the first of them named. Alone it
 * is one agent that is no longer what was reviewed. A declaration of a server's tools that comes late
 * takes the alert back.
 */
import { type Alert, epochMs, type PrivilegeStep } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { rememberInRing } from '../kept/remember-in-ring.ts';
import { DECLARED_MS } from '../profile/declarations.ts';
import { NOTES } from '../profile/shared-note.ts';
import { NOTE_EVIDENCE_MAX, noteAlert, revisedAlert, shortAgent } from './note-alert.ts';

/** Changes of a partition that are remembered; the oldest begins anew. */
export const CHANGES_MAX = 10_000;
const RING = 'changes';
/** How much later a declaration may be told than what it covers shows. */
const LATE_MS = 3_600_000;

interface Counted {
  readonly declaredMs?: number;
  readonly agents: number;
  /** The first of them. */
  readonly seen: readonly PrivilegeStep[];
  readonly latestMs: number;
  readonly last?: Alert;
}

const NOTHING: Counted = { agents: 0, seen: [], latestMs: 0 };

const WHAT: Readonly<Record<string, string>> = {
  model: 'another model',
  provider: 'another provider of its model',
  framework: 'another framework',
  release: 'another version',
  prompt: 'another prompt',
  tool: 'other tool definitions',
};

function wordsOf(about: string): string {
  const sorts = about.split(' + ').map((one) => WHAT[one.slice(0, one.indexOf('/'))] ?? one);
  return sorts.join(' and ');
}

function describe(counted: Counted, about: string, at: string): Alert {
  const [first] = counted.seen;
  if (first === undefined) throw new Error('A change was counted and none is kept.');
  const { agents } = counted;
  const who = shortAgent(first.agent_uid);
  const what = wordsOf(about);
  return noteAlert({
    kind: 'undeclared_change',
    ruleId: 'undeclared-change',
    severity: 'medium',
    alertKey: `${about}|${first.event_id}`,
    causeKey: `change|${about}`,
    subject: first,
    evidence: counted.seen.map((step) => [step, 'changed_call'] as const),
    count: agents,
    title:
      agents === 1
        ? `${who} shows ${what}, which nobody declared`
        : `${agents} agents show ${what}, which nobody declared (${about})`,
    summary:
      (agents === 1
        ? `${who} came to ${about} at ${first.event_time.slice(0, 19)}, `
        : `${agents} agents came to ${about} within a day, first ${who} at ${first.event_time.slice(0, 19)}, `) +
      'and no declaration of the day before covers it. What was reviewed is not what runs.',
    expected: 'what it showed before, or a declaration within the 24 h before',
    observed: about,
    notVisible: ['Who made the change is not visible, only that it shows.'],
    taxonomy: { owasp: ['ASI04'], atlas: ['AML.T0018'] },
    detectedAt: at,
  });
}

/** Declared before it showed, and at most a day before it may have come. */
function covered(declaredMs: number | undefined, step: PrivilegeStep): boolean {
  if (declaredMs === undefined) return false;
  const shownMs = epochMs(step.event_time);
  const sinceMs = step.noted_since_ms ?? shownMs;
  return declaredMs <= shownMs + LATE_MS && sinceMs - declaredMs <= DECLARED_MS;
}

function declared(draft: Draft, key: string, counted: Counted, step: PrivilegeStep) {
  const declaredMs = Math.max(counted.declaredMs ?? 0, epochMs(step.event_time));
  const { last, seen } = counted;
  const first = seen[0];
  const isCovered = last?.state === 'open' && first !== undefined && covered(declaredMs, first);
  if (!isCovered) {
    draft.put(key, { ...counted, declaredMs });
    return undefined;
  }
  const withdrawn: Alert = { ...last, revision: last.revision + 1, state: 'withdrawn' };
  draft.put(key, { ...NOTHING, declaredMs });
  return withdrawn;
}

/** What the note leads to: a new alert, a revision, or nothing. */
export function countChange(draft: Draft, step: PrivilegeStep, at: string): Alert | undefined {
  const about = step.workload ?? '';
  const key = `change/${JSON.stringify([step.tenant_id, about])}`;
  const known = draft.get<Counted>(key);
  if (known === undefined) rememberInRing(draft, RING, key, CHANGES_MAX);
  if (step.activity === NOTES.changeDeclared) return declared(draft, key, known ?? NOTHING, step);
  const ms = epochMs(step.event_time);
  const { declaredMs } = known ?? NOTHING;
  if (covered(declaredMs, step)) return undefined;
  const isSameCause = known !== undefined && ms - known.latestMs <= DECLARED_MS;
  const before = isSameCause
    ? known
    : { ...NOTHING, ...(declaredMs === undefined ? {} : { declaredMs }) };
  if (before.seen.some((one) => one.agent_uid === step.agent_uid)) return undefined;
  const counted: Counted = {
    ...before,
    agents: before.agents + 1,
    seen: [...before.seen, step].slice(0, NOTE_EVIDENCE_MAX),
    latestMs: Math.max(before.latestMs, ms),
  };
  const fresh = describe(counted, about, at);
  const { last } = before;
  const isTold =
    last === undefined || counted.agents <= NOTE_EVIDENCE_MAX || fresh.count >= last.count * 2;
  const alert = last === undefined ? fresh : revisedAlert(last, fresh);
  draft.put(key, isTold ? { ...counted, last: alert } : counted);
  return isTold ? alert : undefined;
}
