/**
 * The last six of the bank's twelve days (`assembly-bank.test.ts`): what is approved, retyped, told by
 * wrong clocks, written by everybody, or too much to be proven minimal.
 */
import { describe, expect, it } from 'vitest';
import { BankDay, runBank } from './bank-day.ts';

const PAYMENT = 'payment-release';
const MINUTE = 60;
const DAY = 86_400;
const RARE_IBAN = 'DE75512108001245126199';

describe('a bank', { timeout: 120_000 }, () => {
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
