/**
 * Calls of several pieces of work and the combinations that they complete, for tests of what leads from
 * chain to chain. Test code; nothing that ships imports it.
 */
import { type AuditEvent, type Policy, policySchema } from '@waywarden/schemas';
import { event } from './event-builder.ts';
import { MemoryPipeline } from './memory-pipeline.ts';

const TIED = {
  id: 'granted',
  severity: 'high',
  steps: [
    { id: 'grant', any: ['grant:access'] },
    { id: 'use', any: ['read:secret', 'deploy:production'], after: ['grant'], link: ['grantee'] },
  ],
  within: '24h',
};
const LINKS = ['secret_use', 'delegation', 'data_flow', 'resource', 'context'];
export const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'trifecta',
      severity: 'high',
      steps: [
        { id: 'ingest', any: ['ingest:untrusted'] },
        { id: 'read', any: ['read:personal'], after: ['ingest'], link: LINKS },
        { id: 'send', any: ['send:external'], after: ['read'], link: LINKS },
      ],
    },
    {
      id: 'egress',
      severity: 'critical',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'use', any: ['send:external', 'deploy:production'], after: ['read'], link: LINKS },
      ],
    },
    TIED,
  ],
});

export interface Call {
  readonly n: number;
  /** Minutes after nine; by default five for each number, beyond the skew of any two clocks. */
  readonly at?: number;
  readonly agent: string;
  readonly chain: string;
  readonly can?: string | undefined;
  readonly args?: readonly string[];
  readonly result?: readonly string[];
  readonly kind?: string;
  readonly over?: Partial<AuditEvent>;
}

const EFFECTS: Readonly<Record<string, AuditEvent['effect']>> = { send: 'send', deploy: 'execute' };

export function call({
  n,
  at = n * 5,
  agent,
  chain,
  can,
  args = [],
  result = [],
  kind = 'email',
  over,
}: Call) {
  const clock = `${String(9 + Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
  const time = `2026-01-05T${clock}:00.000000000Z`;
  const values = (fps: readonly string[]) => ({ values: fps.map((fp) => ({ fp, kind })) });
  return event(n, {
    event_time: time,
    observed_time: time,
    agent: { uid: agent, assurance: 'authenticated' },
    chain_id: chain,
    task: { id: chain },
    effect: EFFECTS[can?.split(':')[0] ?? ''] ?? 'read',
    capabilities: can === undefined ? [] : [{ symbol: can, basis: 'operator' }],
    args: values(args),
    result: values(result),
    ...over,
  });
}

export function openAfter(calls: readonly Call[], under: Policy = policy) {
  return new MemoryPipeline(under).settle().sendAll(calls.map(call)).open();
}
