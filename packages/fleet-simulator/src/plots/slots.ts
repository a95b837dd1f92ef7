/** Where in a tool's call a value of each sort stands. */
import type { Random } from '../random.ts';
import type { Fields } from '../simulated-event.ts';
import type { Sort } from './carried.ts';

/**
 * Field for a value of each sort, `any` for those that have none of their own. Several, divided by
 * `|`, are alternatives. A star: somewhere in the field's text.
 */
export type Slots = Readonly<Partial<Record<Sort | 'any', string>>>;

export interface Form {
  readonly asks: (random: Random) => Fields;
  readonly says?: (random: Random) => Fields;
  readonly takes: Slots;
  readonly brings: Slots;
  /** The target, where it is not the workflow's own. */
  readonly object?: (args: Fields, random: Random, result: Fields) => string;
}
