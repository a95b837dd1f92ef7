/**
 * Undeclared changes, one alert for each cause; a late declaration that names all of it withdraws the alert. Each
 * further definition is reported with its own evidence.
 */
import {
  type Alert,
  assuranceAtLeast,
  epochMs,
  PRINT_LENGTH,
  type PrivilegeStep,
  shortPrint,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { EVIDENCE_MAX } from '../../alerting/alarm.ts';
import { NOTES } from '../../alerting/shared-note.ts';
import { restate, withdraw } from '../../alerting/standing-alert.ts';
import { HOUR_MS } from '../../domain/day.ts';
import { printSet } from '../../domain/record-table.ts';
import { namedBy } from '../../domain/registry/declared-tools.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { rememberInRing } from '../../state/agent/bounded-lists.ts';
import { DECLARED_MS } from '../../state/agent/declarations.ts';
import {
  type DistinctPrints,
  distinctOf,
  NO_DISTINCT,
  withPrint,
} from '../../state/agent/distinct-prints.ts';
import { type ChangedTool, type SeenChange, undeclaredChangeWords } from '../../wording/changes.ts';
import { type NoteCounter, noteAlert, noteAssurance } from './note-alert.ts';
import { inOrder } from './step-proof.ts';

/** How an undeclared change is told: by the latest one, which runs now. */
interface ChangeCase extends SeenChange {
  readonly turn: number;
  readonly number: number;
}

function toolDefinitionKey({ tool }: PrivilegeStep): string {
  return tool === undefined ? '' : `${tool.name}|${tool.definition_hash ?? ''}`;
}

/** An asserted step takes nothing over from a proven one. */
function leadOf([first, ...others]: readonly PrivilegeStep[]): PrivilegeStep {
  if (first === undefined) throw new Error('A change was counted and none is stored.');
  const known = new Set([toolDefinitionKey(first)]);
  let lead = first;
  for (const one of others) {
    const definition = toolDefinitionKey(one);
    if (!known.has(definition) && assuranceAtLeast(noteAssurance(one), noteAssurance(lead))) {
      lead = one;
    }
    known.add(definition);
  }
  return lead;
}

function changeAlert(of: ChangeCase, about: string, detectedAt: string): Alert {
  const { agents, seen } = of;
  const lead = leadOf(seen);
  return noteAlert({
    kind: 'undeclared_change',
    ruleId: 'undeclared-change',
    severity: RULE_SEVERITIES['undeclared-change'].plain,
    alertKey: `${about}|${of.turn}.${of.number}`,
    causeKey: `change|${about}`,
    subject: lead,
    evidence: seen.map((step) => [step, 'changed_call'] as const),
    count: agents,
    ...undeclaredChangeWords(of, lead, about),
    taxonomy: { owasp: ['ASI04'], atlas: ['AML.T0018'] },
    detectedAt,
  });
}

/** The oldest begins anew. */
export const CHANGES_MAX = 10_000;
const RING = 'changes';
const STANDING_MS = 7 * DECLARED_MS;
/** The longest unseen is forgotten. */
const CHANGED_TOOLS_MAX = 64;
const DEFINITIONS = printSet(PRINT_LENGTH, 16);

interface Counted extends Declared, Omit<ChangeCase, 'changed'> {
  readonly changed: readonly ChangedTool[];
  readonly shown: number;
  readonly who: DistinctPrints;
  readonly last?: Alert;
}

const NOTHING: Counted = {
  ...{ agents: 0, seen: [], latestMs: 0, turn: 0, number: 0 },
  ...{ changed: [], shown: 0, who: NO_DISTINCT },
};

const after = (known: Counted): Counted => ({
  ...NOTHING,
  ...declaredOf(known),
  turn: known.turn,
  number: known.number + 1,
});

const withAgent = (who: DistinctPrints, step: PrivilegeStep) =>
  withPrint(who, shortPrint(step.agent_uid));

function withChanged(before: readonly ChangedTool[], { tool }: PrivilegeStep) {
  if (tool === undefined) return { changed: before, isNew: false, definitions: 0 };
  const print = shortPrint(tool.definition_hash ?? '');
  const known = before.find(([name]) => name === tool.name);
  const [, count, prints] = known ?? [tool.name, 0, ''];
  const isNew = !DEFINITIONS.has(prints, print);
  const definitions = isNew ? count + 1 : count;
  const now = DEFINITIONS.add(DEFINITIONS.without(prints, print), print);
  const others = before.filter((one) => one !== known);
  const changed = [...others, [tool.name, definitions, now] as const].slice(-CHANGED_TOOLS_MAX);
  return { changed, isNew, definitions };
}

function withEvidence(seen: Counted['seen'], step: PrivilegeStep, isNew: boolean): Counted['seen'] {
  if (seen.length < EVIDENCE_MAX) return [...seen, step].sort(inOrder);
  if (!isNew) return seen;
  const isAgain = (one: PrivilegeStep, at: number) =>
    seen.slice(0, at).some((other) => toolDefinitionKey(other) === toolDefinitionKey(one));
  const goes = seen.findLast(isAgain) ?? seen[1];
  return [...seen.filter((one) => one !== goes), step].sort(inOrder);
}

function isSameCause(known: Counted, step: PrivilegeStep): boolean {
  const since = epochMs(step.event_time) - known.latestMs;
  if (since <= DECLARED_MS) return true;
  const { agent_uid: agent, tool } = step;
  if (tool === undefined || since > STANDING_MS) return false;
  return known.seen.some((one) => one.agent_uid === agent && one.tool?.name === tool.name);
}

function isRepeat({ seen }: Counted, step: PrivilegeStep): boolean {
  const ms = epochMs(step.event_time);
  return seen.some(
    (one) =>
      one.agent_uid === step.agent_uid &&
      toolDefinitionKey(one) === toolDefinitionKey(step) &&
      ms - epochMs(one.event_time) <= DECLARED_MS,
  );
}

const isPowerOfTwo = (count: number) => Number.isInteger(Math.log2(count));
const isFewOrDoubled = (count: number) => count <= EVIDENCE_MAX || isPowerOfTwo(count);

function declared(
  transaction: Transaction,
  key: string,
  counted: Counted,
  step: PrivilegeStep,
  at: string,
) {
  const now = withDeclared(counted, step);
  const { last, seen, changed } = counted;
  const isCovered =
    last?.state === 'open' &&
    seen.every((one) => covered(now, one)) &&
    areNamed(
      now,
      changed.map(([tool]) => tool),
      step,
    );
  if (!isCovered) {
    transaction.put(key, { ...counted, ...now });
    return undefined;
  }
  transaction.put(key, { ...after(counted), ...now });
  return withdraw(last, at);
}

/** A new alert, a revision, or nothing. */
export const countChange: NoteCounter = (transaction, step, at) => {
  const about = step.workload ?? '';
  const key = `change/${JSON.stringify([step.tenant_id, about])}`;
  const stored = transaction.get<Counted>(key);
  const known = stored ?? {
    ...NOTHING,
    turn: rememberInRing(transaction, RING, key, CHANGES_MAX),
  };
  if (step.activity !== NOTES.changeSeen) return declared(transaction, key, known, step, at);
  if (stored !== undefined && covered(stored, step)) return undefined;
  const isOfCase = known.seen.length === 0 || isSameCause(known, step);
  const before: Counted = isOfCase ? known : after(known);
  if (isRepeat(before, step)) return undefined;
  const { changed, isNew, definitions } = withChanged(before.changed, step);
  const who = withAgent(before.who, step);
  const shown = before.shown + 1;
  const counted = {
    ...before,
    agents: Math.max(before.agents, distinctOf(who)),
    seen: withEvidence(before.seen, step, isNew),
    latestMs: Math.max(before.latestMs, epochMs(step.event_time)),
    ...{ changed, who, shown },
  };
  const { last } = before;
  const isReported =
    last === undefined ||
    isFewOrDoubled(isNew ? definitions : shown) ||
    (isNew && epochMs(at) - epochMs(last.detected_at) >= DECLARED_MS / 2);
  const fresh = isReported ? changeAlert(counted, about, at) : undefined;
  const alert = fresh && restate(last, fresh, true);
  transaction.put(key, alert === undefined ? counted : { ...counted, last: alert });
  return alert;
};

/** The latest of each. */
const DECLARED_TOOLS_MAX = 64;

/**
 * What was declared of a shared change, and whether it covers what an agent shows. A gateway's uid speaks for all,
 * an agent's for itself.
 */
interface Declared {
  readonly declaredMs?: number;
  readonly declaredTools?: readonly (readonly [tool: string, ms: number])[];
  readonly ownDeclared?: readonly (readonly [tool: string, ms: number, agent: string])[];
}

const declaredOf = ({ declaredMs, declaredTools, ownDeclared }: Declared): Declared => ({
  ...(declaredMs === undefined ? {} : { declaredMs }),
  ...(declaredTools === undefined ? {} : { declaredTools }),
  ...(ownDeclared === undefined ? {} : { ownDeclared }),
});

function covered(of: Declared, step: PrivilegeStep): boolean {
  const { declaredMs, declaredTools = [], ownDeclared = [] } = of;
  const shownMs = epochMs(step.event_time);
  const sinceMs = step.noted_since_ms ?? shownMs;
  const isInTime = (ms: number) => ms <= shownMs + HOUR_MS && sinceMs - ms <= DECLARED_MS;
  if (declaredMs !== undefined && isInTime(declaredMs)) return true;
  const { tool, agent_uid: agent } = step;
  if (tool === undefined) return false;
  const isOf = (named: string, ms: number) => isInTime(ms) && namedBy(named, tool) !== undefined;
  return (
    declaredTools.some(([named, ms]) => isOf(named, ms)) ||
    ownDeclared.some(([named, ms, whose]) => whose === agent && isOf(named, ms))
  );
}

function withDeclared(before: Declared, step: PrivilegeStep): Declared {
  const { activity, agent_uid: agent, tool, workload = '' } = step;
  const ms = epochMs(step.event_time);
  const now = declaredOf(before);
  const of = tool === undefined ? workload : `tool/${tool.server ?? ''}/${tool.name}`;
  if (activity === NOTES.ownChangeDeclared) {
    const own = [...(now.ownDeclared ?? []), [of, ms, agent] as const];
    return { ...now, ownDeclared: own.slice(-DECLARED_TOOLS_MAX) };
  }
  if (tool === undefined) return { ...now, declaredMs: Math.max(now.declaredMs ?? 0, ms) };
  const others = (now.declaredTools ?? []).filter(([one, at]) => one !== of || at > ms);
  return { ...now, declaredTools: [...others, [of, ms] as const].slice(-DECLARED_TOOLS_MAX) };
}

function areNamed(
  { declaredTools = [], ownDeclared = [] }: Declared,
  names: readonly string[],
  { tool }: PrivilegeStep,
): boolean {
  if (tool === undefined) return true;
  const all = [...declaredTools, ...ownDeclared];
  return names.every((name) => all.some(([of]) => namedBy(of, { ...tool, name }) !== undefined));
}
