/** When the first call of a tool of which nothing is known is told, and what makes it a roll-out. */
import { type AuditEvent, type RegistryAgent, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { declare } from '../profile/declarations.ts';
import { applyControl } from '../profile/tenant-control.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { firstTool } from './first-tool.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 5, 9);
const at = (day: number) => new Date(START_MS + day * DAY_MS).toISOString();
const uid = (name: string) => ({ agent: { uid: name, assurance: 'authenticated' as const } });

let count = 0;
function call(day: number, name: string, over: Partial<AuditEvent> = {}): AuditEvent {
  count += 1;
  const tool = { name: 'get_record', server: 'office' };
  return event(count, { event_time: at(day), ...uid(name), tool, ...over });
}
const unknown = (name: string): Partial<AuditEvent> => ({
  tool: { name, server: 'office' },
  effect: 'unknown',
  capabilities: [],
});

/** An agent with so many days of a hundred calls each. */
function settle(draft: MapDraft, name: string, days = 10, over: Partial<AuditEvent> = {}): void {
  for (let n = 0; n < days * 100; n += 1) {
    firstTool.learn(draft, call(Math.floor(n / 100), name, over), false);
  }
}
function settled(days = 10): MapDraft {
  const draft = new MapDraft();
  settle(draft, 'reporter', days);
  return draft;
}

function setRegistry(draft: MapDraft, agents: readonly object[]): void {
  const registry = registrySchema.parse({ version: 1, agents });
  applyControl(draft, { kind: 'registry', registry, tenant_id: 'acme', version: 'v1', seq: 1 });
}

/** How gravely its call is told, and then learnt as what it is. */
function tell(draft: MapDraft, one: AuditEvent, registered?: RegistryAgent) {
  const alarm = firstTool.score(draft, one, registered)?.alarm;
  firstTool.learn(draft, one, alarm !== undefined);
  return alarm?.severity;
}

