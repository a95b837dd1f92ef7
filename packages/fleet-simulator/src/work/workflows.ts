/**
 * The daily work of a fleet: each workflow is a run of calls in which what one call returned is
 * what a later one is given. What dangerous combinations their honest work completes, the registry
 * approves inside an envelope (`registry-of.ts`), or it goes to the record's own subject; the others
 * complete none.
 */
import type { Role } from '../roles.ts';
import type { Run } from '../run.ts';
import * as engineering from './engineering-work.ts';
import * as finance from './finance-work.ts';
import * as identity from './identity-work.ts';
import * as operations from './operations-work.ts';
import * as support from './support-work.ts';

export interface Workflow {
  readonly name: string;
  /** Runs on a working day in one cell, on average. */
  readonly daily: number;
  /** First hour and length of the hours (UTC) in which it starts. */
  readonly hours: readonly [from: number, length: number];
  readonly perform: (run: Run) => void;
  readonly requests: readonly [string, ...string[]];
  readonly roles: readonly Role[];
  /** Machines know no weekend. */
  readonly everyDay?: boolean;
}

function work(
  name: string,
  daily: number,
  hours: readonly [number, number],
  perform: (run: Run) => void,
  requests: readonly [string, ...string[]],
  ...roles: readonly Role[]
): Workflow {
  return { name, daily, hours, perform, requests, roles };
}
const machine = (of: Workflow): Workflow => ({ ...of, everyDay: true });

export const WORKFLOWS: readonly Workflow[] = [
  machine(
    work('nightly-sync', 16, [0, 0.4], finance.nightlySync, ['Sync one partition.'], 'registrar'),
  ),
  work(
    'ticket-triage',
    30,
    [6, 12],
    support.ticketTriage,
    ['Read the new ticket and set its priority.', 'Triage what came in and update the ticket.'],
    'triage',
  ),
  work(
    'customer-support',
    22,
    [7, 10],
    support.customerSupport,
    ['Answer the ticket: look up the customer and send a reply.'],
    'triage',
    'desk',
    'correspondent',
  ),
  work(
    'invoice-approval',
    10,
    [8, 8],
    finance.invoiceApproval,
    ['Check the invoice that came by mail and pay it to the vendor on record.'],
    'intake',
    'payees',
    'payer',
    'checker',
  ),
  work(
    'code-review',
    12,
    [8, 9],
    engineering.codeReview,
    ['Implement the issue, push the change and have it reviewed.'],
    'coder',
    'reviewer',
  ),
  work(
    'release',
    2,
    [10, 5],
    engineering.release,
    ['Release the current state to production.'],
    'coder',
    'reviewer',
    'releaser',
  ),
  work(
    'incident-response',
    2,
    [0, 24],
    engineering.incidentResponse,
    ['Find out why the service fails and restart it.'],
    'operator',
    'builder',
  ),
  work(
    'research',
    8,
    [8, 9],
    engineering.research,
    ['Search the web for the market and keep notes.', 'See what competitors do and write it up.'],
    'researcher',
    'planner',
  ),
  work(
    'sales-follow-up',
    9,
    [8, 9],
    support.salesFollowUp,
    ['Prepare the renewal: read the record and send an offer to the buyer.'],
    'seller',
    'correspondent',
  ),
  work(
    'press-briefing',
    5,
    [6, 6],
    support.pressBriefing,
    ['Write the press review and send it to the subscribers.'],
    'briefer',
  ),
  work(
    'onboarding',
    0.8,
    [9, 6],
    identity.onboarding,
    ['Set up the new colleague.'],
    'onboarder',
    'access',
    'keys',
  ),
  work(
    'month-end-reporting',
    1.5,
    [5, 2],
    finance.reporting,
    ['Bring the report up to date.'],
    'reporter',
  ),
  work(
    'office-help',
    9,
    [7, 11],
    support.officeHelp,
    ['What is on my calendar?', 'Find the file that we talked about.'],
    'assistant',
  ),
  work('filing', 5, [8, 9], support.filing, ['Write the minutes of the meeting.'], 'scribe'),
  work(
    'ledger-upkeep',
    14,
    [7, 10],
    finance.ledgerUpkeep,
    ['Correct the open rows.', 'Check the claims of today.'],
    'clerk',
  ),
  work('analysis', 6, [8, 9], engineering.analysis, ['How did the week go?'], 'analyst'),
  work(
    'access-review',
    2,
    [9, 7],
    identity.accessReview,
    ['See who is still active.'],
    'directory',
    'people',
  ),
  work('secret-rotation', 2, [8, 8], identity.secretRotation, ['Which keys are old?'], 'vault'),
  work(
    'prompt-upkeep',
    1,
    [9, 7],
    identity.promptUpkeep,
    ['Change the prompt as the issue says.'],
    'coder',
    'tuner',
  ),
  work(
    'payroll-check',
    1.5,
    [9, 7],
    identity.payroll,
    ['Check the pay of those who asked.'],
    'people',
  ),
  work(
    'access-request',
    1,
    [9, 7],
    identity.accessRequest,
    ['Give the access that was agreed to.'],
    'access',
  ),
  work(
    'log-maintenance',
    0.5,
    [9, 7],
    identity.logMaintenance,
    ['Move the audit trail to its new place.'],
    'operator',
  ),
  work(
    'vendor-upkeep',
    1.5,
    [8, 8],
    finance.vendorUpkeep,
    ['Set up the vendors on record as payees.'],
    'checker',
    'payees',
  ),
  work(
    'maintenance',
    1.5,
    [8, 9],
    engineering.maintenance,
    ['Bring the host up to date.'],
    'builder',
  ),
  work('planning', 2, [8, 9], engineering.planning, ['Work out the plan.'], 'planner'),
  work('notices', 2, [8, 9], operations.notices, ['Tell the colleagues.'], 'correspondent'),
  work('desk-help', 4, [8, 9], operations.deskHelp, ['Note this on the ticket.'], 'helper'),
  work(
    'odd-jobs',
    3,
    [8, 9],
    operations.oddJobs,
    ['Look something up and write it down.'],
    'generalist',
  ),
  machine(
    work(
      'data-pipeline',
      8,
      [1, 4],
      engineering.dataPipeline,
      ['Load the customers of the night.'],
      'exporter',
    ),
  ),
  machine(
    work(
      'infrastructure',
      3,
      [2, 2],
      engineering.infrastructure,
      ['Delete old snapshots.'],
      'storekeeper',
      'cleaner',
    ),
  ),
  machine(
    work(
      'retention',
      1,
      [1, 3],
      engineering.retention,
      ['Delete what the retention plan says is over.'],
      'storekeeper',
      'cleaner',
    ),
  ),
];

/** What is asked for when this work is to be done. */
export function requestOf(workflow: string): string {
  return WORKFLOWS.find((w) => w.name === workflow)?.requests[0] ?? 'Do the work.';
}
