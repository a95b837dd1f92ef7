/**
 * Twelve days of a bank, each with what must follow and why: where a detector of assembled
 * privilege usually cries wolf, and where it is usually blind. Through the real ingest, detector and
 * responder, with the shipped combinations and a rule that would act on all of them.
 *
 * `bank-guards.json` names what each guards, and `node scripts/switch-off-guards.mjs` switches that off,
 * one at a time: the scenario must then fail. Of 11 no such guard is known: no clock of an event moves
 * the log's time.
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
    expect(listed).toMatchObject({ rule_id: PAYMENT, posture: true });
  });

  it('7 what quarter-end always assembles stays quiet inside its approved envelope, and fires outside it', async () => {
    const quarter = (recipient: string) => {
      const day = new BankDay();
      for (let n = 0; n < 6; n++) {
        const text = `ORD-2026-10${n}771`;
        day.call({
          agent: 'intake',
          task: `closing-${n}`,
          workflow: 'quarter-end',
          does: 'ingest:untrusted',
          result: { invoice: text },
          trust: 'untrusted',
        });
        day.pass(3 * MINUTE);
        day.call({
          agent: 'reporter',
          task: `closing-${n}`,
          workflow: 'quarter-end',
          does: 'read:financial',
          args: { invoice: text },
          result: { total: text },
        });
        day.pass(3 * MINUTE);
        day.call({
          agent: 'mailer',
          task: `closing-${n}`,
          workflow: 'quarter-end',
          does: 'send:external',
          args: { to: recipient, total: text },
          destination: recipient,
        });
        day.pass(3 * MINUTE);
      }
      return runBank(day);
    };
    expect((await quarter('audit@auditor.example')).open('lethal-trifecta')).toEqual([]);
    expect((await quarter('someone@elsewhere.example')).open('lethal-trifecta')).toHaveLength(6);
  });

  it('8 an account retyped with spaces and a key in base64 are what they were; a key cut in two is told by its context', async () => {
    const spaced = new BankDay();
    spaced.call({
      agent: 'intake',
      task: 'pay-a',
      does: 'create:payee',
      args: { iban: RARE_IBAN },
    });
    spaced.pass(3 * MINUTE);
    spaced.call({
      agent: 'payer',
      task: 'pay-b',
      does: 'initiate:payment',
      args: { iban: 'DE75 5121 0800 1245 1261 99' },
      result: { order: 'ORD-2026-000773' },
    });
    spaced.pass(3 * MINUTE);
    spaced.call({
      agent: 'checker',
      task: 'pay-b',
      does: 'approve:payment',
      args: { order: 'ORD-2026-000773' },
    });
    expect((await runBank(spaced)).open(PAYMENT)).toHaveLength(1);

    const key = 'AKIA7000000000209458';
    const encoded = new BankDay();
    encoded.call({
      agent: 'vaulter',
      task: 'rotate',
      does: 'read:secret',
      result: { access_key: key },
    });
    encoded.pass(3 * MINUTE);
    encoded.call({
      agent: 'mailer',
      task: 'rotate',
      does: 'send:external',
      args: { to: 'ops@partner.example', text: Buffer.from(key).toString('base64') },
    });
    expect((await runBank(encoded)).open('secret-to-egress')).toHaveLength(1);

    // No half of a key is the key: two agents who cut it are not seen, one who did both is.
    const halves = new BankDay();
    halves.call({
      agent: 'wide',
      task: 'rotate',
      does: 'read:secret',
      result: { access_key: key },
    });
    for (const half of [key.slice(0, 10), key.slice(10)]) {
      halves.pass(3 * MINUTE);
      halves.call({
        agent: 'wide',
        task: 'rotate',
        does: 'send:external',
        args: { to: 'ops@partner.example', text: half },
      });
    }
    const [alert] = (await runBank(halves)).open('secret-to-egress');
    expect(alert?.kind).toBe('toxic_combination');
    expect(alert?.assembly?.links.map((link) => link.via)).toEqual(['context']);
  });

  it('9 two clocks that differ by two minutes: what flowed orders the calls; where nothing did, a person decides', async () => {
    const flowed = new BankDay();
    const key = 'AKIA7000000000314187';
    flowed.call({
      agent: 'vaulter',
      task: 'race',
      does: 'read:secret',
      result: { access_key: key },
    });
    flowed.pass(0.8);
    const text = `use ${key}`;
    flowed.call({
      agent: 'mailer',
      task: 'race',
      does: 'send:external',
      args: { to: 'ops@partner.example', text },
      ahead: -119,
    });
    const seen = await runBank(flowed);
    expect(seen.open('secret-to-egress')).toHaveLength(1);
    expect(seen.withheld('secret-to-egress')).not.toContain('order_undetermined');

    // One agent, two sources with clocks of their own, and no value that went from call to call.
    const near = new BankDay();
    near.call({ agent: 'wide', task: 'race', does: 'read:secret', result: { access_key: key } });
    near.pass(0.8);
    near.call({
      agent: 'wide',
      task: 'race',
      does: 'send:external',
      args: { to: 'ops@partner.example', text: 'done' },
      quality: 'coarse',
    });
    const bank = await runBank(near);
    expect(bank.open('secret-to-egress')).toHaveLength(1);
    expect(bank.withheld('secret-to-egress')).toContain('order_undetermined');
    expect(bank.commands).toEqual([]);
  });

  it('10 one case record that every agent writes ties nobody to anybody', async () => {
    const day = new BankDay();
    // It has stood in many tasks before: what is in everybody's hands tells nothing of anybody.
    for (let n = 0; n < 10; n++) {
      const noted = { case: 'CASE-2026-000001', note: n };
      day.call({
        agent: 'reporter',
        task: `earlier-${n}`,
        does: 'write:data',
        effect: 'update',
        args: noted,
        on: 'case/1',
      });
      day.pass(3 * MINUTE);
    }
    for (let n = 0; n < 15; n++) {
      for (const [agent, does] of [
        ['intake', 'ingest:untrusted'],
        ['reporter', 'read:financial'],
        ['mailer', 'send:external'],
      ] as const) {
        day.call({
          agent,
          task: `part-${n}-${agent}`,
          does: 'write:data',
          effect: 'update',
          args: { case: 'CASE-2026-000001', note: n },
          on: 'case/1',
        });
        day.call({
          agent,
          task: `part-${n}-${agent}`,
          does,
          args: { case: 'CASE-2026-000001' },
          on: 'case/1',
          effect: does === 'send:external' ? 'send' : 'read',
        });
        day.pass(3 * MINUTE);
      }
    }
    expect((await runBank(day)).alerts.filter((one) => one.assembly != null)).toEqual([]);
  });

  it('11 an event from thirty days ahead makes nobody forget what stands, and hides nothing', async () => {
    const day = new BankDay();
    day.call({
      agent: 'vaulter',
      task: 'patient',
      does: 'read:secret',
      result: { access_key: 'AKIA7000000000418916' },
    });
    day.pass(5 * MINUTE);
    day.call({ agent: 'reporter', task: 'future', does: 'read:internal', ahead: 30 * DAY });
    day.pass(5 * MINUTE);
    day.call({
      agent: 'mailer',
      task: 'patient',
      does: 'send:external',
      args: { to: 'ops@partner.example', text: 'AKIA7000000000418916' },
    });
    expect((await runBank(day)).open('secret-to-egress')).toHaveLength(1);

    // Nor does a call hide by saying that it has yet to happen: it came before what used its result.
    const hiding = new BankDay();
    hiding.call({
      agent: 'vaulter',
      task: 'patient',
      does: 'read:secret',
      result: { access_key: 'AKIA7000000000418916' },
      ahead: 30 * DAY,
    });
    hiding.pass(10 * MINUTE);
    hiding.call({
      agent: 'mailer',
      task: 'patient',
      does: 'send:external',
      args: { to: 'ops@partner.example', text: 'AKIA7000000000418916' },
    });
    expect((await runBank(hiding)).open('secret-to-egress')).toHaveLength(1);
  });

  it('12 thirty-three agents and nine capabilities are told, called not proven minimal, and left to a person', async () => {
    const day = new BankDay();
    const wants = [
      'ingest:untrusted',
      'read:internal',
      'read:directory',
      'read:personal',
      'read:financial',
      'read:source_code',
      'write:data',
      'create:identity',
      'send:external',
    ];
    const refs = Array.from({ length: 31 }, (_, n) => `ORD-2026-00${7000 + n}`);
    for (const [n, ref] of refs.entries()) {
      const does = wants[n % (wants.length - 1)] ?? 'read:internal';
      day.call({ agent: `hand-${n}`, task: 'crowd', does, result: { ref } });
      day.pass(3 * MINUTE);
    }
    // Everything goes through one hand on its way out.
    const sum = 'ORD-2026-009999';
    day.call({
      agent: 'hand-31',
      task: 'crowd',
      does: 'read:public',
      args: { refs },
      result: { sum },
    });
    day.pass(3 * MINUTE);
    day.call({ agent: 'hand-32', task: 'crowd', does: 'send:external', args: { sum } });
    const bank = await runBank(day, { combination: { id: 'crowd', symbols: wants } });
    const [alert] = bank.open('crowd');
    expect(alert?.assembly?.proof_minimal).toBe(false);
    expect(bank.withheld('crowd')).toContain('proof_not_minimal');
    expect(bank.commands.filter((one) => one.target.task_id === 'crowd')).toEqual([]);
  });
});
