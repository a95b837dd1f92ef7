/**
 * A payment that three agents released together is held before it leaves: the order that the responder
 * gives by a rule names the payment and the call that approved it, from nothing but what the calls said.
 */
import { targetProblems } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { BankDay, CASHIERS, runBank } from './bank-day.ts';

const RARE_IBAN = 'DE75512108001245126199';
const HOLD = {
  id: 'hold-payment',
  when: { kind: ['privilege_assembly', 'toxic_combination', 'separation_of_duty'] },
  actions: [{ action: 'hold_payment', level: 'call' }],
};

/** @param approved what the approval says that it approves. */
function release(approved: { readonly on: string; readonly type: string }): BankDay {
  const day = new BankDay();
  const task = 'release-1';
  const [intake, payer, checker] = CASHIERS;
  day.call({ agent: intake, task, does: 'create:payee', args: { iban: RARE_IBAN } });
  day.pass(180);
  const pay = { args: { iban: RARE_IBAN }, result: { order: 'ORD-2026-000771' } };
  day.call({
    agent: payer,
    task,
    does: 'initiate:payment',
    ...pay,
    on: RARE_IBAN,
    type: 'payment',
  });
  day.pass(180);
  const args = { order: 'ORD-2026-000771' };
  day.call({ agent: checker, task, does: 'approve:payment', args, ...approved });
  return day;
}

it('an assembled payment is held by its own name, and none where no call names it', async () => {
  const named = await runBank(release({ on: 'payment/ORD-2026-000771', type: 'payment' }), {
    rules: [HOLD],
  });
  expect(named.open('payment-release')).toHaveLength(1);
  const holds = named.commands.filter(({ action }) => action === 'hold_payment');
  expect(holds.map(({ target }) => target)).toEqual([
    {
      ...{ level: 'call', tenant_id: 'acme', agent_uid: 'checker' },
      ...{ call_uid: 'call-2', payment_id: 'payment/ORD-2026-000771' },
    },
  ]);
  expect(holds.flatMap(({ action, target }) => targetProblems(action, target))).toEqual([]);

  const other = await runBank(release({ on: 'CASE-4', type: 'record' }), { rules: [HOLD] });
  expect(other.open('payment-release')).toHaveLength(1);
  expect(other.commands.filter(({ action }) => action === 'hold_payment')).toEqual([]);
  expect(other.withheld('payment-release')).toEqual(['target_incomplete']);
}, 60_000);
