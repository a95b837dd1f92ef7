/** A run divided into reader and actor: nothing is lost, order stays, and hand-overs stand where work changes hands. */
import { expect, it } from 'vitest';
import { type DividedCall, DividedGrants, divideRun } from './divide-runs.ts';

const call = (
  tool: string,
  effect: DividedCall['event']['effect'],
  symbol: string,
): DividedCall => ({
  call: { tool, args: { of: tool }, result: `result of ${tool}`, error: null },
  event: { effect, capabilities: [{ symbol, basis: 'catalogue' }] },
});
const READ = call('read_mail', 'read', 'ingest:untrusted');
const PAY = call('send_money', 'pay', 'initiate:payment');
const RUN = { trace_id: 'run-1', agent: 'office/model', user_task: 'Pay the bill.' };

it('hands over each time that the actor takes over, also when it begins', () => {
  const who = (calls: readonly DividedCall[]) =>
    divideRun(RUN, calls).map(({ agent_id, tool }) => `${agent_id} ${tool}`);
  expect(who([READ, PAY, PAY, READ, PAY])).toEqual([
    'office/model/reader read_mail',
    'office/model/reader delegate',
    'office/model/actor send_money',
    'office/model/actor send_money',
    'office/model/reader read_mail',
    'office/model/reader delegate',
    'office/model/actor send_money',
  ]);
  expect(who([PAY])).toEqual(['office/model/reader delegate', 'office/model/actor send_money']);
  expect(who([READ])).toEqual(['office/model/reader read_mail']);
});

it('keeps arguments, results and the request, and hands over nothing but the turn', () => {
  const [, delegating, paid] = divideRun(RUN, [READ, PAY]);
  expect(delegating).toMatchObject({ args: { to: 'office/model/actor' }, step: 1 });
  expect(Object.keys(delegating?.['args'] ?? {})).toEqual(['to']);
  expect(paid).toMatchObject({
    parent_agent_id: 'office/model/reader',
    args: { of: 'send_money' },
    result: 'result of send_money',
    result_error: false,
    user_task: 'Pay the bill.',
    step: 2,
  });
});

it('grants each part what its own calls need, on its own plane', () => {
  const grants = new DividedGrants();
  grants.add('office/model', [READ, PAY]);
  grants.add('office/model', [READ]);
  expect(grants.registry().agents).toMatchObject([
    { uid: 'office/model/actor', plane: 'execution', grants: ['initiate:payment'] },
    { uid: 'office/model/reader', plane: 'retrieval', grants: ['ingest:untrusted'] },
  ]);
});
