/**
 * Twelve days of a bank, each with what must follow and why, through the real ingest, detector and responder. Here the
 * first six: what belongs together and what is only near; the others are in `assembly-bank-disguises.test.ts`.
 * `bank-guards.json` names what each guards: `node scripts/switch-off-guards.mjs` switches that off, and it must fail.
 */
import { describe, expect, it } from 'vitest';
import { BankDay, CASHIERS, runBank } from './bank-day.ts';

const PAYMENT = 'payment-release';
const MINUTE = 60;
const DAY = 86_400;
const RARE_IBAN = 'DE75512108001245126199';
const OWN_IBAN = 'DE02120300000000202051';

/** Payee, order and release, over `tasks` (one a step), tied together by account and order number. */
function payment(
  day: BankDay,
  tasks: readonly [string, string, string],
  iban: string,
  order: string,
) {
  day.call({
    agent: 'intake',
    task: tasks[0],
    does: 'create:payee',
    args: { name: `Supplier ${order}`, iban },
  });
  day.pass(3 * MINUTE);
  day.call({
    agent: 'payer',
    task: tasks[1],
    does: 'initiate:payment',
    args: { iban, amount: 4821 },
    result: { order },
    on: `payment/${order}`,
  });
  day.pass(3 * MINUTE);
  day.call({
    agent: 'checker',
    task: tasks[2],
    does: 'approve:payment',
    args: { order },
    on: `payment/${order}`,
  });
}

/** The same over three days for one principal, tied together by nothing but links to papers. */
function slowPayment(day: BankDay, principal: string) {
  const papers = ['https://files.bank.example/p/88213', 'https://files.bank.example/p/88214'];
  const calls = [
    { does: 'create:payee', result: { paper: papers[0] } },
    { does: 'initiate:payment', args: { paper: papers[0] }, result: { paper: papers[1] } },
    { does: 'approve:payment', args: { paper: papers[1] } },
  ];
  for (const [n, call] of calls.entries()) {
    day.call({ agent: CASHIERS[n] ?? 'intake', task: `slow-${n}`, principal, ...call });
    day.pass(1.2 * DAY);
  }
}

