/** What rules cost people, counted from records only, per rule, agent, owner, class or day. Pure. */

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
export type Cost = (typeof COSTS)[number];

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
export const NO_RULE = '(no rule)';
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
