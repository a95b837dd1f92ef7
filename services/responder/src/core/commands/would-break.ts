/** What an order would break: open tasks and others who lose access, as far as seen. */
import { type Target, TEXT_LENGTH_MAX, type WouldBreak } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { otherUsers } from '../guards/bystanders.ts';
import {
  type Derived,
  derivedHolders,
  derivedName,
  subjectHolders,
} from '../guards/derived-holders.ts';
import { type Lists, protectedUsers } from '../guards/protected-users.ts';
import { isNeverRevoked } from '../guards/withheld-reasons.ts';
import { type Holder, isProven, isUnderWay } from '../model/holder.ts';
import { reachesOn } from './cascade.ts';

const NAMED_MAX = 5;
const COUNTED_MAX = 256;
const NAME_SHOWN_MAX = 60;

const short = (name: string) =>
  name.length <= NAME_SHOWN_MAX ? name : `…${name.slice(1 - NAME_SHOWN_MAX)}`;

function list(all: ReadonlySet<string>): string {
  const shown = [...all].slice(0, NAMED_MAX).map(short);
  return `${shown.join(', ')}${all.size > shown.length ? ` and ${all.size - shown.length} more` : ''}`;
}

const plural = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

interface Broken {
  readonly tasks: Set<string>;
  readonly reached: Set<string>;
  readonly users: Set<string>;
  readonly retained: Set<string>;
  readonly guarded: ReadonlySet<string>;
}

function wordsOf({ tasks, reached, users, retained, guarded }: Broken): string {
  const own =
    tasks.size === 0 ? 'no open task' : `${plural(tasks.size, 'open task')} (${list(tasks)})`;
  const lost = [
    ...(reached.size === 0
      ? []
      : [
          `, and ${plural(reached.size, 'other agent')} would lose what was handed on to them: ${list(reached)}`,
        ]),
    ...(users.size === 0
      ? []
      : [
          `; ${plural(users.size, 'other agent')} would lose the credential that they use too, so it takes two people: ${list(users)}`,
        ]),
  ];
  const breaks =
    tasks.size === 0 && lost.length === 0
      ? 'It would break no work that is known to be under way.'
      : `It would break ${own}${lost.join('')}.`;
  const stays =
    retained.size === 0 ? '' : ` Left with what was handed on to them: ${list(retained)}.`;
  const not =
    guarded.size === 0
      ? ''
      : ` It is not given: it would hit who is never revoked, ${list(guarded)}.`;
  // It must not be cut off.
  return `${not.trimStart()}${not === '' ? '' : ' '}${breaks}${stays}`.slice(0, TEXT_LENGTH_MAX);
}

export interface WouldBreakOf {
  readonly action: string;
  readonly target: Target;
}

function noteReached(
  context: Lists & { readonly transaction: Transaction },
  { action, target }: WouldBreakOf,
  { broken, isOpen }: { readonly broken: Broken; readonly isOpen: (holder: Holder) => boolean },
): void {
  if (!reachesOn(action, target.level)) return;
  const left = new Set<string>();
  const isLeft = ({ holder, assurance, through }: Derived) =>
    left.has(through) || !isProven(assurance) || isNeverRevoked(context, holder.agentUid);
  let counted = 0;
  for (const one of derivedHolders(context.transaction, target, (name) => !left.has(name))) {
    if (++counted > COUNTED_MAX) break;
    const { holder } = one;
    const isStored = isLeft(one);
    if (isStored) left.add(derivedName(one));
    if (!isOpen(holder)) continue;
    if (!isStored && holder.taskId !== undefined) broken.tasks.add(holder.taskId);
    if (holder.agentUid !== target.agent_uid) {
      (isStored ? broken.retained : broken.reached).add(holder.agentUid);
    }
  }
}

/** What is no access of an agent's, in whose place nothing can be counted. */
const NOT_ACCESS: Readonly<Record<string, string>> = {
  call: 'It holds this one call and takes no access.',
  origin: 'Whose calls it would refuse is not known before they are made.',
};
const TRACED: ReadonlySet<string> = new Set(['agent', 'task', 'credential', 'delegation']);

/** At a level at which nobody says what hangs on it, all that the agent has. */
export function breakageOf(
  context: Lists & { readonly transaction: Transaction },
  of: WouldBreakOf,
  nowMs: number,
): WouldBreak {
  const { level, tenant_id, agent_uid } = of.target;
  if (TRACED.has(level)) return tracedBreakage(context, of, nowMs);
  const words = Object.hasOwn(NOT_ACCESS, level) ? NOT_ACCESS[level] : undefined;
  if (words !== undefined) return { open_tasks: 0, agents: [], agents_count: 0, words };
  const target: Target = { level: 'agent', tenant_id, agent_uid };
  const whole = tracedBreakage(context, { action: of.action, target }, nowMs);
  const prefixed = `What hangs on this ${level} alone is not known; of all of its access: ${whole.words}`;
  return { ...whole, words: prefixed.slice(0, TEXT_LENGTH_MAX) };
}

function tracedBreakage(
  context: Lists & { readonly transaction: Transaction },
  of: WouldBreakOf,
  nowMs: number,
): WouldBreak {
  const { transaction } = context;
  const { action, target } = of;
  const isOpen = (holder: Holder) => isUnderWay(holder, nowMs);
  const others = otherUsers(transaction, { action, target, problems: [] }, nowMs);
  const broken: Broken = {
    ...{ tasks: new Set(), reached: new Set(), retained: new Set() },
    users: new Set(others.map(({ agentUid }) => agentUid ?? 'one that is not known')),
    guarded: new Set(protectedUsers(context, of)),
  };
  for (const holder of subjectHolders(transaction, target)) {
    if (isOpen(holder) && holder.taskId !== undefined) broken.tasks.add(holder.taskId);
  }
  noteReached(context, of, { broken, isOpen });
  const agents = new Set([...broken.reached, ...broken.users]);
  return {
    open_tasks: broken.tasks.size,
    agents: [...agents].slice(0, NAMED_MAX),
    agents_count: agents.size,
    words: wordsOf(broken),
  };
}
