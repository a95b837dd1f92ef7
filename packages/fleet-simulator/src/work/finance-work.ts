/** Money and master data: invoices, reports at the period's end, ledgers, nightly upkeep. */
import { MINUTE } from '../calendar.ts';
import * as value from '../plausible-values.ts';
import { OWN_IBAN, SHARED_MAILBOX } from '../records.ts';
import type { Run } from '../run.ts';
import { ours, outsiders } from '../texts.ts';
import { today } from './today.ts';

export function invoiceApproval(run: Run): void {
  const { random, cell } = run.plan;
  const invoice = value.paper(random, 'INV');
  const [to, payment] = [value.iban(random), value.paper(random, 'PAY')];
  run.call('intake', 'readMail', {
    args: { folder: 'invoices' },
    result: {
      invoice,
      amount: value.amount(random),
      body: outsiders(random),
      bill_to: OWN_IBAN,
      to: SHARED_MAILBOX,
    },
  });
  run.call('intake', 'readInvoices', {
    args: { invoice },
    result: { vendor_iban: to, our_iban: OWN_IBAN, open: true },
  });
  if (random.chance(0.2)) {
    run.call('payees', 'createPayee', { args: { iban: to }, object: `payee/${to}` });
  }
  const order = {
    args: { iban: to, from_iban: OWN_IBAN, amount: value.amount(random), date: today(run) },
    object: to,
  };
  // Now and then a person says no, and yes to the corrected order: the same agent, the same tool.
  if (random.chance(0.02)) {
    const by = `controller-${cell.number}@acme.example`;
    run.call('payer', 'pay', {
      ...order,
      outcome: 'denied',
      approval: { mode: 'human', by, latency_ms: 40_000 },
    });
    run.rest(10 * MINUTE);
  }
  run.call('payer', 'pay', { ...order, result: { payment } });
  run.rest(random.int(5, 60) * MINUTE);
  run.call('checker', 'approvePayment', {
    args: { payment_id: payment },
    object: `payment/${payment}`,
    principal: `controller-${cell.number}@acme.example`,
    approvedBy: `controller-${cell.number}@acme.example`,
  });
}

export function reporting(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(3, 12); n > 0; n--) {
    const records = random.int(20, 2000);
    run.call('reporter', n % 2 === 0 ? 'readInvoices' : 'query', {
      args: { page: n, until: today(run) },
      result: { rows: records, our_iban: OWN_IBAN },
      features: { records },
    });
  }
  run.call('reporter', 'writePage', { args: { title: 'Report', body: ours(random) } });
  run.call('reporter', 'post', { args: { channel: 'finance', note: 'report is up' } });
}

/** Rows read and corrected by the back office. */
export function ledgerUpkeep(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(1, 4); n > 0; n--) {
    const rows = random.int(1, 60);
    run.call('clerk', 'query', {
      args: { table: random.pick(['orders', 'stock', 'claims']), since: today(run) },
      result: { rows },
      features: { records: rows },
    });
  }
  run.call('clerk', 'insert', { args: { table: 'orders', rows: random.int(1, 9) } });
}

/** One partition of the nightly sync: it carries the values that stand everywhere. */
export function nightlySync(run: Run): void {
  const { random } = run.plan;
  run.call('registrar', 'insert', {
    args: { partition: random.int(0, 99), mailbox: SHARED_MAILBOX, iban: OWN_IBAN },
  });
  const rows = random.int(100, 400);
  run.call('registrar', 'query', {
    args: { table: 'master_data' },
    result: { rows },
    features: { records: rows },
  });
}
