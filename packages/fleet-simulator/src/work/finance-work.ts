/** Money and master data: invoices, reports at the period's end, ledgers, nightly upkeep. */
import { MINUTE } from '../calendar.ts';
import { today } from '../call-plan.ts';
import * as value from '../plausible-values.ts';
import { OWN_IBAN, SHARED_MAILBOX } from '../records.ts';
import type { Run } from '../run.ts';
import { listing, outsiders } from '../texts.ts';
import * as usual from './usual-calls.ts';

const controllerOf = ({ plan }: Run): string => `controller-${plan.cell.number}@acme.example`;

function payeeSetUp(run: Run, iban: string): void {
  run.call('payees', 'createPayee', { args: { iban }, object: `payee/${iban}` });
}

/** Who pays and who releases have other owners and other principals: independent. */
export function invoiceApproval(run: Run): void {
  const { random } = run.plan;
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
  if (random.chance(0.2)) payeeSetUp(run, to);
  const order = usual.paid(run, to);
  // Now and then a person says no, and yes to the corrected order: the same agent, the same tool.
  if (random.chance(0.02)) {
    run.call('payer', 'pay', {
      ...order,
      outcome: 'denied',
      approval: { mode: 'human', by: controllerOf(run), latency_ms: 40_000 },
    });
    run.rest(10 * MINUTE);
  }
  run.call('payer', 'pay', { ...order, result: { payment } });
  run.rest(random.int(5, 60) * MINUTE);
  run.call('checker', 'approvePayment', {
    args: { payment_id: payment },
    object: `payment/${payment}`,
    principal: controllerOf(run),
    approvedBy: controllerOf(run),
  });
}

/** Vendors on record get their account set up as payees; nothing is paid. */
export function vendorUpkeep(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(1, 3); n > 0; n--) {
    const iban = value.iban(random);
    run.call('checker', 'readInvoices', {
      args: { invoice: value.paper(random, 'INV') },
      result: { vendor_iban: iban, our_iban: OWN_IBAN, open: false },
    });
    payeeSetUp(run, iban);
  }
}

export function reporting(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(3, 12); n > 0; n--) {
    const records = random.int(20, 2000);
    run.call('reporter', n % 2 === 0 ? 'readInvoices' : 'query', {
      args: { page: n, until: today(run) },
      result: { rows: records, our_iban: OWN_IBAN, listing: listing(random) },
      features: { records },
    });
  }
  run.call('reporter', 'writePage', usual.pageWritten(run, 'Report'));
  run.call('reporter', 'post', { args: { channel: 'finance', note: 'report is up' } });
}

/** Rows read and corrected by the back office. */
export function ledgerUpkeep(run: Run): void {
  const { random } = run.plan;
  for (let n = random.int(1, 4); n > 0; n--) run.call('clerk', 'query', usual.rowsRead(run));
  const plan = usual.inserted(run);
  if (random.chance(0.04)) run.call('clerk', 'insert', { ...plan, features: { dry_run: true } });
  if (random.chance(0.01)) run.call('clerk', 'insert', { ...plan, outcome: 'denied' });
  run.call('clerk', 'insert', plan);
}

/** One partition of the nightly sync: it carries the values that stand everywhere. */
export function nightlySync(run: Run): void {
  const { random } = run.plan;
  run.call('registrar', 'insert', {
    args: { partition: random.int(0, 99), mailbox: SHARED_MAILBOX, iban: OWN_IBAN },
  });
  run.call('registrar', 'query', usual.rowsRead(run, 400, ['master_data']));
}
