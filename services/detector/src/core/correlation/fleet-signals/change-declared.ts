/**
 * What was declared of a shared change, and whether it covers what an agent shows. A gateway's uid speaks for all,
 * an agent's for itself.
 */
import { epochMs, type PrivilegeStep } from '@waywarden/schemas';
import { NOTES } from '../../alerting/shared-note.ts';
import { HOUR_MS } from '../../domain/day.ts';
import { namedBy } from '../../domain/registry/declared-tools.ts';
import { DECLARED_MS } from '../../state/agent/declarations.ts';

/** The latest of each. */
const DECLARED_TOOLS_MAX = 64;

export interface Declared {
  readonly declaredMs?: number;
  readonly declaredTools?: readonly (readonly [tool: string, ms: number])[];
  readonly ownDeclared?: readonly (readonly [tool: string, ms: number, agent: string])[];
}

export const declaredOf = ({ declaredMs, declaredTools, ownDeclared }: Declared): Declared => ({
  ...(declaredMs === undefined ? {} : { declaredMs }),
  ...(declaredTools === undefined ? {} : { declaredTools }),
  ...(ownDeclared === undefined ? {} : { ownDeclared }),
});

export function covered(of: Declared, step: PrivilegeStep): boolean {
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

export function areNamed(
  { declaredTools = [], ownDeclared = [] }: Declared,
  names: readonly string[],
  { tool }: PrivilegeStep,
): boolean {
  if (tool === undefined) return true;
  const all = [...declaredTools, ...ownDeclared];
  return names.every((name) => all.some(([of]) => namedBy(of, { ...tool, name }) !== undefined));
}
