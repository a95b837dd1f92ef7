/** Rows of the table about what is said: shape, keys, numbers, identifiers, times, ids, claims. */
import { expect } from 'vitest';
import type { HostileCase, HostileCases, HostileWorld } from './hostile-world.ts';

/** One event, changed. */
const event =
  (set: object): HostileCase =>
  (w) =>
    w.post(w.goodLine(set));

/** One event with its text changed. */
const text =
  (set: object, from: string | RegExp, to: string): HostileCase =>
  (w) =>
    w.post(w.goodLine(set).replace(from, to));

const marks = async (w: HostileWorld) => (await w.event()).unmapped?.['ingest.marks'];

const SHAPE: HostileCases = {
  'long-agent-uid': event({ agent: { uid: 'a'.repeat(2049) } }),
  'long-native-id': event({ native_id: 'a'.repeat(513) }),
  'long-tool-name': event({ tool: { name: 'a'.repeat(257) } }),
  'scopes-257': event({ scopes: new Array(257).fill('s') }),
  'handovers-33': event({ delegation: { chain: new Array(33).fill({ agent_uid: 'a' }) } }),
  'missing-tool': event({ tool: undefined }),
  'duplicate-keys': text({}, '"agent":', '"agent":{"uid":"someone/else"},"agent":'),
  'duplicate-keys-escaped': text({}, '"agent":', '"agent":{"uid":"x"},"\\u0061gent":'),
  'duplicate-keys-inside': text({ args: { value: { a: 1 } } }, '"a":1', '"a":2,"a":1'),
  'proto-key': async (w) => {
    await w.post(w.goodLine({ x: 1 }).replace('"x":1', '"__proto__":{"polluted":1}'));
    expect(Object.keys((await w.event()).unmapped ?? {})).toContain('__proto__');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  },
  'proto-agent': text({ agent: { x: 1 } }, '"x":1', '"__proto__":{"uid":"x"}'),
  'constructor-key': event({
    constructor: { a: 1 },
    toString: 'x',
    hasOwnProperty: true,
    args: { value: { constructor: { prototype: 1 }, toString: 2, hasOwnProperty: 3 } },
  }),
  'number-2-53': event({ source: { seq: 2 ** 53 } }),
  'number-in-args': text({ args: { value: { n: 1 } } }, '"n":1', '"n":9007199254740993'),
  'number-1e999': text({ duration_ms: 7 }, '"duration_ms":7', '"duration_ms":1e999'),
  'infinity-in-args': text({ args: { value: { n: 1 } } }, '"n":1', '"n":1e999'),
};

const IDENTIFIERS: HostileCases = {
  'pipe-in-ids': async (w) => {
    const one = w.goodLine({ agent: { uid: 'pipe/a' }, native_id: 'b|c' });
    const other = w.goodLine({ agent: { uid: 'pipe/a|b' }, native_id: 'c' });
    await w.post(`${one}\n${other}`);
    const [first, second] = await w.events();
    expect(first?.event_id).not.toBe(second?.event_id);
  },
  'source-in-body': event({ source: { kind: 'a/b|c', instance: 'x' } }),
  'control-in-uid': event({ agent: { uid: 'agent/a\nb' } }),
  'nul-in-native-id': event({ native_id: 'a\u0000b' }),
  'half-surrogate-uid': event({ agent: { uid: 'a\ud800' } }),
  'half-surrogate-args': event({ args: { value: { x: '\ud800', to: 'a\udfff@b.example' } } }),
  'bidi-uid': event({ agent: { uid: 'agent/\u202etob' } }),
  'zero-width-uid': event({ agent: { uid: 'agent/\u200bbot' } }),
  'homoglyph-uid': async (w) => {
    await w.post(w.goodLine({ agent: { uid: 'inv\u043eice-bot' } }));
    expect((await w.event()).agent.uid).not.toBe('invoice-bot');
    expect(await marks(w)).toEqual(['mixed_scripts:agent.uid']);
  },
  'homoglyph-agent-name': async (w) => {
    await w.post(w.goodLine({ agent: { uid: 'agent/x', name: 'inv\u043eice-bot' } }));
    expect(await marks(w)).toEqual(['mixed_scripts:agent.name']);
  },
  'one-script-uid': async (w) => {
    // Cyrillic throughout, and looks like "ace".
    await w.post(w.goodLine({ agent: { uid: '\u0430\u0441\u0435' } }));
    expect((await w.event()).agent.uid).not.toBe('ace');
    expect(await marks(w)).toBeUndefined();
  },
  'control-everywhere': async (w) => {
    const fields: Record<string, object> = {
      'agent.instance_uid': { agent: { uid: 'a', instance_uid: 'i\u0007' } },
      call_uid: { call_uid: 'c\u0085' },
      'principal.uid': { principal: { uid: 'p\u2028', type: 'human' } },
      'credential.uid': { credential: { uid: 'c\u061c' } },
      'task.id': { task: { id: 't\u200e' } },
      conversation_id: { conversation_id: 'c\ufeff' },
      'delegation.parent_agent_uid': { delegation: { parent_agent_uid: 'a\u2066' } },
      'delegation.chain.1': {
        delegation: {
          chain: [
            { agent_uid: 'a', via: 'handoff' },
            { agent_uid: 'b', via: 'handoff', ref: 'r\u0000' },
          ],
        },
      },
    };
    for (const [field, set] of Object.entries(fields)) {
      await w.post(w.goodLine(set));
      expect(w.answers.pop()).toBe(`400 bad_identifier line=1 field=${field}`);
    }
    expect(await w.events()).toEqual([]);
  },
  'bidi-tool-name': async (w) => {
    await w.post(w.goodLine({ tool: { name: 'send\u202e_email' } }));
    expect(await marks(w)).toEqual(['unusual_characters:tool.name']);
  },
};