describe('a bank', { timeout: 120_000 }, () => {
  it('1 a house account that all payments share ties no two tasks together; a rare one does', async () => {
    const hub = new BankDay();
    for (let n = 0; n < 12; n++) {
      hub.call({
        agent: 'reporter',
        task: `statement-${n}`,
        does: 'read:financial',
        args: { iban: OWN_IBAN },
      });
      hub.pass(MINUTE);
    }
    payment(hub, ['payee-1', 'order-1', 'release-1'], OWN_IBAN, 'ORD-2026-000771');
    expect((await runBank(hub)).open(PAYMENT)).toEqual([]);

    const rare = new BankDay();
    payment(rare, ['payee-1', 'order-1', 'release-1'], RARE_IBAN, 'ORD-2026-000771');
    const [alert] = (await runBank(rare)).open(PAYMENT);
    expect(alert?.subject.agent_uid).toBe('checker');
    expect(alert?.assembly?.proof).toHaveLength(3);
  });

  it('2 six weeks of one conversation are 900 requests, and not one privilege', async () => {
    const day = new BankDay();
    for (let turn = 1; turn <= 900; turn++) {
      const does =
        turn === 448
          ? 'ingest:untrusted'
          : turn === 449
            ? 'read:personal'
            : turn === 450
              ? 'send:external'
              : 'read:internal';
      day.call({
        agent: 'assistant',
        conversation: { id: 'office-chat', turn },
        does,
        args: { page: turn },
      });
      day.pass((42 * DAY) / 900);
    }
    expect((await runBank(day)).alerts.filter((one) => one.assembly != null)).toEqual([]);
  });

  it('3 maker and checker under one orchestrator are one; truly independent ones are two', async () => {
    // Another person and another owner, but one orchestrator above both.
    const one = new BankDay({
      checker: { principal: 'bo@bank.example', root: 'payments-orchestrator' },
    });
    payment(one, ['release-9', 'release-9', 'release-9'], RARE_IBAN, 'ORD-2026-000772');
    expect((await runBank(one)).open(PAYMENT)).toHaveLength(1);

    const two = new BankDay({
      checker: { principal: 'bo@bank.example', root: 'audit-orchestrator' },
    });
    payment(two, ['release-9', 'release-9', 'release-9'], RARE_IBAN, 'ORD-2026-000772');
    expect((await runBank(two)).open(PAYMENT)).toEqual([]);
  });

  it('4 a teller may have the ledger read for him; the record of a customer who is no part of the case, not', async () => {
    const mediated = new BankDay();
    mediated.call({
      agent: 'teller-app',
      task: 'counter-1',
      workflow: 'counter',
      principal: 'tom@bank.example',
      does: 'read:financial',
      args: { ledger: 'today' },
    });
    expect((await runBank(mediated)).ofKind('confused_deputy')).toEqual([]);

    const other = new BankDay();
    other.call({
      agent: 'teller-app',
      task: 'counter-1',
      workflow: 'counter',
      principal: 'tom@bank.example',
      subjects: ['customer/1'],
      does: 'read:personal',
      args: { customer: 2 },
      on: 'record/2',
      owner: 'customer/2',
    });
    const [alert] = (await runBank(other)).ofKind('confused_deputy');
    expect(alert?.subject.agent_uid).toBe('teller-app');
  });

  it('5 a mail agent is near every secret and took none, until one of them is in its mail', async () => {
    const near = new BankDay();
    for (let n = 0; n < 20; n++) {
      near.call({
        agent: 'vaulter',
        task: `deploy-${n}`,
        does: 'read:secret',
        result: { access_key: `AKIA${String(7_000_000_000_000_000 + n * 104_729)}` },
      });
      near.pass(1);
      near.call({
        agent: 'mailer',
        task: `deploy-${n}`,
        does: 'send:external',
        args: { to: `ops${n}@partner.example`, text: `deployment ${n} is done` },
      });
      near.pass(MINUTE);
    }
    expect((await runBank(near)).open('secret-to-egress')).toEqual([]);

    const taken = new BankDay();
    taken.call({
      agent: 'vaulter',
      task: 'deploy-x',
      does: 'read:secret',
      result: { access_key: 'AKIA7000000000104729' },
    });
    taken.pass(3 * MINUTE);
    taken.call({
      agent: 'mailer',
      task: 'deploy-x',
      does: 'send:external',
      args: { to: 'ops@partner.example', text: 'use AKIA7000000000104729' },
    });
    expect((await runBank(taken)).open('secret-to-egress')).toHaveLength(1);
  });

  it('6 a batch user who starts 4,000 workflows is no lineage', async () => {
    const day = new BankDay();
    for (let n = 0; n < 4000; n++) {
      const does =
        n % 3 === 0 ? 'create:payee' : n % 3 === 1 ? 'initiate:payment' : 'approve:payment';
      day.call({
        agent: CASHIERS[n % 3] ?? 'intake',
        task: `batch-${n}`,
        principal: 'batch@bank.example',
        does,
        args: { iban: `DE${String(10_000_000 + n * 7919).padStart(20, '4')}` },
      });
      day.pass(2);
    }
    slowPayment(day, 'batch@bank.example');
    expect((await runBank(day)).alerts.filter((one) => one.assembly != null)).toEqual([]);

    // A person with three pieces of work in a week is one, to be looked at when there is time.
    const person = new BankDay();
    slowPayment(person, 'eva@bank.example');
    const [listed, ...more] = (await runBank(person)).alerts.filter((one) => one.assembly != null);
    expect(more).toEqual([]);
    expect(listed).toMatchObject({ rule_id: PAYMENT, hygiene: true });
  });
});
