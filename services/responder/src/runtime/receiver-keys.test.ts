/** Guarantee: when a receipt was written is told by who took it, before by what its receiver writes of itself. */
import { agentKey, HEADERS, TOPICS } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { at, START, TENANT, uuid } from '../testing/response-fixtures.ts';
import { parseReceipt } from './receiver-keys.ts';

const START_MS = Date.parse(START);

function arrived(over: { readonly appendedMs?: number; readonly producedAt?: string }) {
  const receipt = { command_id: uuid('c'), receiver: 'gateway', state: 'applied' };
  const of = { tenant_id: TENANT, agent_uid: 'agent-a' };
  const { producedAt, ...rest } = over;
  const parsed = parseReceipt({
    ...{ topic: TOPICS.revocationReceipts.name, incarnation: 'i', partition: 0, offset: 0 },
    key: agentKey(TENANT, of.agent_uid),
    value: new TextEncoder().encode(JSON.stringify({ ...receipt, ...of })),
    headers: producedAt === undefined ? {} : { [HEADERS.producedAt]: producedAt },
    ...rest,
  });
  return 'value' in parsed ? parsed.value.arrivedMs : parsed.refused;
}

test('the broker says when a receipt was written, else whoever wrote it', () => {
  expect(arrived({ appendedMs: START_MS, producedAt: at(60_000) })).toBe(START_MS);
  expect(arrived({ producedAt: at(1000) })).toBe(START_MS + 1000);
  expect(arrived({ producedAt: 'soon' })).toBeUndefined();
  expect(arrived({})).toBeUndefined();
});
