/** Concluded calls; later observations are late, unless tool, arguments or time make it another call. */
import { RecentMap } from '../json/recent-map.ts';
import { CLOCKS_APART_MS } from './cluster.ts';
import { type ConcludedCall, digest } from './identity.ts';
import { argumentKey, isSameTool } from './values.ts';

const REMEMBERED_MAX = 100_000;

interface ReportedCall {
  readonly tool: string;
  readonly args: string;
  readonly until: number;
  readonly by: ReadonlySet<string>;
}

function executions({ seen }: ConcludedCall): ReadonlySet<string> {
  const made = seen.filter(
    ({ channel, call }) => channel !== 'message' && call?.stage === 'executed',
  );
  return new Set(made.map(({ channel, convention }) => `${channel}|${convention}`));
}

function isSame(reported: ReportedCall, one: ConcludedCall): boolean {
  const { call } = one;
  const args = argumentKey(call.args);
  const isSameArgs = reported.args === '' || args === '' || reported.args === args;
  if (!isSameTool(reported.tool, call.tool) || !isSameArgs) return false;
  // Clocks of two may differ.
  const isAgain = [...executions(one)].some((channel) => reported.by.has(channel));
  return !isAgain || call.at <= reported.until + CLOCKS_APART_MS;
}

export class ReportedCallIds {
  readonly #reported = new RecentMap<ReportedCall>(REMEMBERED_MAX);

  /** Undefined: reported before. `nowMs`: our clock. */
  take(one: ConcludedCall, nowMs: number): string | undefined {
    const { call } = one;
    const known = this.#reported.get(call.id);
    if (known === undefined) return this.#remember(call.id, one, nowMs);
    if (isSame(known, one)) return undefined;
    const [base = '', phase = ''] = call.id.split('-');
    const other = `${digest([base, call.tool, argumentKey(call.args), call.at])}-${phase}`;
    return this.#reported.has(other) ? undefined : this.#remember(other, one, nowMs);
  }

  /** A future end would hide later calls. */
  #remember(id: string, one: ConcludedCall, nowMs: number): string {
    const { tool, args, at, until: end = at } = one.call;
    const until = Math.min(end, nowMs);
    this.#reported.set(id, { tool, args: argumentKey(args), until, by: executions(one) });
    return id;
  }
}
