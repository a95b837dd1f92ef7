/** What was declared of a change that agents of a tenant share, and whether that covers what one of them shows. */
import { epochMs, type PrivilegeStep } from '@waywarden/schemas';
import { DECLARED_MS } from '../profile/declarations.ts';
import { namedBy } from '../profile/declared-tools.ts';

/** How much later a declaration may be told than what it covers shows. */
const LATE_MS = 3_600_000;
/** Tools of a server that were declared one by one: the latest. */
const DECLARED_TOOLS_MAX = 64;

export interface Declared {
  /** When all of it was declared last, and when which of its tools. */
  readonly declaredMs?: number;
  readonly declaredTools?: readonly (readonly [tool: string, ms: number])[];
}

export const declaredOf = ({ declaredMs, declaredTools }: Declared): Declared => ({
  ...(declaredMs === undefined ? {} : { declaredMs }),
  ...(declaredTools === undefined ? {} : { declaredTools }),
});

/** Declared before it showed, and at most a day before it may have come. */
export function covered(
  { declaredMs, declaredTools = [] }: Declared,
  step: PrivilegeStep,
): boolean {
  const shownMs = epochMs(step.event_time);
  const sinceMs = step.noted_since_ms ?? shownMs;
  const isInTime = (ms: number) => ms <= shownMs + LATE_MS && sinceMs - ms <= DECLARED_MS;
  if (declaredMs !== undefined && isInTime(declaredMs)) return true;
  const { tool } = step;
  if (tool === undefined) return false;
  return declaredTools.some(([of, ms]) => isInTime(ms) && namedBy(of, tool) !== undefined);
}

/** With what a note declares: one tool of a server, or all that it is about. */
export function withDeclared(
  before: Declared,
  { event_time: time, tool }: PrivilegeStep,
): Declared {
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

/** Whether all of these tools are declared by now: by this note, or each by its name. */
export function areNamed(
  { declaredTools = [] }: Declared,
  names: readonly string[],
  { tool }: PrivilegeStep,
): boolean {
  if (tool === undefined) return true;
  const isNamed = (name: string) =>
    declaredTools.some(([of]) => namedBy(of, { ...tool, name }) !== undefined);
  return names.every(isNamed);
}
