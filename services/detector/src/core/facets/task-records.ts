/**
 * The tasks that an agent has in hand, in one text of fixed width: of each its print, its calls, the tool it called
 * last and how often in a row today.
 */
import { shortPrint } from '@waywarden/schemas';
import { findPrint, fromDigits, toDigits, withoutRecord } from '../kept/print-table.ts';

/** Tasks of an agent that are counted at once; the longest untouched begins anew. */
const TASKS_KEPT_MAX = 8;
const PRINT = 6;
const CALLS = PRINT + 3;
const TOOL = CALLS + 2;
const WIDTH = TOOL + 2;

/**
 * Rows begin anew with each day: of a task that never ends one that went on for days grew by every call, and the
 * same work each day was told as a rise.
 */
export function withoutRows(tasks: string): string {
  let all = '';
  for (let at = 0; at < tasks.length; at += WIDTH)
    all += tasks.slice(at, at + TOOL) + toDigits(0, WIDTH - TOOL);
  return all;
}

interface Counted {
  readonly tasks: string;
  readonly calls: number;
  readonly row: number;
  /** It is not known to be one of those in hand. */
  readonly isNew: boolean;
}

/** With one more call of a task, which becomes the latest. */
export function withCall(tasks: string, task: string, toolName: string): Counted {
  const id = shortPrint(task, PRINT);
  const at = findPrint(tasks, id, WIDTH);
  const known = at < 0 ? '' : tasks.slice(at, at + WIDTH);
  const tool = shortPrint(toolName, 2);
  const isSame = known.slice(CALLS, TOOL) === tool;
  const calls = fromDigits(known.slice(PRINT, CALLS)) + 1;
  const row = isSame ? fromDigits(known.slice(TOOL)) + 1 : 1;
  const others = at < 0 ? tasks : withoutRecord(tasks, at, WIDTH);
  const one = `${id}${toDigits(calls, CALLS - PRINT)}${tool}${toDigits(row, WIDTH - TOOL)}`;
  return { tasks: (others + one).slice(-TASKS_KEPT_MAX * WIDTH), calls, row, isNew: at < 0 };
}
