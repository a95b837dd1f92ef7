/**
 * Does this call follow from the one before it in its task? Tool after tool, and of the first call of a task, tool
 * after its workflow. Weak by itself, so it ranks and alarms never.
 *
 * Method: a first-order chain by interpolated Witten–Bell with back-off to peers (`predict-column.ts`), as bits
 * of a predictive p-value. The second order was measured and saves 2 % of the bits on fleets, 5 to 8 % on
 * AgentDojo, for twice the pairs to keep (docs/measurements/sequence.md).
 * Source: Forrest and others, A sense of self for Unix processes, 1996, who asked for windows of calls that were never
 * seen; a probability says of an agent that always does something new that this is not odd.
 * Limits: a task is followed while it is among the agent's latest sixteen; calls count in the order in which they come
 * in; two tools in 4,096 are taken for one; beyond 64 pairs the rarest are forgotten.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { asText, JoinedNames, toolName } from '../kept/joined-names.ts';
import { NAME_PRINT, namePrint } from '../kept/pair-counts.ts';
import { findPrint, withoutRecord } from '../kept/print-table.ts';
import { counted } from '../short-text.ts';
import { type Pair, pairFacet } from './pair-facet.ts';

/** Tasks of an agent that are followed at once; the longest untouched begins anew. */
const TASKS_MAX = 16;
const TASK_PRINT = 6;
/** Of a task its print, and that of the tool it called last. */
const WIDTH = TASK_PRINT + NAME_PRINT;

/** What stands for the tool before the first call of a task. */
const FIRST = new JoinedNames('', asText);

const keyOf = (event: AuditEvent) => agentKey(event, 'steps');
const taskOf = (event: AuditEvent) => shortPrint(event.task?.id ?? event.chain_id, TASK_PRINT);
const toolOf = (event: AuditEvent) => toolName(event.tool, event.activity);

/** With what was looked up for it: the agent's tasks, this one, and where it stands among them. */
interface Step extends Pair {
  readonly tasks: string;
  readonly task: string;
  readonly at: number;
}

function stepOf(draft: Draft, event: AuditEvent): Step {
  const tasks = draft.get<string>(keyOf(event)) ?? '';
  const task = taskOf(event);
  const at = findPrint(tasks, task, WIDTH);
  const row =
    at < 0
      ? namePrint(FIRST.of('^', event.task?.workflow ?? ''))
      : tasks.slice(at + TASK_PRINT, at + WIDTH);
  return { row, column: namePrint(toolOf(event)), tasks, task, at };
}

function note(draft: Draft, event: AuditEvent, { tasks, task, at, column }: Step): void {
  const others = at < 0 ? tasks : withoutRecord(tasks, at, WIDTH);
  draft.put(keyOf(event), (others + task + column).slice(-TASKS_MAX * WIDTH));
}

export const sequence = pairFacet({
  name: 'sequence',
  weight: 0.01,
  pairOf: stepOf,
  note,
  worded: (event, { n, count, distinct }) => {
    const tool = event.tool?.name ?? event.activity;
    return {
      text: `After the same step of a task, ${tool} came in ${count} of ${counted(n, 'earlier call')}.`,
      expected: `one of ${counted(distinct, 'tool')} that came after it`,
      observed: tool,
    };
  },
});
