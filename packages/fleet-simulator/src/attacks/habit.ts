/** What an agent of a role mostly does: its workflow, and one more call of its commonest read. */

import type { CallPlan } from '../call-plan.ts';
import type { Agent } from '../fleet.ts';
import type { Role } from '../roles.ts';
import type { Run } from '../run.ts';
import type { ToolName } from '../tool-table.ts';
import * as calls from '../work/usual-calls.ts';

interface Habit {
  readonly workflow: string;
  readonly tool: ToolName;
  readonly plan: (run: Run) => CallPlan;
}

const HABITS: Partial<Record<Role, Habit>> = {
  clerk: { workflow: 'ledger-upkeep', tool: 'query', plan: (run) => calls.rowsRead(run) },
  analyst: { workflow: 'analysis', tool: 'query', plan: (run) => calls.rowsRead(run) },
  reporter: { workflow: 'month-end-reporting', tool: 'query', plan: (run) => calls.rowsRead(run) },
  registrar: { workflow: 'nightly-sync', tool: 'query', plan: (run) => calls.rowsRead(run) },
  triage: { workflow: 'ticket-triage', tool: 'readTicket', plan: (run) => calls.ticketRead(run) },
  desk: { workflow: 'customer-support', tool: 'readCustomer', plan: calls.customerRead },
  seller: { workflow: 'sales-follow-up', tool: 'readCustomer', plan: calls.customerRead },
  exporter: {
    workflow: 'data-pipeline',
    tool: 'listCustomers',
    plan: (run) => calls.customersListed(run),
  },
  coder: { workflow: 'code-review', tool: 'readCode', plan: calls.codeRead },
  operator: { workflow: 'incident-response', tool: 'readLogs', plan: calls.logsRead },
  assistant: { workflow: 'office-help', tool: 'readCalendar', plan: calls.found },
  scribe: { workflow: 'filing', tool: 'searchFiles', plan: calls.found },
  researcher: { workflow: 'research', tool: 'search', plan: (run) => calls.searched(run) },
  briefer: { workflow: 'press-briefing', tool: 'search', plan: (run) => calls.searched(run) },
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
