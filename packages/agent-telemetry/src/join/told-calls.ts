/**
 * Calls that were concluded already. What is seen of one again is late; but an id is only what a client
 * says, so another tool, other arguments or a later time under it is another call.
 */
import { type Concluded, digest } from './identity.ts';
import { argumentKey, isSameTool } from './values.ts';

const REMEMBERED_MAX = 100_000;
/** Milliseconds by which two observers of one call may differ. */
const CLOCKS_APART_MS = 2_000;

interface Told {
  readonly tool: string;
  readonly args: string;
  readonly until: number;
  /** By which channels it was seen to be carried out. */
  readonly by: ReadonlySet<string>;
}

function executions({ seen }: Concluded): ReadonlySet<string> {
  const made = seen.filter(
    ({ channel, call }) => channel !== 'message' && call?.stage === 'executed',
  );
  return new Set(made.map(({ channel, convention }) => `${channel}|${convention}`));
}

function isSame(told: Told, one: Concluded): boolean {
  const { call } = one;
  const args = argumentKey(call.args);
  const isSameArgs = told.args === '' || args === '' || told.args === args;
  if (!isSameTool(told.tool, call.tool) || !isSameArgs) return false;
  // Only who told of it before can say that it was carried out once more: clocks of two may differ.
  const isAgain = [...executions(one)].some((channel) => told.by.has(channel));
  return !isAgain || call.at <= told.until + CLOCKS_APART_MS;
}

export class ToldCalls {
  readonly #told = new Map<string, Told>();

  /** The id by which it is to be told; undefined: it was told before. `nowMs`: our clock. */
  take(one: Concluded, nowMs: number): string | undefined {
    const { call } = one;
    const known = this.#told.get(call.id);
    if (known === undefined) return this.#remember(call.id, one, nowMs);
    if (isSame(known, one)) return undefined;
    const [base = '', phase = ''] = call.id.split('-');
    const other = `${digest([base, call.tool, argumentKey(call.args), call.at])}-${phase}`;
    return this.#told.has(other) ? undefined : this.#remember(other, one, nowMs);
  }

  /** A call that is told has ended: an end in the future would hide every later one of its id. */
  #remember(id: string, one: Concluded, nowMs: number): string {
    const { tool, args, at, until: end = at } = one.call;
    const until = Math.min(end, nowMs);
    this.#told.set(id, { tool, args: argumentKey(args), until, by: executions(one) });
    const [oldest] = this.#told.keys();
    if (this.#told.size > REMEMBERED_MAX && oldest !== undefined) this.#told.delete(oldest);
    return id;
  }
}
