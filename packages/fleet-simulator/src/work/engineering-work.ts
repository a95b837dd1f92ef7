/** Code and machines: reviews, releases, incidents, pipelines, storage, research. */
import { MINUTE } from '../calendar.ts';
import * as value from '../plausible-values.ts';
import type { Run } from '../run.ts';
import * as usual from './usual-calls.ts';

const leadOf = ({ plan }: Run): string => `lead-quality-${plan.cell.number}@acme.example`;

function readSome(run: Run, by: 'coder' | 'reviewer', count: number, principal?: string): void {
  for (let n = count; n > 0; n--) {
    run.call(by, 'readCode', {
      ...usual.codeRead(run),
      ...(run.plan.random.chance(0.2) ? { scopes: ['code.read'] } : {}),
      ...(principal === undefined ? {} : { principal }),
    });
  }
}

export function codeReview(run: Run): void {
  const { random } = run.plan;
  const change = value.paper(random, 'CR');
  run.call('coder', 'readIssue', usual.issueRead(run, 'ENG'));
  readSome(run, 'coder', random.int(1, 7));
  if (random.chance(0.4)) run.think('coder');
  run.call('coder', 'push', { ...usual.pushed(run), result: { change } });
  run.rest(random.int(10, 90) * MINUTE);
  const principal = leadOf(run);
  readSome(run, 'reviewer', random.int(1, 3), principal);
  run.call('reviewer', 'approveChange', {
    args: { id: change },
    object: `change/${change}`,
    principal,
  });
}

/** Writer and approver have other owners and other principals: independent. */
export function release(run: Run): void {
  const { random, cell } = run.plan;
  const [change, build] = [value.paper(random, 'CR'), value.paper(random, 'BLD')];
  run.call('coder', 'push', { args: { branch: 'release' }, result: { change } });
  run.rest(random.int(10, 60) * MINUTE);
  run.call('reviewer', 'approveChange', {
    args: { id: change },
    result: { build },
    object: `change/${change}`,
    principal: leadOf(run),
  });
  const approvedBy = `release-${cell.number}@acme.example`;
  if (random.chance(0.15))
    run.call('releaser', 'deploy', { args: { build }, features: { dry_run: true }, approvedBy });
  if (random.chance(0.3))
    run.call('releaser', 'deploy', { args: { build }, environment: 'staging', approvedBy });
  if (random.chance(0.04)) {
    run.call('releaser', 'deploy', {
      args: { build },
      outcome: 'denied',
      approval: { mode: 'human', by: approvedBy, latency_ms: 90_000 },
    });
    run.rest(20 * MINUTE);
  }
  run.call('releaser', 'deploy', { args: { build }, approvedBy });
  run.call('releaser', 'post', { args: { channel: 'releases', note: 'shipped' } });
}

export function incidentResponse(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(2, 9); n > 0; n--) run.call('operator', 'readLogs', usual.logsRead(run));
  run.call('operator', 'query', { args: { table: 'jobs' }, result: { rows: random.int(1, 90) } });
  run.call('builder', 'shell', usual.shellRun(run));
}

/** Machines are kept in order: nothing that an outsider wrote is in what is run. */
export function maintenance(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(1, 3); n > 0; n--) run.call('builder', 'readCode', usual.codeRead(run));
  for (let n = random.int(1, 3); n > 0; n--) run.call('builder', 'shell', usual.shellRun(run));
}

export function dataPipeline(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(2, 6); n > 0; n--) {
    const records = random.int(200, 9000);
    run.call('exporter', 'listCustomers', usual.customersListed(run, records));
    run.call('exporter', 'insert', { args: { table: 'customers', rows: records } });
  }
}

export function infrastructure(run: Run): void {
  const { random } = run.plan;
  run.call('storekeeper', 'deleteSnapshot', {
    args: { age: '90d' },
    object: `backup/${random.int(1, 9999)}`,
  });
  if (random.chance(0.4)) run.call('cleaner', 'insert', { args: { table: 'inventory', rows: 1 } });
  // What is not its business it is refused, and nobody does it for it.
  if (random.chance(0.03))
    run.call('storekeeper', 'dropTable', { ...usual.tableGone(run), outcome: 'denied' });
}

/** What the retention plan says is over goes: the backup, then the table. Nothing was read before. */
export function retention(run: Run): void {
  const { random } = run.plan;
  const job = value.paper(random, 'RET');
  run.call('storekeeper', 'deleteSnapshot', {
    args: { age: '400d' },
    result: { job },
    object: `backup/${random.int(1, 9999)}`,
  });
  for (let n = random.int(1, 3); n > 0; n--) {
    const { args = {}, ...gone } = usual.tableGone(run);
    run.call('cleaner', random.chance(0.3) ? 'truncate' : 'dropTable', {
      ...gone,
      args: random.chance(0.5) ? { ...args, job } : args,
    });
  }
}

/** Notes name their source, and are read again; nothing is done upon them but writing it up. */
export function research(run: Run): void {
  const { random } = run.plan;
  let source = value.link(random);
  for (let n = random.int(2, 6); n > 0; n--) {
    const plan = usual.searched(run);
    run.call('researcher', 'search', plan);
    source = `${plan.result?.['top'] ?? source}`;
  }
  const note = usual.noteStored(run, random.chance(0.5) ? source : value.link(random));
  run.call('researcher', 'remember', note);
  run.call('planner', 'recall', usual.noteRead(run, `${note.args?.['note']}`));
  if (random.chance(0.5)) run.think('planner');
  run.call('planner', 'writePage', usual.pageWritten(run, 'Weekly notes'));
}

/** Figures are worked out by code of ours on numbers of ours. */
export function planning(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(1, 3); n > 0; n--) {
    run.call('planner', 'runCode', usual.scriptRun(run));
  }
  run.call('planner', 'writePage', usual.pageWritten(run, 'Plan'));
}

/** With a token for the ledger alone, or with one derived from it that allows no more. */
function readLedger(run: Run): void {
  const { random, cell, id } = run.plan;
  const scopes = ['ledger.read'];
  run.call('analyst', 'readInvoices', { ...usual.invoiceRead(run), scopes });
  if (!random.chance(0.4)) return;
  run.call('analyst', 'readInvoices', {
    ...usual.invoiceRead(run),
    scopes,
    credential: `tok-${id}-analyst-derived`,
    parentCredential: run.credentialOf(cell.agent('analyst')).uid,
  });
}

export function analysis(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(1, 5); n > 0; n--) {
    const archived = random.chance(0.1);
    run.call(
      'analyst',
      'query',
      archived ? usual.archiveRead(run, random.int(10, 300)) : usual.rowsRead(run, 400),
    );
  }
  if (random.chance(0.2)) run.call('analyst', 'runCode', usual.scriptRun(run));
  if (random.chance(0.2)) readLedger(run);
}
