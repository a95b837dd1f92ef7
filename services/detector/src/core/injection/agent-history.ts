/**
 * What benign history says to the hijack evidence: usual tools, known identifiers, workflows worked in for days. Known
 * only after several tasks: one attack must not excuse the next.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { dateOfTime } from '../domain/day.ts';
import { PRINT_24 } from '../domain/record-table.ts';
import { agentStateKey } from '../state/agent/agent-key.ts';
import { NO_PRINTS, type WarmedUpPrints, warmUp } from '../state/agent/warm-up.ts';
import { idsOf, type JudgedCall } from './call-view.ts';

export interface BenignHistory {
  readonly isHabit: (call: JudgedCall) => boolean;
  /** The call's workflow is named, and too new to say what is usual in it. */
  readonly isLearning: (call: JudgedCall) => boolean;
  readonly knowsId: (id: string) => boolean;
}

const WARMED_UP_CHAINS_MIN = 3;
export const KNOWN_MAX = { habits: 128, ids: 160 } as const;

const MET = { chains: WARMED_UP_CHAINS_MIN, waitingMax: 96 } as const;
const HABITS = warmUp({ ...MET, warmedUpMax: KNOWN_MAX.habits });
const IDS = warmUp({ ...MET, warmedUpMax: KNOWN_MAX.ids });

interface Known {
  readonly habits: WarmedUpPrints;
  readonly ids: WarmedUpPrints;
}

const NOTHING_KNOWN: Known = { habits: NO_PRINTS, ids: NO_PRINTS };

const print = (name: string) => shortPrint(name, PRINT_24);

const habitOf = ({ purpose, tool }: JudgedCall) => print(`${purpose.key}|${tool}`);

/** A tool has a name: this is none's. */
const workflowOf = ({ purpose }: JudgedCall) => print(`${purpose.key}|`);

const stateOf = (transaction: Transaction, event: AuditEvent): Known =>
  transaction.get<Known>(agentStateKey(event, 'instruction')) ?? NOTHING_KNOWN;

export function historyOf(transaction: Transaction, event: AuditEvent): BenignHistory {
  const { habits, ids } = stateOf(transaction, event);
  return {
    isHabit: (call) => HABITS.isWarmedUp(habits, habitOf(call)),
    isLearning: (call) => call.purpose.isOfWorkflow && !HABITS.isWarmedUp(habits, workflowOf(call)),
    knowsId: (id) => IDS.isWarmedUp(ids, print(id)),
  };
}

export function learnHistory(
  transaction: Transaction,
  event: AuditEvent,
  call: JudgedCall,
  work: string,
): void {
  const before = stateOf(transaction, event);
  const chain = shortPrint(work, PRINT_24);
  const day = shortPrint(dateOfTime(event.event_time), PRINT_24);
  const steps = HABITS.withObservation(before.habits, { print: habitOf(call), chain });
  // Days instead of chains, of which a busy workflow has three within the hour.
  const habits = HABITS.withObservation(steps, { print: workflowOf(call), chain: day });
  // So that order does not decide what is forgotten.
  const ids = idsOf(call)
    .sort()
    .reduce((known, id) => IDS.withObservation(known, { print: print(id), chain }), before.ids);
  if (habits === before.habits && ids === before.ids) return;
  transaction.put(agentStateKey(event, 'instruction'), { habits, ids } satisfies Known);
}
