/**
 * Orders of a tenant by state, for `status`: all of them, in slices, and anew only after ten times as long as it
 * took.
 */
import { setImmediate } from 'node:timers/promises';
import {
  type AllWithheldByPause,
  confirmedBy,
  type EnforcementState,
  type KnownContainment,
  type PauseState,
  type Responder,
  type SpentByRule,
} from '@waywarden/responder';

/** Nobody else is served meanwhile. */
const SLICE = 250;
const COST_FACTOR = 10;

export interface ContainmentCounts {
  readonly sentence: string;
  readonly by_state: Readonly<Record<string, number>>;
}

/** The worst first. */
const WORRYING: readonly (readonly [EnforcementState, string])[] = [
  ['leaked', 'leaked: a later call went through, or would have'],
  ['failed', 'not carried out by who must'],
  ['partly_applied', 'carried out in part'],
  ['applied_re_mintable', 'applied, but a new token could be had'],
  ['applied_usable_until', 'applied, but some tokens stay usable for now'],
  ['unconfirmed', 'unconfirmed: nothing shows that it holds'],
  ['restoring', 'taken back, and still enforced by somebody as far as is known'],
];

const ASPECTS = {
  reached: ({ issued }: KnownContainment) => issued.cause?.from !== undefined,
  asked: ({ proof }: KnownContainment) => (proof.probe?.tries ?? 0) > 0,
  refused: ({ proof }: KnownContainment) => confirmedBy(proof) !== undefined,
  untied: ({ state, untied }: KnownContainment) => state === 'unconfirmed' && untied !== undefined,
  unwatched: ({ state, proof }: KnownContainment) =>
    state === 'unconfirmed' && proof.unwatchedSinceMs !== undefined,
  /** Whoever can have another token is not stopped. */
  renewable: ({ state, reMintable }: KnownContainment) => state === 'confirmed' && reMintable,
} as const;
type Aspect = keyof typeof ASPECTS;
const NAMES = Object.keys(ASPECTS) as readonly Aspect[];

interface Counted {
  readonly byState: Readonly<Record<string, number>>;
  readonly all: number;
  readonly of: Readonly<Record<Aspect, number>>;
  readonly whose: string | undefined;
}

async function count(responder: Responder, nowMs: number, tenantId: string): Promise<Counted> {
  const byState: Record<string, number> = {};
  const of = Object.fromEntries(NAMES.map((name) => [name, 0])) as Record<Aspect, number>;
  let all = 0;
  let whose: string | undefined;
  for (const one of responder.containments.each(nowMs, { tenantId })) {
    if (all === 0) whose = one.lineage?.words;
    byState[one.state] = (byState[one.state] ?? 0) + 1;
    for (const name of NAMES) if (ASPECTS[name](one)) of[name]++;
    if (++all % SLICE === 0) await setImmediate();
  }
  return { byState, all, of, whose };
}

const statesOf = (byState: Readonly<Record<string, number>>) =>
  Object.entries(byState)
    .map(([state, n]) => `${n} ${state}`)
    .join(', ');

function ordersWords({ byState, all, of, whose }: Counted): string {
  if (all === 0) return 'No order is in force.';
  const worries = WORRYING.flatMap(([state, words]) =>
    byState[state] === undefined ? [] : [`${byState[state]} ${words}`],
  );
  if (of.renewable > 0) worries.push(`${of.renewable} confirmed, but a new token could be had`);
  const isOne = of.asked === 1;
  const parts = [
    `${all} order${all === 1 ? '' : 's'} on record: ${statesOf(byState)}.`,
    of.reached > 0 && `${of.reached} of them reached what others had handed on.`,
    of.asked > 0 &&
      `${of.asked} ${isOne ? 'was' : 'were'} probed, ${of.refused} of them refused as they should be.`,
    worries.length > 0 && `Look at: ${worries.join('; ')}.`,
    of.untied > 0 &&
      `Of ${of.untied} the agent made calls since of which nobody can tell whether they were stopped.`,
    of.unwatched > 0 &&
      `Against ${of.unwatched} no call is held any more: their agents have too many orders at once.`,
    whose !== undefined && `The newest is against this: ${whose}`,
  ];
  return parts.filter((part) => part !== false).join(' ');
}

export async function containmentCounts(
  responder: Responder,
  nowMs: number,
  tenant: string,
): Promise<ContainmentCounts> {
  const counted = await count(responder, nowMs, tenant);
  return { sentence: ordersWords(counted), by_state: counted.byState };
}

function wordsBefore({ containments }: Responder, nowMs: number, tenant: string): string {
  const pause = pauseWords(
    containments.pauseOf(tenant),
    containments.withheldByPause(tenant, nowMs),
    containments.waitingForResume(tenant, nowMs),
  );
  return `${pause}${spentWords(containments.spentBudgets(tenant, nowMs))}`;
}

export function countingContainments(
  responder: Responder,
  nowMs: () => number,
  tenant: string,
): () => Promise<ContainmentCounts> {
  let counted: { readonly value: ContainmentCounts; readonly untilMs: number } | undefined;
  let counting: Promise<ContainmentCounts> | undefined;
  const anew = async () => {
    const began = nowMs();
    const value = await containmentCounts(responder, began, tenant);
    const ended = nowMs();
    counted = { value, untilMs: ended + (ended - began) * COST_FACTOR };
    return value;
  };
  const current = async () => {
    if (counted !== undefined && nowMs() < counted.untilMs) return counted.value;
    counting ??= anew().finally(() => {
      counting = undefined;
    });
    return counting;
  };
  return async () => {
    const orders = await current();
    return { ...orders, sentence: `${wordsBefore(responder, nowMs(), tenant)}${orders.sentence}` };
  };
}

/** What `status` says of a pause and what it held back, and of spent budgets, on whose word. */
export function pauseWords(
  { paused, by, reason }: Pick<PauseState, 'paused' | 'by' | 'reason'>,
  { decisions, more }: AllWithheldByPause,
  waiting = 0,
): string {
  const orders = waiting === 1 ? 'An order given' : `${waiting} orders given`;
  const waits =
    waiting === 0
      ? ''
      : `${orders} before it and not answered by everybody will be handed out over HTTP when enforcement goes on, unless taken back ("waywarden restore"). `;
  const pause = paused
    ? `Enforcement is PAUSED by ${by.join(' and ')}; the reason: “${reason}”. ${waits}`
    : '';
  const count = decisions.length + more;
  const [first] = decisions;
  if (first === undefined) return pause;
  const inHand = count === 1 ? 'An order was' : `${count} orders were`;
  const what = `${first.action ?? 'an order'} of ${first.agentUid}, decision ${first.decisionId}`;
  return `${pause}${inHand} held back by a pause and wait for a person (GET /v1/enforcement, then "waywarden approve"); the first: ${what}. `;
}

const NAMED_MAX = 3;

function whose({ of, source }: SpentByRule): string {
  if (of === 'source') return ` for source ${source}`;
  return of === 'shared' ? ' for what no one source tells' : '';
}

export function spentWords(spent: readonly SpentByRule[]): string {
  if (spent.length === 0) return '';
  const named = spent
    .slice(-NAMED_MAX)
    .reverse()
    .map((one) => `of rule ${one.ruleId}${whose(one)} (${one.max} ${one.counted})`);
  const more = spent.length > NAMED_MAX ? ` and ${spent.length - NAMED_MAX} more` : '';
  return `Spent, so that step-ups are asked instead: the budget ${named.join(', ')}${more}. `;
}
