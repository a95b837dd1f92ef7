/**
 * The daily work of a fleet: twelve workflows, each a run of calls in which what one call returned
 * is what a later one is given. What dangerous combinations their honest work completes, the
 * registry approves inside an envelope (`registry-of.ts`); the others complete none.
 */

import { MINUTE } from '../calendar.ts';
import type { Role } from '../fleet.ts';
import * as value from '../plausible-values.ts';
import type { Run } from '../run.ts';

/** A read that sometimes fails once and is tried again. */
function retry(run: Run, call: (outcome: 'success' | 'tool_error') => void): void {
  if (run.plan.random.chance(0.04)) call('tool_error');
  call('success');
}

function ticketTriage(run: Run): void {
  const { random } = run.plan;
  const ticket = value.account(random);
  const from = value.email(random);
  retry(run, (outcome) => {
    const result =
      outcome === 'success' ? { subject: value.subject(random), from } : { error: 'timeout' };
    run.call('triage', 'readTicket', {
      args: { ticket_id: ticket },
      result,
      object: `ticket/${ticket}`,
      outcome,
    });
  });
  for (let n = random.int(0, 2); n > 0; n--) {
    run.call('triage', 'readIssue', {
      args: { issue_key: `SUP-${random.int(1, 999)}` },
      result: { status: 'open' },
    });
  }
  run.call('triage', 'updateTicket', {
    args: { ticket_id: ticket, priority: random.int(1, 4) },
    object: `ticket/${ticket}`,
  });
}

function customerSupport(run: Run): void {
  const { random } = run.plan;
  const [ticket, customer, to] = [
    value.account(random),
    value.account(random),
    value.email(random),
  ];
  run.call('triage', 'readTicket', {
    args: { ticket_id: ticket },
    result: { customer },
    object: `ticket/${ticket}`,
  });
  run.handOver('triage', 'desk');
  retry(run, (outcome) => {
    const result = outcome === 'success' ? { email: to, plan: 'basic' } : { error: 'timeout' };
    run.call('desk', 'readCustomer', {
      args: { customer_id: customer },
      result,
      object: `customer/${customer}`,
      outcome,
    });
  });
  run.handOver('desk', 'correspondent');
  run.call('correspondent', 'sendMail', {
    args: { to, subject: value.subject(random) },
    object: to,
  });
}

function invoiceApproval(run: Run): void {
  const { random, cell } = run.plan;
  const invoice = value.paper(random, 'INV');
  const [to, payment] = [value.iban(random), value.paper(random, 'PAY')];
  run.call('intake', 'readMail', {
    args: { folder: 'invoices' },
    result: { invoice, amount: value.amount(random) },
  });
  run.call('intake', 'readInvoices', {
    args: { invoice },
    result: { vendor_iban: to, open: true },
  });
  if (random.chance(0.2)) {
    run.call('payees', 'createPayee', {
      args: { iban: to },
      result: { ok: true },
      object: `payee/${to}`,
    });
  }
  run.call('payer', 'pay', {
    args: { iban: to, amount: value.amount(random) },
    result: { payment },
    object: to,
  });
  run.rest(random.int(5, 60) * MINUTE);
  run.call('checker', 'approvePayment', {
    args: { payment_id: payment },
    object: `payment/${payment}`,
    principal: `controller-${cell.number}@acme.example`,
    approvedBy: `controller-${cell.number}@acme.example`,
  });
}

function codeReview(run: Run): void {
  const { random, cell } = run.plan;
  const change = value.paper(random, 'CR');
  run.call('coder', 'readIssue', {
    args: { issue_key: `ENG-${random.int(1, 999)}` },
    result: { status: 'ready' },
  });
  for (let n = random.int(1, 5); n > 0; n--) {
    run.call('coder', 'readCode', {
      args: { path: `src/module-${random.int(1, 400)}.ts` },
      result: { lines: random.int(5, 300) },
    });
  }
  run.call('coder', 'push', { args: { branch: `task-${random.int(1, 999)}` }, result: { change } });
  run.rest(random.int(10, 90) * MINUTE);
  const principal = `lead-quality-${cell.number}@acme.example`;
  run.call('reviewer', 'readCode', {
    args: { path: `src/module-${random.int(1, 400)}.ts` },
    result: { lines: 40 },
    principal,
  });
  run.call('reviewer', 'approveChange', {
    args: { id: change },
    object: `change/${change}`,
    principal,
  });
}

function release(run: Run): void {
  const { random, cell } = run.plan;
  const [change, build] = [value.paper(random, 'CR'), value.paper(random, 'BLD')];
  run.call('coder', 'push', { args: { branch: 'release' }, result: { change } });
  run.rest(random.int(10, 60) * MINUTE);
  const principal = `lead-quality-${cell.number}@acme.example`;
  run.call('reviewer', 'approveChange', {
    args: { id: change },
    result: { build },
    object: `change/${change}`,
    principal,
  });
  run.call('releaser', 'deploy', {
    args: { build },
    approvedBy: `release-${cell.number}@acme.example`,
  });
  run.call('releaser', 'post', { args: { channel: 'releases', note: 'shipped' } });
}

