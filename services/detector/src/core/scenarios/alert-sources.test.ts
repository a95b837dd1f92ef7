/**
 * Guarantees: an alert names the sources of all that decides it, or none of them; of several completions
 * the one that decides; and what rests on a history names none.
 */
import { type AuditEvent, registrySchema, TOPICS } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { SECRET_TO_EGRESS } from '../correlation/assembly/testing/secret-to-egress.ts';
import { event } from '../testing/event-builder.ts';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

const by = (instance: string): Pick<AuditEvent, 'source'> => ({
  source: { kind: 'gateway', instance },
});
const thief = 'id-of-the-thief';
const request = { terms: ['read'], tokens: [], values: [], delegates: false };
const task = { id: 'task-9', purpose: request };

const reads = (n: number, over: Partial<AuditEvent> = {}) =>
  event(n, {
    task,
    tool: { name: 'read_inbox' },
    result: {
      trust: 'untrusted',
      passages: [
        {
          ...{ actions: ['send'], mark: 0.98 },
          ...{ tokens: ['customer', 'list'], ids: [thief] },
        },
      ],
      free_text_ids: [thief],
    },
    ...over,
  });
const obeys = (n: number, over: Partial<AuditEvent> = {}) =>
  event(n, {
    task,
    effect: 'send',
    tool: { name: 'send_email' },
    args: {
      items: [
        { path: 'to', class: 'atom', tokens: ['customer', 'list'], ids: [thief], id_like: true },
      ],
    },
    ...over,
  });
const hijack = (...events: readonly AuditEvent[]) =>
  new ProfileWorld().feed(...events).filter((one) => one.kind === 'hijack_suspected');

describe('a hijack', () => {
  it('names the source of the reading and that of the call', () => {
    expect(hijack(reads(1, by('a')), obeys(2, by('b')))[0]?.sources).toEqual([
      'gateway/a',
      'gateway/b',
    ]);
    expect(hijack(reads(1, by('a')), obeys(2, by('a')))[0]?.sources).toEqual(['gateway/a']);
  });

  it('names the workflow and the tool of the call that decided, by which rules are narrowed', () => {
    const work = { task: { ...task, workflow: 'desk' } };
    const [alert] = hijack(reads(1, work), obeys(2, work));
    expect(alert?.subject).toMatchObject({ workflow: 'desk', tool: 'send_email' });
    const served = { ...work, tool: { name: 'send_email', server: 'mail' } };
    expect(hijack(reads(1, work), obeys(2, served))[0]?.subject.tool).toBe('mail/send_email');
  });

  it('is that of what proves it, whoever forges one first', () => {
    const forged = {
      ...by('forger'),
      agent: { uid: 'reporter', assurance: 'asserted' as const },
    };
    const [first, proven] = hijack(
      ...[reads(1, forged), obeys(2, forged)],
      ...[reads(3, by('a')), obeys(4, by('a'))],
    );
    expect(first?.sources).toEqual(['gateway/forger']);
    expect(proven).toMatchObject({ revision: 1, sources: ['gateway/a'] });
  });

  it('is not made a mixed one by whoever adds a further completion', () => {
    const all = hijack(
      ...[reads(1, by('a')), obeys(2, by('a')), obeys(3, by('b')), obeys(4, by('b'))],
    );
    expect(all.at(-1)?.count).toBeGreaterThan(1);
    expect(all.at(-1)?.sources).toEqual(['gateway/a']);
  });
});

describe('a rule over the registry', () => {
  const registry = (over: object) => ({
    version: 1,
    agents: [{ uid: 'reporter', class: 'autonomous', grants: ['*'], workflows: ['report'] }],
    ...over,
  });
  const envelope = { environments: ['test'], volume: { calls: 2 } };
  const inWork = (n: number, environment: string) =>
    event(n, {
      task: { id: 'task-1', workflow: 'report' },
      target: { environment },
      ...by('a'),
    });
  const told = (events: readonly AuditEvent[]) =>
    new ProfileWorld(registry({ workflows: [{ name: 'report', envelope }] }))
      .feed(...events)
      .find((one) => one.kind === 'outside_task_envelope');

  it('names the source of the call', () => {
    expect(told([inWork(1, 'prod')])?.sources).toEqual(['gateway/a']);
  });

  it('names none where earlier calls decide, whoever told of these', () => {
    const calls = [1, 2, 3].map((n) => inWork(n, 'test'));
    const alert = told(calls);
    expect(alert?.reasons[0]?.observed).toContain('volume');
    expect(alert?.sources).toBeUndefined();
  });
});

describe('what several agents did', () => {
  const secret = { fp: 'fp-1', kind: 'secret' as const };
  const call = (n: number, uid: string, over: Partial<AuditEvent>) =>
    event(n, { agent: { uid, assurance: 'authenticated' }, ...over });
  const reading = (over: Partial<AuditEvent>) =>
    call(1, 'vault-bot', {
      capabilities: [{ symbol: 'read:secret', basis: 'catalogue' }],
      result: { values: [secret], values_truncated: false },
      ...over,
    });
  const sending = (over: Partial<AuditEvent>) =>
    call(2, 'mail-bot', {
      effect: 'send',
      capabilities: [{ symbol: 'send:external', basis: 'catalogue' }],
      args: { values: [{ ...secret, path: 'body' }] },
      ...over,
    });
  const agents = ['vault-bot', 'mail-bot'].map((uid) => ({ uid, class: 'autonomous', grants: [] }));
  const registry = registrySchema.parse({ version: 1, agents });
  const assembly = (...events: readonly AuditEvent[]) =>
    new MemoryPipeline(SECRET_TO_EGRESS, registry).sendAll(events).open()[0];

  it('names the sources of every call of the proof', () => {
    expect(assembly(reading(by('b')), sending(by('a')))?.sources).toEqual([
      'gateway/a',
      'gateway/b',
    ]);
    expect(assembly(reading(by('a')), sending(by('a')))?.sources).toEqual(['gateway/a']);
  });

  it('names none where a step of an earlier version tells none', () => {
    const pipeline = new MemoryPipeline(SECRET_TO_EGRESS, registry);
    pipeline.onRecord = (topic, value) => {
      const step = value as { source?: string };
      if (topic === TOPICS.privilegeSteps.name) delete step.source;
    };
    const [alert] = pipeline.sendAll([reading(by('a')), sending(by('a'))]).open();
    expect(alert).toBeDefined();
    expect(alert?.sources).toBeUndefined();
  });

  it('of one credential in two hands names those of both uses', () => {
    const uses = (n: number, uid: string, from: string) =>
      call(n, uid, { credential: { uid: 'tok-1' }, ...by(from) });
    const { alerts } = new MemoryPipeline(SECRET_TO_EGRESS, registry).sendAll([
      uses(1, 'vault-bot', 'a'),
      uses(2, 'mail-bot', 'b'),
    ]);
    const shared = alerts.find((one) => one.rule_id === 'credential-shared');
    expect(shared?.sources).toEqual(['gateway/a', 'gateway/b']);
  });
});
