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
import { namedBy } from '../profile/declared-tools.ts';
import { NOTES } from '../profile/shared-note.ts';
import { NOTE_EVIDENCE_MAX, noteAlert, revisedAlert, shortAgent } from './note-alert.ts';

/** Changes of a partition that are remembered; the oldest begins anew. */
export const CHANGES_MAX = 10_000;
const RING = 'changes';
/** How much later a declaration may be told than what it covers shows. */
const LATE_MS = 3_600_000;

/** Tools of a server that were declared one by one: the latest. */
const DECLARED_TOOLS_MAX = 64;

interface Counted {
  /** When all of it was declared last, and when which of its tools. */
  readonly declaredMs?: number;
  readonly declaredTools?: readonly (readonly [tool: string, ms: number])[];
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

type Declared = Pick<Counted, 'declaredMs' | 'declaredTools'>;

/** Declared before it showed, and at most a day before it may have come. */
function covered({ declaredMs, declaredTools = [] }: Declared, step: PrivilegeStep): boolean {
  const shownMs = epochMs(step.event_time);
  const sinceMs = step.noted_since_ms ?? shownMs;
  const isInTime = (ms: number) => ms <= shownMs + LATE_MS && sinceMs - ms <= DECLARED_MS;
  if (declaredMs !== undefined && isInTime(declaredMs)) return true;
  const { tool } = step;
  if (tool === undefined) return false;
  return declaredTools.some(([of, ms]) => isInTime(ms) && namedBy(of, tool) !== undefined);
}

/** With what a note declares: one tool of a server, or all that it is about. */
function withDeclared(before: Declared, { event_time: time, tool }: PrivilegeStep): Declared {
  const ms = epochMs(time);
  const { declaredMs, declaredTools } = before;
  if (tool === undefined) {
    return { ...declaredOf(before), declaredMs: Math.max(declaredMs ?? 0, ms) };
  }
  const of = `tool/${tool.server ?? ''}/${tool.name}`;
  const others = (declaredTools ?? []).filter(([one, at]) => one !== of || at > ms);
  return {
    ...declaredOf(before),
    declaredTools: [...others, [of, ms] as const].slice(-DECLARED_TOOLS_MAX),
  };
}

const declaredOf = ({ declaredMs, declaredTools }: Declared): Declared => ({
  ...(declaredMs === undefined ? {} : { declaredMs }),
  ...(declaredTools === undefined ? {} : { declaredTools }),
});

function declared(draft: Draft, key: string, counted: Counted, step: PrivilegeStep) {
  const now = withDeclared(counted, step);
  const { last, seen } = counted;
  const isCovered = last?.state === 'open' && seen.every((one) => covered(now, one));
  if (!isCovered) {
    draft.put(key, { ...counted, ...now });
    return undefined;
  }
  const withdrawn: Alert = { ...last, revision: last.revision + 1, state: 'withdrawn' };
  draft.put(key, { ...NOTHING, ...now });
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
  if (known !== undefined && covered(known, step)) return undefined;
  const isSameCause = known !== undefined && ms - known.latestMs <= DECLARED_MS;
  const before = isSameCause ? known : { ...NOTHING, ...declaredOf(known ?? NOTHING) };
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
