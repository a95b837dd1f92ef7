/** Guarantees: what an alert advises can be commanded as it is, once, and before anything wider. */
import type { Alert, Decision, Target } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { advisedOf, choicesOf, subjectsOf } from './choose-order.ts';

const WHOSE = { tenant_id: 'acme', agent_uid: 'agent/payer' };
const PAYMENT: Target = { level: 'call', ...WHOSE, call_uid: 'c-1', payment_id: 'p-1' };
const TOKEN: Target = { level: 'task', task_id: 't-1', ...WHOSE };

const alert = {
  subject: { agent_uid: 'agent/checker', task_id: 't-9' },
  evidence: [{ role: 'call', agent_uid: 'agent/reader' }],
  assembly: {
    cut: [
      { action: 'hold_payment', target: PAYMENT },
      { action: 'revoke_token', target: TOKEN },
    ],
  },
} as unknown as Alert;
const withheld = {
  would_be_command: { action: 'revoke_token', target: { ...WHOSE, level: 'task', task_id: 't-1' } },
  withheld_reason: 'mode_monitor',
} as unknown as Decision;
const issued = {
  would_be_command: { action: 'disable_agent', target: { ...WHOSE, level: 'agent' } },
  withheld_reason: null,
} as unknown as Decision;

it('advises the cut and what the policy withheld, each once, and not what was issued', () => {
  expect(advisedOf(alert, [withheld, issued])).toEqual([
    { action: 'hold_payment', target: PAYMENT },
    { action: 'revoke_token', target: TOKEN },
  ]);
});

it('offers what is advised of an agent first, and nothing twice', () => {
  const advised = advisedOf(alert, []);
  const [subject, payer, reader] = subjectsOf(alert, advised);
  expect([subject?.agent_uid, payer?.agent_uid, reader?.agent_uid]).toEqual([
    'agent/checker',
    'agent/payer',
    'agent/reader',
  ]);
  const choices = choicesOf({ ...WHOSE, task_id: 't-1' }, 'acme', advised);
  expect(choices.slice(0, 2).map(({ words }) => words)).toEqual([
    expect.stringMatching(/^Advised: hold/),
    expect.stringMatching(/^Advised: revoke the token/),
  ]);
  expect(choices.filter(({ action }) => action === 'revoke_token')).toHaveLength(1);
  expect(choicesOf(subject ?? WHOSE, 'acme', advised)[0]?.words).not.toMatch(/^Advised/);
});
