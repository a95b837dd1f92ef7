/** What an agent of a role mostly does: its workflow, and one more call of its commonest read. */

import type { CallPlan } from '../call-plan.ts';
import type { Agent } from '../fleet.ts';
import * as value from '../plausible-values.ts';
import type { Role } from '../roles.ts';
import type { Run } from '../run.ts';
import type { ToolName } from '../tool-table.ts';

interface Habit {
  readonly workflow: string;
  readonly tool: ToolName;
  readonly plan: (run: Run) => CallPlan;
}

const rows = (run: Run): CallPlan => {
  const count = run.plan.random.int(1, 60);
  return {
    args: { table: run.plan.random.pick(['orders', 'stock', 'claims']) },
    result: { rows: count },
    features: { records: count },
  };
};
const record =
  (of: string) =>
  (run: Run): CallPlan => {
    const id = value.account(run.plan.random);
    return { args: { id }, result: { state: 'open' }, object: `${of}/${id}` };
  };
const found = (run: Run): CallPlan => ({
  args: { query: value.subject(run.plan.random) },
  result: { hits: run.plan.random.int(0, 20) },
});

const HABITS: Partial<Record<Role, Habit>> = {
  clerk: { workflow: 'ledger-upkeep', tool: 'query', plan: rows },
  analyst: { workflow: 'analysis', tool: 'query', plan: rows },
  reporter: { workflow: 'month-end-reporting', tool: 'query', plan: rows },
  registrar: { workflow: 'nightly-sync', tool: 'query', plan: rows },
  triage: { workflow: 'ticket-triage', tool: 'readTicket', plan: record('ticket') },
  desk: { workflow: 'customer-support', tool: 'readCustomer', plan: record('customer') },
  seller: { workflow: 'sales-follow-up', tool: 'readCustomer', plan: record('customer') },
  exporter: { workflow: 'data-pipeline', tool: 'listCustomers', plan: rows },
  coder: {
    workflow: 'code-review',
    tool: 'readCode',
    plan: (run) => ({
      args: { path: `src/module-${run.plan.random.int(1, 400)}.ts` },
      result: { lines: run.plan.random.int(5, 300) },
    }),
  },
  operator: { workflow: 'incident-response', tool: 'readLogs', plan: found },
  assistant: { workflow: 'office-help', tool: 'readCalendar', plan: found },
  scribe: { workflow: 'filing', tool: 'searchFiles', plan: found },
  researcher: { workflow: 'research', tool: 'search', plan: found },
  briefer: { workflow: 'press-briefing', tool: 'search', plan: found },
};

/** @throws Error for a role without a habit: a family names only roles that have one. */
export function habitOf({ role }: Agent): Habit {
  const habit = HABITS[role];
  if (habit === undefined) throw new Error(`role ${role} has no habit`);
  return habit;
}

/** One more of the usual. Returns its native id. */
export function usual(run: Run, agent: Agent, more: CallPlan = {}): string {
  const habit = habitOf(agent);
  return run.call(agent, habit.tool, { ...habit.plan(run), ...more });
}
