/** Guarantees: a call whose caller alone says that it was a dry run completes a combination, and the alert says so. */
import { policySchema } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { Bench, step } from './testing/step-builder.ts';

it('counts a dry run that only the caller claims, and says that one was claimed', () => {
  const steps = [
    { id: 'read', any: ['read:secret'] },
    { id: 'send', any: ['send:external'], after: ['read'], link: ['data_flow'] },
  ];
  const combination = { id: 'leak', severity: 'critical', within: '24h', steps };
  const bench = new Bench(policySchema.parse({ version: 1, combinations: [combination] }));
  bench.feed(
    step({
      ...{ id: 'a', agent: 'reader', at: 0, capabilities: ['read:secret'] },
      result: { v: 'document_number' },
    }),
    step({
      ...{ id: 'b', agent: 'sender', at: 10, capabilities: ['send:external'] },
      ...{ args: { v: 'document_number' }, wire: { dry_run_claimed: true } },
    }),
  );
  expect(bench.open()[0]?.not_visible).toContain(
    '1 of 2 calls asked for a dry run; only the caller says that the tool honours that.',
  );
});