function clamped(said: string, to: string, quality: string): HostileCase {
  return async (w) => {
    const nowMs = w.nowMs;
    w.nowMs = Date.parse('2026-11-24T09:00:00Z');
    await w.post(w.goodLine({ event_time: said }));
    w.nowMs = nowMs;
    const found = await w.event();
    expect(found).toMatchObject({ event_time: to, event_time_quality: quality });
    expect(found.unmapped).toMatchObject({
      'ingest.marks': ['time_clamped'],
      'ingest.event_time': said,
    });
  };
}

const AHEAD = '2026-11-24T09:02:00.000000000Z';
const TIMES: HostileCases = {
  future: clamped('2026-11-25T09:00:00Z', AHEAD, 'measured'),
  ancient: clamped('1970-01-01T00:00:00Z', '2026-08-24T09:00:00.000000000Z', 'coarse'),
  'far-future': clamped('9999-12-31T23:59:59Z', AHEAD, 'measured'),
  'no-such-day': event({ event_time: '2026-02-30T00:00:00Z' }),
  'no-such-deadline': event({ task: { id: 't', deadline: '2026-01-32T00:00:00Z' } }),
  'no-such-offset': event({ event_time: '2026-11-24T08:59:59+99:99' }),
  'offset-beyond-14': event({ event_time: '2026-11-24T08:59:59-14:01' }),
  'no-zone': event({ event_time: '2026-11-24T08:59:59' }),
};

const IDS: HostileCases = {
  repeat: async (w) => {
    const line = w.goodLine();
    await w.post(line);
    await w.post(line);
    expect(await w.events()).toHaveLength(1);
  },
  'id-conflict': async (w) => {
    await w.post(w.goodLine({ native_id: w.name }));
    await w.post(w.goodLine({ native_id: w.name, outcome: 'denied' }));
    expect((await w.events()).map(({ outcome }) => outcome)).toEqual(['success']);
  },
  'id-conflict-in-request': (w) => {
    const lines = ['success', 'denied'].map((outcome) =>
      w.goodLine({ native_id: w.name, outcome }),
    );
    return w.post(lines.join('\n'));
  },
  'id-conflict-other-token': async (w) => {
    await w.post(w.goodLine({ native_id: w.name }));
    const authorization = `Bearer ${w.grant({})}`;
    await w.post(w.goodLine({ native_id: w.name, outcome: 'denied' }), { authorization });
  },
  'spoofed-identity': async (w) => {
    const said = {
      claims: { task: 'attested', class: 'attested' },
      tenant_id: 'other',
      event_id: '00000000-0000-5000-8000-000000000000',
      chain_id: 'mine',
      key_id: 'mine',
      observed_time: '2020-01-01T00:00:00Z',
    };
    const agent = { uid: 'agent/spoof', assurance: 'attested' };
    const source = { kind: 'gateway', instance: 'other' };
    await w.post(w.goodLine({ ...said, agent, source, task: { id: 't' } }));
    const found = await w.event();
    expect(found).toMatchObject({
      tenant_id: 'acme',
      source: { kind: 'sdk', instance: 's-1' },
      agent: { assurance: 'authenticated' },
      claims: { task: 'authenticated', class: 'unresolved' },
    });
    for (const name of ['event_id', 'chain_id', 'key_id', 'observed_time'] as const) {
      expect(found[name]).not.toBe(said[name]);
    }
    expect(found.unmapped).toMatchObject({ ...said, 'agent.assurance': 'attested' });
  },
  'spoofed-effect': async (w) => {
    const capabilities = [{ symbol: 'read:public', basis: 'operator' }];
    await w.post(w.goodLine({ effect: 'read', capabilities, result: { trust: 'untrusted' } }));
    const found = await w.event();
    expect(found.effect).toBe('send');
    expect(found.capabilities).not.toEqual(capabilities);
    expect(found.result?.trust).toBe('trusted');
  },
  'spoofed-marks': async (w) => {
    await w.post(w.goodLine({ 'ingest.marks': ['time_clamped'] }));
    expect(await marks(w)).toBeUndefined();
    expect((await w.event()).unmapped?.['body.ingest.marks']).toEqual(['time_clamped']);
  },
};

export const MEANING_CASES: HostileCases = { ...SHAPE, ...IDENTIFIERS, ...TIMES, ...IDS };
