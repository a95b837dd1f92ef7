/**
 * What was declared of a change that agents of a tenant share, and whether that covers what one of them shows. What
 * stands under a gateway's uid is of all who use the server; under that of an agent that uses tools itself, of that
 * agent alone: its owner says nothing of another's.
 */
import { epochMs, type PrivilegeStep } from '@waywarden/schemas';
import { NOTES } from '../../alerting/shared-note.ts';
import { namedBy } from '../../domain/registry/declared-tools.ts';
import { DECLARED_MS } from '../../state/agent/declarations.ts';

/** How much later a declaration may be told than what it covers shows. */
const LATE_MS = 3_600_000;
/** Tools of a server that were declared one by one, and what agents declared of themselves: the latest of each. */
const DECLARED_TOOLS_MAX = 64;

export interface Declared {
  /** When all of it was declared last, and when which of its tools. */
  readonly declaredMs?: number;
  readonly declaredTools?: readonly (readonly [tool: string, ms: number])[];
  /** By agents that use the tools. */
  readonly ownDeclared?: readonly (readonly [tool: string, ms: number, agent: string])[];
}

export const declaredOf = ({ declaredMs, declaredTools, ownDeclared }: Declared): Declared => ({
  ...(declaredMs === undefined ? {} : { declaredMs }),
  ...(declaredTools === undefined ? {} : { declaredTools }),
  ...(ownDeclared === undefined ? {} : { ownDeclared }),
});

/** Declared before it showed, and at most a day before it may have come. */
export function covered(of: Declared, step: PrivilegeStep): boolean {
  const { declaredMs, declaredTools = [], ownDeclared = [] } = of;
  const shownMs = epochMs(step.event_time);
  const sinceMs = step.noted_since_ms ?? shownMs;
  const isInTime = (ms: number) => ms <= shownMs + LATE_MS && sinceMs - ms <= DECLARED_MS;
  if (declaredMs !== undefined && isInTime(declaredMs)) return true;
  const { tool, agent_uid: agent } = step;
  if (tool === undefined) return false;
  const isOf = (named: string, ms: number) => isInTime(ms) && namedBy(named, tool) !== undefined;
  return (
    declaredTools.some(([named, ms]) => isOf(named, ms)) ||
    ownDeclared.some(([named, ms, whose]) => whose === agent && isOf(named, ms))
  );
}

/** With what a note declares: one tool of a server, or all that it is about. */
export function withDeclared(before: Declared, step: PrivilegeStep): Declared {
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

/** Whether all of these tools are declared by now: by this note, or each by its name. */
export function areNamed(
  { declaredTools = [], ownDeclared = [] }: Declared,
  names: readonly string[],
  { tool }: PrivilegeStep,
): boolean {
  if (tool === undefined) return true;
  const all = [...declaredTools, ...ownDeclared];
  return names.every((name) => all.some(([of]) => namedBy(of, { ...tool, name }) !== undefined));
}
