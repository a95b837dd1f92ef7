/**
 * Guarantees, of a fleet in which every piece of work uses something of every other one: nothing grows
 * beyond its bound, the stages come to rest, what was done is still found, and what is not followed is
 * counted.
 */
import { policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { IMPORTS_MAX, LEADS_MAX } from '../correlation/assembly/model/assembly-limits.ts';
import type { ChainMeta } from '../correlation/assembly/model/chain-meta.ts';
import { event } from '../testing/event-builder.ts';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';

const CHAINS = 40;
const VALUES_OF_A_CALL = 10;
const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'leak',
      severity: 'high',
      within: '24h',
      steps: [
        { id: 'read', any: ['read:personal'] },
        { id: 'send', any: ['send:external'], after: ['read'], link: ['data_flow'] },
      ],
    },
  ],
});

const chains = Array.from({ length: CHAINS }, (_, n) => n);
const parts = Array.from({ length: CHAINS / VALUES_OF_A_CALL }, (_, n) =>
  chains.slice(n * VALUES_OF_A_CALL, (n + 1) * VALUES_OF_A_CALL),
);
/** What chain `from` brings for chain `to`: rare, so that it links. */
const between = (from: number, to: number) => ({ fp: `v-${from}-${to}`, kind: 'document_number' });

function call(n: number, chain: number, can: string) {
  return {
    ...event(n),
    ...{ chain_id: `chain-${chain}`, task: { id: `task-${chain}` } },
    agent: { uid: `agent-${chain}`, assurance: 'authenticated' as const },
    effect: can === 'send:external' ? ('send' as const) : ('read' as const),
    capabilities: [{ symbol: can, basis: 'operator' as const }],
  };
}

function dense() {
  const reads = chains.flatMap((from) =>
    parts.map((some, at) => ({
      ...call(from * 4 + at, from, 'read:personal'),
      result: { values: some.map((to) => between(from, to)) },
    })),
  );
  const sends = chains.flatMap((to) =>
    parts.map((some, at) => ({
      ...call(1000 + to * 4 + at, to, 'send:external'),
      args: { values: some.map((from) => between(from, to)) },
    })),
  );
  return [...reads, ...sends];
}

describe('a fleet in which everything leads everywhere', { timeout: 120_000 }, () => {
  const pipeline = new MemoryPipeline(policy).settle();
  for (const one of dense()) pipeline.sendAll([one]);
  const listsOf = (name: string) =>
    [...pipeline.assembly.transaction.entries]
      .filter(([key]) => key.endsWith(`/${name}`))
      .map(([, value]) => (value as readonly unknown[]).length);

  it('keeps each chain’s links within their bounds', () => {
    expect(Math.max(...listsOf('imports'))).toBe(IMPORTS_MAX);
    expect(Math.max(...listsOf('leads'))).toBeLessThanOrEqual(LEADS_MAX);
  });

  it('still finds what was done in every chain', () => {
    expect(new Set(pipeline.open().map((alert) => alert.subject.chain_id)).size).toBe(CHAINS);
  });

  it('counts the links that it does not follow, by whose calls they lead from', () => {
    // What an alert that is raised or revised from now on then says: `bounds.test.ts`.
    const metas = [...pipeline.assembly.transaction.entries]
      .filter(([key]) => key.endsWith('/meta'))
      .map(([, value]) => value as ChainMeta);
    const full = metas.filter(({ linksRefused = 0 }) => linksRefused > 0);
    expect(full.length).toBeGreaterThan(0);
    for (const { lost = [] } of full) {
      expect(lost.some(({ kind, agent }) => kind === 'links' && agent !== '')).toBe(true);
    }
  });
});
