/** Odd jobs of desk and office. */
import * as value from '../plausible-values.ts';
import { SHARED_MAILBOX } from '../records.ts';
import type { Run } from '../run.ts';
import { ours } from '../texts.ts';
import * as usual from './usual-calls.ts';

/** Sometimes it looks at what the customer sees, as the customer, who agreed to it. */
export function deskHelp(run: Run): void {
  const { random, cell } = run.plan;
  const ticket = value.account(random);
  if (random.chance(0.12)) {
    run.call('helper', 'impersonate', {
      args: { user: value.account(random), ticket_id: ticket },
      object: `identity/${value.account(random)}`,
      approvedBy: `desk-lead-${cell.number}@acme.example`,
    });
  }
  run.call('helper', 'updateTicket', usual.ticketUpdate(run, ticket));
}

/** News for colleagues: nothing leaves the house. */
export function notices(run: Run): void {
  const { random } = run.plan;
  run.call('correspondent', 'sendInside', {
    args: { to: SHARED_MAILBOX, subject: value.subject(random), body: ours(random) },
    object: SHARED_MAILBOX,
  });
  if (random.chance(0.5))
    run.call('correspondent', 'post', { args: { channel: 'news', note: ours(random) } });
}

type Job = (run: Run) => void;

const JOBS: readonly [Job, ...Job[]] = [
  (run) => run.call('generalist', 'readTicket', usual.ticketRead(run)),
  (run) => run.call('generalist', 'updateTicket', usual.ticketUpdate(run)),
  (run) => run.call('generalist', 'readCustomer', usual.customerRead(run)),
  (run) => run.call('generalist', 'readInvoices', usual.invoiceRead(run)),
  (run) => run.call('generalist', 'readCode', usual.codeRead(run)),
  (run) => run.call('generalist', 'search', usual.searched(run)),
  (run) => run.call('generalist', 'readDirectory', usual.directoryRead(run)),
  (run) => run.call('generalist', 'runCode', usual.scriptRun(run)),
  (run) => run.call('generalist', 'shell', usual.shellRun(run)),
  (run) => run.call('generalist', 'dropTable', usual.tableGone(run)),
  (run) => run.call('generalist', 'grantAccess', usual.accessGranted(run)),
  (run) => run.call('generalist', 'push', usual.pushed(run)),
];

/** Odd jobs of the agent that may do everything and mostly does little: one kind of thing a task. */
export function oddJobs(run: Run): void {
  const { random } = run.plan;
  if (random.chance(0.35)) {
    const job = random.pick(JOBS);
    for (let n = random.int(1, 3); n > 0; n--) job(run);
    return;
  }
  for (let n = random.int(1, 4); n > 0; n--)
    run.call('generalist', 'query', usual.rowsRead(run, 90));
  run.call('generalist', 'writePage', usual.pageWritten(run, 'Odd jobs'));
}
