/** Code and machines: reviews, releases, incidents, pipelines, storage, accounts. */
import { MINUTE } from '../calendar.ts';
import * as value from '../plausible-values.ts';
import type { Run } from '../run.ts';
import { ours, outsiders } from '../texts.ts';

function readSome(run: Run, by: 'coder' | 'reviewer', count: number, principal?: string): void {
  const { random } = run.plan;
  for (let n = count; n > 0; n--) {
    run.call(by, 'readCode', {
      args: { path: `src/module-${random.int(1, 400)}.ts` },
      result: { lines: random.int(5, 300) },
      ...(principal === undefined ? {} : { principal }),
    });
  }
}

export function codeReview(run: Run): void {
  const { random, cell } = run.plan;
  const change = value.paper(random, 'CR');
  run.call('coder', 'readIssue', {
    args: { issue_key: `ENG-${random.int(1, 999)}` },
    result: { status: 'ready', comment: outsiders(random) },
  });
  readSome(run, 'coder', random.int(1, 7));
  run.call('coder', 'push', {
    args: { branch: `task-${random.int(1, 999)}`, message: ours(random) },
    result: { change },
  });
  run.rest(random.int(10, 90) * MINUTE);
  const principal = `lead-quality-${cell.number}@acme.example`;
  readSome(run, 'reviewer', random.int(1, 3), principal);
  run.call('reviewer', 'approveChange', {
    args: { id: change },
    object: `change/${change}`,
    principal,
  });
}

export function release(run: Run): void {
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

export function incidentResponse(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(2, 9); n > 0; n--) {
    run.call('operator', 'readLogs', {
      args: { window: `${random.int(5, 60)}m` },
      result: { errors: random.int(0, 400), tail: outsiders(random) },
    });
  }
  run.call('operator', 'query', { args: { table: 'jobs' }, result: { rows: random.int(1, 90) } });
  const unit = random.pick(['worker', 'mailer', 'search', 'billing']);
  run.call('builder', 'shell', {
    args: { command: `systemctl restart ${unit}` },
    result: { code: 0 },
  });
}

export function dataPipeline(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(2, 6); n > 0; n--) {
    const records = random.int(200, 9000);
    run.call('exporter', 'listCustomers', {
      args: { page: n },
      result: { rows: records },
      features: { records },
    });
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
}

export function research(run: Run): void {
  const { random, id } = run.plan;
  for (let n = random.int(2, 6); n > 0; n--) {
    run.call('researcher', 'search', {
      args: { query: value.subject(random) },
      result: { top: value.link(random), text: outsiders(random) },
    });
  }
  run.call('researcher', 'remember', {
    args: { note: 'market is stable' },
    object: `memory/${id}`,
  });
  run.call('planner', 'recall', {
    args: { query: 'market' },
    result: { note: 'market is stable' },
    object: `memory/${id}`,
  });
  run.call('planner', 'writePage', { args: { title: 'Weekly notes', body: ours(random) } });
}

export function analysis(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(1, 5); n > 0; n--) {
    const rows = random.int(10, 400);
    run.call('analyst', 'query', {
      args: { table: random.pick(['orders', 'visits', 'returns']) },
      result: { rows },
      features: { records: rows },
    });
  }
}

export function onboarding(run: Run): void {
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
