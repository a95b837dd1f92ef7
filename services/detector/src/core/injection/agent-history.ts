/**
 * What an agent's benign history says to the hijack evidence: calls that it often made for a request, and
 * identifiers that it acted on before. Per agent and bounded, as fingerprints. Doubtful and flagged calls
 * never enter, and what enters counts only once it stood in several pieces of work: an attack that slipped
 * through once must not excuse its repetition.
 */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import {
  isSettled,
  NO_PRINTS,
  type SettledOf,
  type SettledPrints,
  withSighting,
} from '../kept/settled-prints.ts';
import { type Call, idsOf } from './call-view.ts';

export interface BenignHistory {
  /** The same request, tool and arguments in benign history. */
  readonly isRepeat: (call: Call) => boolean;
  readonly knowsId: (id: string) => boolean;
}

/** Different chains in which a call or identifier must have stood before it counts as known. */
export const SETTLED_CHAINS_MIN = 3;
/** Calls and identifiers of an agent that are known. */
export const KNOWN_MAX = { repeats: 128, ids: 160 } as const;
/** And those that are on the way there. */
const WAITING_MAX = 96;
const PRINT = 4;

const REPEATS: SettledOf = {
  chains: SETTLED_CHAINS_MIN,
  settledMax: KNOWN_MAX.repeats,
  waitingMax: WAITING_MAX,
};
const IDS: SettledOf = { ...REPEATS, settledMax: KNOWN_MAX.ids };

/** As it is stored: names of fields would be a tenth of it. */
type Stored = readonly [repeats: string, waiting: string, ids: string, idsWaiting: string];

const print = (name: string) => shortPrint(name, PRINT);

const repeatOf = ({ purpose, tool, argsHash }: Call) => print(`${purpose.key}|${tool}|${argsHash}`);

function stateOf(draft: Draft, event: AuditEvent): { repeats: SettledPrints; ids: SettledPrints } {
  const stored = draft.get<Stored>(agentKey(event, 'instruction'));
  if (stored === undefined) return { repeats: NO_PRINTS, ids: NO_PRINTS };
  const [repeats, waiting, ids, idsWaiting] = stored;
  return { repeats: { settled: repeats, waiting }, ids: { settled: ids, waiting: idsWaiting } };
}

/** What is known of the event's agent before it. */
export function historyOf(draft: Draft, event: AuditEvent): BenignHistory {
  const { repeats, ids } = stateOf(draft, event);
  return {
    isRepeat: (call) => isSettled(repeats, repeatOf(call)),
    knowsId: (id) => isSettled(ids, print(id)),
  };
}

/** Takes up a call that nothing was odd about. */
export function learnHistory(draft: Draft, event: AuditEvent, call: Call, work: string): void {
  const before = stateOf(draft, event);
  const chain = shortPrint(work, PRINT);
  const repeats = withSighting(before.repeats, { print: repeatOf(call), chain }, REPEATS);
  // Sorted, so that the order of arguments does not decide which are forgotten first.
  const ids = idsOf(call)
    .sort()
    .reduce((known, id) => withSighting(known, { print: print(id), chain }, IDS), before.ids);
  if (repeats === before.repeats && ids === before.ids) return;
  const stored: Stored = [repeats.settled, repeats.waiting, ids.settled, ids.waiting];
  draft.put(agentKey(event, 'instruction'), stored);
}
