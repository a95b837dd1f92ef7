import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as ids from './derived-id.ts';

const vectors = z
  .object({
    namespace: z.string(),
    vectors: z.array(
      z.object({
        of: z.enum(['eventId', 'alertId', 'incidentId', 'decisionId', 'commandId']),
        parts: z.looseObject({}),
        name: z.string(),
        id: z.uuid(),
      }),
    ),
  })
  .parse(
    JSON.parse(readFileSync(new URL('../../vectors/derived-ids.json', import.meta.url), 'utf8')),
  );

function derive(of: string, parts: Record<string, unknown>): string {
  switch (of) {
    case 'eventId':
      return ids.eventId(parts as unknown as ids.EventIdParts);
    case 'alertId':
      return ids.alertId(parts as unknown as ids.AlertIdParts);
    case 'incidentId':
      return ids.incidentId(String(parts['tenantId']), String(parts['rootCauseKey']));
    case 'decisionId':
      return ids.decisionId(parts as unknown as ids.DecisionIdParts);
    default:
      return ids.commandId(parts as unknown as ids.CommandIdParts);
  }
}

describe('derived ids', () => {
  it('are UUIDv5 as RFC 9562 appendix A.4 computes it', () => {
    expect(ids.uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });

  it('have the namespace that contracts.md fixes', () => {
    expect(ids.WAYWARDEN_NAMESPACE).toBe(vectors.namespace);
  });

  it.each(vectors.vectors)('never change: $of $id', ({ of, parts, name, id }) => {
    expect(derive(of, parts)).toBe(id);
    expect(ids.uuidV5(ids.WAYWARDEN_NAMESPACE, name)).toBe(id);
  });

  it('are the same through the reused buffer as through the plain path, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 9000 }), (key) => {
        expect(ids.incidentId('t', key)).toBe(
          ids.uuidV5(ids.WAYWARDEN_NAMESPACE, `incident|t|${key}`),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('are steered onto another event by no choice of agent uid, native id or source', () => {
    // All short texts of what separates parts, of a length, and of an ordinary letter: senders choose these.
    const texts = ['a', '1', '|', '/'].flatMap((first) => [
      first,
      ...['a', '1', '|', '/'].flatMap((second) => [
        first + second,
        ...['a', '1', '|'].map((third) => first + second + third),
      ]),
    ]);
    const uids = [...texts, 'a|1|completed', 'a|a|1|completed', 'a|b|1'];
    const seen = new Set<string>();
    let count = 0;
    const sources = [
      ['a', 'a'],
      ['a', '/a'],
      ['a', 'a/a'],
    ] as const;
    for (const [sourceKind, sourceInstance] of sources) {
      for (const agentUid of uids) {
        for (const nativeId of uids) {
          for (const phase of ['requested', 'completed'] as const) {
            const from = { tenantId: 'a', sourceKind, sourceInstance, phase };
            seen.add(ids.eventId({ ...from, agentUid, nativeId }));
            count += 1;
          }
        }
      }
    }
    expect(count).toBeGreaterThan(20_000);
    expect(seen.size).toBe(count);
  });

  it('take a target in any order of keys for the same target', () => {
    const rest = { tenantId: 'acme', action: 'disable_agent', containmentId: 'c' };
    expect(ids.commandId({ ...rest, target: { level: 'agent', agent_uid: 'a' } })).toBe(
      ids.commandId({ ...rest, target: { agent_uid: 'a', level: 'agent' } }),
    );
  });
});
