const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

export function durationWords(ms: number): string {
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(ms < 10 * SECOND_MS ? 1 : 0)} s`;
  if (ms < HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  return `${(ms / HOUR_MS).toFixed(1)} h`;
}

const counted = (n: number, one: string, more = `${one}s`) => `${n} ${n === 1 ? one : more}`;

export function responseImpactWords(total: LedgerLine, days: number): string {
  const period = days === 1 ? 'the last day' : `the last ${days} days`;
  const asked = `In ${period} ${counted(total.step_ups, 'step-up')} and ${counted(total.revocations, 'revocation')} ${total.step_ups + total.revocations === 1 ? 'was' : 'were'} ordered`;
  const back = total.reverted === 0 ? '' : `, ${total.reverted} of them taken back since`;
  const answers = total.approved + total.refused;
  const waited =
    total.waited_mean_ms === null || total.share_approved === null
      ? ' No answer of a person was seen.'
      : ` People answered ${answers === 1 ? 'once' : `${answers} times`} (step-ups, and approvals that agents asked for), ${Math.round(total.share_approved * 100)} % yes, after ${durationWords(total.waited_mean_ms)} on average (${durationWords(total.waited_ms)} in all).`;
  const stopped =
    total.denied_calls === 0
      ? ''
      : ` ${counted(total.denied_calls, 'call')} in ${counted(total.tasks_stopped, 'task')} were refused, ${total.denied_in_error} of them by orders that were taken back.`;
  const inHand =
    total.withheld === 0 ? '' : ` Guards withheld ${counted(total.withheld, 'order')}.`;
  const would =
    total.would_revoke + total.would_step_up === 0
      ? ''
      : ` Rules that only watch would have asked ${counted(total.would_step_up, 'step-up')} and revoked ${total.would_revoke}.`;
  const withdrawn =
    total.withdrawn_alerts === 0
      ? ''
      : ` ${counted(total.withdrawn_alerts, 'alert was', 'alerts were')} withdrawn.`;
  const judged = total.true_positives + total.false_positives;
  const found =
    judged === 0
      ? ''
      : ` Of ${counted(judged, 'alert')} with a verdict ${total.true_positives} ${total.true_positives === 1 ? 'was' : 'were'} right.`;
  return `${asked}${back}.${waited}${stopped}${inHand}${would}${withdrawn}${found}`;
}

export const LEDGER_KEYS = ['rule', 'agent', 'owner', 'class', 'day'] as const;
export type LedgerKey = (typeof LEDGER_KEYS)[number];

export const COSTS = [
  'step_ups',
  'approved',
  'refused',
  'waited_ms',
  'revocations',
  'reverted',
  'would_step_up',
  'would_revoke',
  'withheld',
  'denied_calls',
  'denied_in_error',
  'tasks_stopped',
  'withdrawn_alerts',
  'true_positives',
  'false_positives',
] as const;
type Cost = (typeof COSTS)[number];

export interface Cell {
  readonly day: string;
  /** Empty: no rule. */
  readonly rule: string;
  readonly agent: string;
  readonly cost: Cost;
  readonly n: number;
}

export interface AgentOwner {
  readonly owner: string;
  readonly class: string;
}

/** What rules cost people, counted from records only, per rule, agent, owner, class or day. Pure. */
export type LedgerLine = Readonly<Record<Cost, number>> & {
  readonly key: string;
  /** Null: nobody. */
  readonly share_approved: number | null;
  /** Null: none. */
  readonly precision: number | null;
  /** Null: nobody answered. */
  readonly waited_mean_ms: number | null;
};

const NOTHING = Object.fromEntries(COSTS.map((cost) => [cost, 0])) as Readonly<
  Record<Cost, number>
>;
const NO_RULE = '(no rule)';
const UNREGISTERED: AgentOwner = { owner: '(not registered)', class: 'unknown' };

function keyOf(cell: Cell, by: LedgerKey, whose: ReadonlyMap<string, AgentOwner>): string {
  if (by === 'day' || by === 'agent') return cell[by];
  if (by === 'rule') return cell.rule === '' ? NO_RULE : cell.rule;
  return (whose.get(cell.agent) ?? UNREGISTERED)[by];
}

function toLine(key: string, costs: Readonly<Record<Cost, number>>): LedgerLine {
  const answered = costs.approved + costs.refused;
  const judged = costs.true_positives + costs.false_positives;
  return {
    key,
    ...costs,
    share_approved: answered === 0 ? null : costs.approved / answered,
    precision: judged === 0 ? null : costs.true_positives / judged,
    waited_mean_ms: answered === 0 ? null : costs.waited_ms / answered,
  };
}

/** Ties by name. */
function weight(line: LedgerLine): number {
  return line.step_ups + line.approved + line.refused + line.revocations + line.denied_calls;
}

function compare(by: LedgerKey) {
  return (a: LedgerLine, b: LedgerLine): number => {
    const first = by === 'day' ? 0 : weight(b) - weight(a);
    return first || (a.key < b.key ? -1 : 1);
  };
}

export interface Ledger {
  readonly by: LedgerKey;
  readonly lines: readonly LedgerLine[];
  readonly total: LedgerLine;
}

export function ledgerOf(
  cells: Iterable<Cell>,
  by: LedgerKey,
  whose: ReadonlyMap<string, AgentOwner>,
): Ledger {
  const lines = new Map<string, Record<Cost, number>>();
  const total: Record<Cost, number> = { ...NOTHING };
  for (const cell of cells) {
    const key = keyOf(cell, by, whose);
    const line = lines.get(key) ?? { ...NOTHING };
    line[cell.cost] += cell.n;
    total[cell.cost] += cell.n;
    lines.set(key, line);
  }
  return {
    by,
    lines: [...lines].map(([key, costs]) => toLine(key, costs)).toSorted(compare(by)),
    total: toLine('total', total),
  };
}