describe('a tool of which nothing is known', () => {
  it('is told of an agent that for long came to nothing new, as low and as what it is', () => {
    const alarm = firstTool.score(settled(), call(10, 'reporter', unknown('nuke')))?.alarm;
    expect(alarm?.severity).toBe('low');
    expect(alarm?.summary).toMatch(
      /^reporter called a tool of which nothing is known: called nuke\. In 1000 earlier calls since 2026-01-05 it never did; one other was seen/,
    );
    expect(alarm?.notVisible[0]).toMatch(/^What the tool does can’t be told:/);
  });

  it('is told also where its source tells what else it can, unless that only looks', () => {
    const can = (symbol: string) => ({
      ...unknown('wire'),
      capabilities: [{ symbol, basis: 'operator' as const }],
    });
    expect(tell(settled(), call(10, 'reporter', can('initiate:payment')))).toBe('low');
    expect(tell(settled(), call(10, 'reporter', can('read:internal')))).toBeUndefined();
  });

  it('stays one alert while the agent goes on, and is known a week later', () => {
    const draft = settled();
    const told = [10, 11, 14, 17, 18, 19].map((day, n) => {
      const chain = `0d5a3b0e-0000-4000-8000-00000000000${n}`;
      return tell(draft, call(day, 'reporter', { ...unknown('nuke'), chain_id: chain }));
    });
    expect(told).toEqual(['low', 'low', 'low', 'low', undefined, undefined]);
  });

  it.each([
    ['an agent of a day', settled(1), {}],
    ['an agent that comes to new tools', settled(), { isRoaming: true }],
    ['a reader', settled(), { over: { effect: 'read' as const } }],
    ['whom it was denied', settled(), { over: { outcome: 'denied' as const } }],
  ])('is not told of %s', (_, draft, { isRoaming, over }: Roaming) => {
    if (isRoaming === true) {
      for (let n = 0; n < 12; n += 1) tell(draft, call(9, 'reporter', lookUp(n)));
    }
    expect(tell(draft, call(10, 'reporter', { ...unknown('nuke'), ...over }))).toBeUndefined();
  });

  it('is not told where the profile or a declared change names it', () => {
    const profile = { tools: ['office/*'] };
    const agents = [{ uid: 'reporter', class: 'autonomous', profile }];
    const [registered] = registrySchema.parse({ version: 1, agents }).agents;
    expect(tell(settled(), call(10, 'reporter', unknown('nuke')), registered)).toBeUndefined();
    const draft = settled();
    const target = { resource_id: 'tool/office' };
    declare(
      draft,
      call(10, 'reporter', {
        activity: 'config_change',
        target,
        principal: { uid: 'release-office' },
      }),
    );
    expect(tell(draft, call(10, 'reporter', unknown('nuke')))).toBeUndefined();
  });

  it('is a roll-out once another agent calls it: neither is told any more', () => {
    const draft = settled();
    settle(draft, 'second');
    expect(tell(draft, call(10, 'reporter', unknown('sync')))).toBe('low');
    expect(tell(draft, call(10, 'second', unknown('sync')))).toBeUndefined();
    expect(tell(draft, call(11, 'reporter', unknown('sync')))).toBeUndefined();
  });

  it('is told of a proven agent though one that only claims its name called it before', () => {
    const draft = settled();
    const agent = { uid: 'anybody', assurance: 'asserted' as const };
    tell(draft, call(9, 'anybody', { ...unknown('nuke'), agent }));
    expect(tell(draft, call(10, 'reporter', unknown('nuke')))).toBe('low');
  });

  it.each([
    [[{ uid: 'reporter', class: 'autonomous' }], 'low'],
    // Where the registry names nobody, nobody is missing in it.
    [[], undefined],
  ])('is told of a registered agent though one that nobody registered called it', (agents, as) => {
    const draft = settled();
    setRegistry(draft, agents);
    tell(draft, call(9, 'throwaway', unknown('nuke')));
    expect(tell(draft, call(10, 'reporter', unknown('nuke')))).toBe(as);
  });

  it('that registered agents use is no news of one that nobody registered', () => {
    const draft = settled();
    settle(draft, 'stranger');
    setRegistry(draft, [{ uid: 'reporter', class: 'autonomous' }]);
    tell(draft, call(9, 'reporter', unknown('sync')));
    expect(tell(draft, call(10, 'stranger', unknown('sync')))).toBeUndefined();
    expect(tell(draft, call(10, 'stranger', unknown('nuke')))).toBe('low');
  });

  it('only ranks where settled agents came to others on three days of the month', () => {
    const draft = settled();
    const names = ['a', 'b', 'c'];
    for (const name of names) settle(draft, name);
    const told = names.map((name, n) => tell(draft, call(10 + n, name, unknown(`t-${name}`))));
    expect(told).toEqual(['low', 'low', 'low']);
    const score = firstTool.score(draft, call(13, 'reporter', unknown('t-d')));
    expect(score?.alarm).toBeUndefined();
    expect(score?.points).toBeGreaterThan(10);
    expect(tell(draft, call(40, 'reporter', unknown('t-e')))).toBe('low');
  });

  it('is told of each of many agents that come to one on a day: that is nothing usual', () => {
    const draft = settled();
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) settle(draft, name);
    const told = names.map((name) => tell(draft, call(10, name, unknown(`t-${name}`))));
    expect(told).toEqual(names.map(() => 'low'));
  });

  it('of young agents makes nothing usual', () => {
    const draft = settled();
    for (let n = 0; n < 100; n += 1) tell(draft, call(9, `young-${n}`, unknown(`t-${n}`)));
    expect(tell(draft, call(10, 'reporter', unknown('nuke')))).toBe('low');
    const kept = [...draft.entries].find(([key]) => key.startsWith('unknown-tools|'));
    expect(kept?.[1]).toHaveLength(64);
  });
});

interface Roaming {
  readonly isRoaming?: boolean;
  readonly over?: Partial<AuditEvent>;
}
const lookUp = (n: number): Partial<AuditEvent> => ({ tool: { name: `look-up-${n}` } });
