/**
 * What an order on this target would break: tasks that are under way, and others that hold access from
 * it. Said with each decision, issued or not, so that whoever promotes a rule, approves an order or
 * wonders whether to give one sees the price beside the reason.
 *
 * Only what the live stream has shown is counted. What is in use beside it (tools, resources) is the
 * store's to tell.
 */
import { type Target, TEXT_LENGTH_MAX, type WouldBreak } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { derivedHolders, subjectHolders } from './derived-holders.ts';
import type { Holder } from './holder.ts';

/** A task of which nothing was heard for longer is not under way. */
const UNDER_WAY_MS = 86_400_000;
/** Named of each kind; all are counted, up to the next one. */
const NAMED_MAX = 5;
const COUNTED_MAX = 256;
const NAME_SHOWN_MAX = 60;

const short = (name: string) =>
  name.length <= NAME_SHOWN_MAX ? name : `…${name.slice(1 - NAME_SHOWN_MAX)}`;

function list(names: readonly string[], all: number): string {
  const shown = names.slice(0, NAMED_MAX).map(short);
  return `${shown.join(', ')}${all > shown.length ? ` and ${all - shown.length} more` : ''}`;
}

const plural = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

function wordsOf(tasks: readonly string[], agents: readonly string[]): string {
  if (tasks.length === 0 && agents.length === 0) {
    return 'It would break no work that is known to be under way.';
  }
  const own =
    tasks.length === 0
      ? 'no open task'
      : `${plural(tasks.length, 'open task')} (${list(tasks, tasks.length)})`;
  const others =
    agents.length === 0
      ? ''
      : `, and ${plural(agents.length, 'other agent')} would lose what was handed on to them: ${list(agents, agents.length)}`;
  return `It would break ${own}${others}.`.slice(0, TEXT_LENGTH_MAX);
}

export function wouldBreak(draft: Draft, target: Target, nowMs: number): WouldBreak {
  const isOpen = ({ endedMs, lastMs }: Holder) =>
    endedMs === undefined && nowMs - lastMs < UNDER_WAY_MS;
  const tasks = new Set<string>();
  const agents = new Set<string>();
  const note = ({ taskId }: Holder) => {
    if (taskId !== undefined) tasks.add(taskId);
  };
  for (const holder of subjectHolders(draft, target)) if (isOpen(holder)) note(holder);
  let counted = 0;
  for (const { holder } of derivedHolders(draft, target, () => true)) {
    if (++counted > COUNTED_MAX) break;
    if (!isOpen(holder)) continue;
    note(holder);
    if (holder.agentUid !== target.agent_uid) agents.add(holder.agentUid);
  }
  return {
    open_tasks: tasks.size,
    agents: [...agents].slice(0, NAMED_MAX),
    agents_count: agents.size,
    words: wordsOf([...tasks], [...agents]),
  };
}
