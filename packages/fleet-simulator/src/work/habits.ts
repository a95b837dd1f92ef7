/**
 * How much and when a company works: each does more of one thing and less of another, and begins
 * earlier or later. Drawn by the seed, so that no rate of one fleet holds for the next.
 */
import { randomOf } from '../random.ts';
import { WORKFLOWS } from './workflows.ts';

/** What of the usual runs and hours a workflow has, at least and at most. */
const OF_COMPANY = { least: 0.6, most: 1.5 } as const;
const OF_CELL = { least: 0.75, most: 1.25 } as const;

const between = ({ least, most }: typeof OF_COMPANY | typeof OF_CELL, share: number): number =>
  least + (most - least) * share;

export class Habits {
  readonly #seed: string;
  readonly #rates = new Map<string, number>();
  readonly #hours: ReadonlyMap<string, number>;

  constructor(seed: string) {
    this.#seed = seed;
    const random = randomOf(`${seed}/hours`);
    const day = random.int(-1, 1);
    this.#hours = new Map(
      WORKFLOWS.map((w) => [w.name, w.everyDay === true ? 0 : day / 2 + random.int(-1, 1) / 2]),
    );
  }

  /** The factor on a workflow's runs in a cell. */
  rate(workflow: string, cell: number): number {
    const key = `${workflow}/${cell}`;
    const known = this.#rates.get(key);
    if (known !== undefined) return known;
    const ofCompany = between(OF_COMPANY, randomOf(`${this.#seed}/rate/${workflow}`).next());
    const rate = ofCompany * between(OF_CELL, randomOf(`${this.#seed}/rate/${key}`).next());
    this.#rates.set(key, rate);
    return rate;
  }

  /** Hours by which a workflow begins later than usual; negative: earlier. */
  later(workflow: string): number {
    return this.#hours.get(workflow) ?? 0;
  }
}
