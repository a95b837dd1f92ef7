/**
 * What an agent's benign history says to the hijack evidence: tools that it often used for such a request,
 * identifiers that it acted on before, and workflows that it has worked in for days. What enters counts only
 * once it stood in several pieces of work: an attack that slipped through once must not excuse its repetition.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { agentKey } from '../state/agent/agent-key.ts';
import {
  isWarmedUp,
  NO_PRINTS,
  type WarmedUpOf,
  type WarmedUpPrints,
  withObservation,
} from '../state/agent/settled-prints.ts';
import { type Call, idsOf } from './call-view.ts';

export interface BenignHistory {
  readonly isHabit: (call: Call) => boolean;
  /** The call's workflow is named, and too new to say what is usual in it. */
  readonly isLearning: (call: Call) => boolean;
  readonly knowsId: (id: string) => boolean;
}

/** Different chains in which a call or identifier must have stood before it counts as known. */
export const WARMED_UP_CHAINS_MIN = 3;
/** Tools for a kind of request, and identifiers, that are known of an agent. */
export const KNOWN_MAX = { habits: 128, ids: 160 } as const;
/** And those that are on the way there. */
const WAITING_MAX = 96;
const PRINT = 4;
const DAY = 'yyyy-mm-dd'.length;

const HABITS: WarmedUpOf = {
  chains: WARMED_UP_CHAINS_MIN,
  warmedUpMax: KNOWN_MAX.habits,
  waitingMax: WAITING_MAX,
};
const IDS: WarmedUpOf = { ...HABITS, warmedUpMax: KNOWN_MAX.ids };

interface Known {
  readonly habits: WarmedUpPrints;
  readonly ids: WarmedUpPrints;
}

const print = (name: string) => shortPrint(name, PRINT);

const habitOf = ({ purpose, tool }: Call) => print(`${purpose.key}|${tool}`);

/** A tool has a name: this is none's. */
const workflowOf = ({ purpose }: Call) => print(`${purpose.key}|`);

function stateOf(transaction: Transaction, event: AuditEvent): Known {
  return (
    transaction.get<Known>(agentKey(event, 'instruction')) ?? { habits: NO_PRINTS, ids: NO_PRINTS }
  );
}

export function historyOf(transaction: Transaction, event: AuditEvent): BenignHistory {
  const { habits, ids } = stateOf(transaction, event);
  return {
    isHabit: (call) => isWarmedUp(habits, habitOf(call)),
    isLearning: (call) => call.purpose.isOfWorkflow && !isWarmedUp(habits, workflowOf(call)),
    knowsId: (id) => isWarmedUp(ids, print(id)),
  };
}

export function learnHistory(
  transaction: Transaction,
  event: AuditEvent,
  call: Call,
  work: string,
): void {
  const before = stateOf(transaction, event);
  const chain = shortPrint(work, PRINT);
  const day = shortPrint(event.event_time.slice(0, DAY), PRINT);
  const steps = withObservation(before.habits, { print: habitOf(call), chain }, HABITS);
  // Days instead of chains, of which a busy workflow has three within the hour.
  const habits = withObservation(steps, { print: workflowOf(call), chain: day }, HABITS);
  // Sorted, so that the order of arguments does not decide which are forgotten first.
  const ids = idsOf(call)
    .sort()
    .reduce((known, id) => withObservation(known, { print: print(id), chain }, IDS), before.ids);
  if (habits === before.habits && ids === before.ids) return;
  transaction.put(agentKey(event, 'instruction'), { habits, ids } satisfies Known);
}