function incidentResponse(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(2, 9); n > 0; n--) {
    run.call('operator', 'readLogs', {
      args: { window: `${random.int(5, 60)}m` },
      result: { errors: random.int(0, 400) },
    });
  }
  run.call('operator', 'query', { args: { table: 'jobs' }, result: { rows: random.int(1, 90) } });
  run.call('builder', 'shell', {
    args: { command: 'systemctl restart worker' },
    result: { code: 0 },
  });
}

function research(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(2, 6); n > 0; n--) {
    run.call('researcher', 'search', {
      args: { query: value.subject(random) },
      result: { top: value.link(random) },
    });
  }
  run.call('researcher', 'remember', {
    args: { note: 'market is stable' },
    object: `memory/${run.plan.id}`,
  });
  run.call('planner', 'recall', {
    args: { query: 'market' },
    result: { note: 'market is stable' },
    object: `memory/${run.plan.id}`,
  });
  run.call('planner', 'writePage', { args: { title: 'Weekly notes' } });
}

function salesFollowUp(run: Run): void {
  const { random } = run.plan;
  const [customer, to] = [value.account(random), value.email(random)];
  run.call('seller', 'search', {
    args: { query: value.subject(random) },
    result: { top: value.link(random) },
  });
  run.call('seller', 'readCustomer', {
    args: { customer_id: customer },
    result: { email: to },
    object: `customer/${customer}`,
  });
  run.handOver('seller', 'correspondent');
  run.call('correspondent', 'sendMail', { args: { to, subject: 'renewal' }, object: to });
}

function onboarding(run: Run): void {
  const { random } = run.plan;
  const [person, member] = [value.account(random), value.account(random)];
  run.call('onboarder', 'createUser', {
    args: { unit: 'sales' },
    result: { person },
    object: `identity/${person}`,
  });
  run.call('access', 'grantAccess', {
    args: { user: person },
    result: { member },
    object: `role/${member}`,
    features: { grantee: person },
  });
  run.call('keys', 'createKey', { args: { member }, object: `key/${member}` });
}

function reporting(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(3, 12); n > 0; n--) {
    run.call('reporter', n % 2 === 0 ? 'readInvoices' : 'query', {
      args: { page: n },
      result: { rows: random.int(20, 2000) },
      features: { records: random.int(20, 2000) },
    });
  }
  run.call('reporter', 'writePage', { args: { title: 'Report' } });
  run.call('reporter', 'post', { args: { channel: 'finance', note: 'report is up' } });
}

function dataPipeline(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(2, 8); n > 0; n--) {
    const records = random.int(200, 9000);
    run.call('exporter', 'listCustomers', {
      args: { page: n },
      result: { rows: records },
      features: { records },
    });
    run.call('exporter', 'insert', { args: { table: 'customers', rows: records } });
  }
}

function infrastructure(run: Run): void {
  const { random } = run.plan;
  run.call('storekeeper', 'deleteSnapshot', {
    args: { age: '90d' },
    object: `backup/${random.int(1, 9999)}`,
  });
  if (random.chance(0.3)) run.call('cleaner', 'insert', { args: { table: 'inventory', rows: 1 } });
}

export interface Workflow {
  readonly name: string;
  /** Runs on a working day in one cell, on average. */
  readonly daily: number;
  /** First hour and length of the hours (UTC) in which it starts. */
  readonly hours: readonly [from: number, length: number];
  readonly perform: (run: Run) => void;
  readonly roles: readonly Role[];
}

const work = (
  name: string,
  daily: number,
  hours: readonly [number, number],
  perform: (run: Run) => void,
  ...roles: readonly Role[]
): Workflow => ({
  name,
  daily,
  hours,
  perform,
  roles,
});

export const WORKFLOWS: readonly Workflow[] = [
  work('ticket-triage', 14, [6, 12], ticketTriage, 'triage'),
  work('customer-support', 9, [7, 10], customerSupport, 'triage', 'desk', 'correspondent'),
  work('invoice-approval', 4, [8, 8], invoiceApproval, 'intake', 'payees', 'payer', 'checker'),
  work('code-review', 5, [8, 9], codeReview, 'coder', 'reviewer'),
  work('release', 1, [10, 5], release, 'coder', 'reviewer', 'releaser'),
  work('incident-response', 0.7, [0, 24], incidentResponse, 'operator', 'builder'),
  work('research', 3, [8, 9], research, 'researcher', 'planner'),
  work('sales-follow-up', 4, [8, 9], salesFollowUp, 'seller', 'correspondent'),
  work('onboarding', 0.4, [9, 6], onboarding, 'onboarder', 'access', 'keys'),
  work('month-end-reporting', 1, [5, 2], reporting, 'reporter'),
  work('data-pipeline', 3, [1, 4], dataPipeline, 'exporter'),
  work('infrastructure', 1, [2, 2], infrastructure, 'storekeeper', 'cleaner'),
];
