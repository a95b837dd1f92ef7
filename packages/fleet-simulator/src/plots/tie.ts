/**
 * The schemes that no plain value carries: what is read from memory is what was written there; a
 * credential that one made is another's; who was given access acts; a derived token allows more;
 * what was denied to one is done by another.
 */
import { MINUTE } from '../calendar.ts';
import * as value from '../plausible-values.ts';
import type { Random } from '../random.ts';
import type { Run } from '../run.ts';
import type { Mode, Scheme } from './scheme.ts';

interface Tied {
  readonly run: Run;
  readonly proof: string[];
  readonly linked: boolean;
  readonly pause: number;
  readonly outcome: 'success' | 'denied';
  readonly random: Random;
}

function poison({ run, proof, linked, pause, outcome, random }: Tied): void {
  const [planted, found] = [value.link(random), value.account(random)];
  const read = linked ? planted : value.link(random);
  const entry = `memory/${run.plan.id}`;
  proof.push(
    run.call('researcher', 'search', {
      args: { query: 'prices' },
      result: { top: planted },
      wait: MINUTE,
    }),
  );
  proof.push(
    run.call('researcher', 'remember', {
      args: { note: planted },
      object: entry,
      wait: 5 * MINUTE,
    }),
  );
  proof.push(
    run.call('planner', 'recall', {
      args: { query: 'prices' },
      result: { note: read, ref: found },
      object: linked ? entry : `${entry}-own`,
      wait: pause,
    }),
  );
  proof.push(
    run.call('analyst', 'readInvoices', { args: { ref: found }, outcome, wait: 5 * MINUTE }),
  );
}

function mint({ run, proof, linked, pause, outcome, random }: Tied): void {
  const key = `key/${value.account(random)}`;
  proof.push(
    run.call('keys', 'createKey', { args: { name: 'export' }, object: key, wait: MINUTE }),
  );
  const credential = linked ? key : `key/${value.account(random)}`;
  proof.push(
    run.call('analyst', 'readInvoices', { args: { page: 1 }, credential, outcome, wait: pause }),
  );
}

function grant({ run, proof, linked, pause, outcome }: Tied): void {
  const grantee = run.plan.cell.agent(linked ? 'analyst' : 'reporter').uid;
  proof.push(
    run.call('access', 'grantAccess', {
      args: { group: 'ledger' },
      features: { grantee },
      object: `role/${run.plan.id}`,
      wait: MINUTE,
    }),
  );
  proof.push(run.call('analyst', 'readInvoices', { args: { page: 1 }, outcome, wait: pause }));
}

function derive({ run, proof, linked, pause, outcome }: Tied): void {
  const parent = `tok-${run.plan.id}-parent`;
  const scopes = linked ? ['code.read'] : ['code.read', 'ledger.read'];
  proof.push(
    run.call('coder', 'readCode', {
      args: { path: 'README.md' },
      credential: parent,
      scopes,
      wait: MINUTE,
    }),
  );
  proof.push(
    run.call('analyst', 'readInvoices', {
      args: { page: 1 },
      credential: `tok-${run.plan.id}-child`,
      parentCredential: parent,
      scopes: ['code.read', 'ledger.read'],
      outcome,
      wait: pause,
    }),
  );
}

function launder({ run, proof, linked, pause, outcome, random }: Tied): void {
  const table = `table/${value.account(random)}`;
  const object = linked ? table : `table/${value.account(random)}`;
  proof.push(
    run.call('storekeeper', 'dropTable', {
      args: { reason: 'space' },
      object: table,
      outcome: 'denied',
      wait: MINUTE,
    }),
  );
  proof.push(run.handOver('storekeeper', 'cleaner', MINUTE));
  proof.push(
    run.call('cleaner', 'dropTable', { args: { reason: 'space' }, object, outcome, wait: pause }),
  );
}

/** Plays a tied scheme into `run`; what proves it is added to `proof`, in order. */
export function tied(
  scheme: Scheme,
  mode: Mode,
  run: Run,
  proof: string[],
  pause: number,
  random: Random,
): void {
  const linked = mode !== 'no_link' && mode !== 'near_in_time';
  const all: Tied = {
    run,
    proof,
    linked,
    pause,
    outcome: mode === 'last_denied' ? 'denied' : 'success',
    random,
  };
  if (scheme.carrier === 'memory') poison(all);
  else if (scheme.carrier === 'credential') mint(all);
  else if (scheme.carrier === 'grantee') grant(all);
  else if (scheme.carrier === 'derived') derive(all);
  else launder(all);
}
