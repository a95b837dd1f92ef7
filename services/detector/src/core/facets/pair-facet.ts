/**
 * A facet that asks how probable it was that, in this row, this column came (`predict-column.ts`): the frame of
 * `sequence.ts` and `purpose.ts`. It ranks and alarms never: points are the bits of the predictive p-value.
 *
 * A young agent leans on its peers, then on its tenant, and says so; where neither knows its row it
 * abstains. Who has met a row often is not held against others. Peers tell which pairs they have met, each agent
 * counting once, so that nobody outweighs a group. What alarmed is not counted. What is only doubted is: left out, 2 % of
 * calls were as odd as one in a thousand, those of agents that are doubted every day.
 */
import type { AlertReason, AuditEvent, BaselineSnapshot, RegistryAgent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { eachPair, NAME_PRINT, nameAt, withPair } from '../kept/pair-counts.ts';
import { PEERS_MIN } from '../peers/peer-limits.ts';
import { type Peers, peersOf } from '../peers/peer-snapshots.ts';
import { type Facet, type FacetScore, type ToldFacet, WordedScore } from './facet.ts';
import { habitOf, keepHabit } from './habits.ts';
import { type PeerRow, type Prediction, predictColumn } from './predict-column.ts';
import { SETTLED_CALLS_MIN } from './value-novelty.ts';

/** From so many of a row on the agent's own history is enough. */
const ROW_SETTLED_MIN = 20;

type PairName = 'sequence' | 'purpose';

/** Prints of two characters. */
export interface Pair {
  readonly row: string;
  readonly column: string;
}

export interface PairOptions<P extends Pair> {
  readonly name: PairName;
  readonly weight: number;
  /** Undefined where the event has nothing to judge. */
  readonly pairOf: (draft: Draft, event: AuditEvent) => P | undefined;
  readonly prior?: ReadonlyMap<number, number>;
  /** What is kept of a call whether it becomes normal or not. */
  readonly note?: (draft: Draft, event: AuditEvent, pair: P) => void;
  readonly worded: (
    event: AuditEvent,
    said: Prediction,
  ) => Pick<AlertReason, 'text' | 'expected' | 'observed'>;
}

type Known = BaselineSnapshot['values'][string]['known'];
type PeerRows = ReadonlyMap<number, PeerRow>;

/** A snapshot is read once. */
const rowsOfSnapshots = new WeakMap<Known, PeerRows>();

function readRows(known: Known): PeerRows {
  const rows = new Map<number, { n: number; columns: Map<number, number> }>();
  for (const [pair, agents] of Object.entries(known)) {
    const row = rows.get(nameAt(pair, 0)) ?? { n: 0, columns: new Map<number, number>() };
    row.n += agents;
    row.columns.set(nameAt(pair, NAME_PRINT), agents);
    rows.set(nameAt(pair, 0), row);
  }
  return rows;
}

function rowsOf({ values }: BaselineSnapshot, name: PairName): PeerRows | undefined {
  const of = Object.hasOwn(values, name) ? values[name] : undefined;
  if (of === undefined || of.agents < PEERS_MIN) return undefined;
  const rows = rowsOfSnapshots.get(of.known) ?? readRows(of.known);
  rowsOfSnapshots.set(of.known, rows);
  return rows;
}

interface Judged<P> {
  readonly draft: Draft;
  readonly event: AuditEvent;
  readonly pair: P | undefined;
  readonly table: string;
}

class PairFacet<P extends Pair> implements Facet {
  readonly name: PairName;
  readonly learnsDoubtful = true;
  readonly ranksOnly = true;
  readonly #options: PairOptions<P>;
  /** What `score` looked up, for the `learn` that follows: nothing is put in between. */
  #scored: Judged<P> | undefined;

  constructor(options: PairOptions<P>) {
    this.name = options.name;
    this.#options = options;
  }

  #judged(draft: Draft, event: AuditEvent): Judged<P> {
    const pair = this.#options.pairOf(draft, event);
    const table = habitOf(draft, event, this.name);
    return { draft, event, pair, table };
  }

  #peers(draft: Draft, event: AuditEvent, row: number, registered: RegistryAgent | undefined) {
    const knows = (snapshot: BaselineSnapshot) => rowsOf(snapshot, this.name)?.has(row) === true;
    return peersOf(draft, event, { registered, knows });
  }

  score(draft: Draft, event: AuditEvent, registered?: RegistryAgent): FacetScore | null {
    const judged = this.#judged(draft, event);
    this.#scored = judged;
    const { pair, table } = judged;
    if (pair === undefined) return null;
    const { prior } = this.#options;
    const [row, column] = [nameAt(pair.row, 0), nameAt(pair.column, 0)];
    const settledMin = SETTLED_CALLS_MIN;
    const asked = { table, row, column, prior, settledMin };
    const alone = predictColumn(asked);
    const isYoung = !alone.isSettled;
    const leansOn =
      isYoung || alone.n < ROW_SETTLED_MIN ? this.#peers(draft, event, row, registered) : undefined;
    if (isYoung && leansOn === undefined) return null;
    const peers = leansOn && rowsOf(leansOn.snapshot, this.name)?.get(row);
    const said =
      peers === undefined ? alone : predictColumn({ table, row, column, prior, settledMin, peers });
    const { weight } = this.#options;
    const points = Math.max(0, -Math.log2(Math.max(said.p, 1e-12)));
    return new WordedScore({ facet: this.name, points, weight, more: undefined }, () => [
      this.#reason(event, said, leansOn),
    ]);
  }

  #reason(event: AuditEvent, said: Prediction, leansOn: Peers | undefined): AlertReason {
    return {
      feature: this.name,
      ...this.#options.worded(event, said),
      p_value: Number(said.p.toPrecision(3)),
      baseline_n: leansOn === undefined ? said.n : leansOn.snapshot.agents,
      level: leansOn?.level ?? 'agent',
      threshold_source: 'learned',
    };
  }

  learn(draft: Draft, event: AuditEvent, flagged: boolean): void {
    const scored = this.#scored;
    this.#scored = undefined;
    const isScored = scored?.event === event && scored.draft === draft;
    const { pair, table } = isScored ? scored : this.#judged(draft, event);
    if (pair === undefined) return;
    this.#options.note?.(draft, event, pair);
    if (flagged) return;
    keepHabit(draft, event, this.name, withPair(table, pair.row, pair.column));
  }

  tell(draft: Draft, event: AuditEvent): ToldFacet {
    return { counts: eachPair(habitOf(draft, event, this.name)) };
  }
}

export function pairFacet<P extends Pair>(options: PairOptions<P>): Facet {
  return new PairFacet(options);
}
