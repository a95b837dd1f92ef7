/** What was not heard: silence that is one outage, what is usual without heartbeats, scores over a gap. */
import { type AuditEvent, policySchema, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';

/** A Monday. */
const START_MS = Date.parse('2026-01-05T00:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;
const timeAt = (ms: number) => new Date(START_MS + ms).toISOString();
const policy = policySchema.parse({ version: 1 });

let count = 0;
function call(uid: string, ms: number, over: Partial<AuditEvent> = {}): AuditEvent {
  count += 1;
  const time = timeAt(ms);
  const agent = { uid, assurance: 'authenticated' as const };
  const source = { kind: 'gateway', instance: 'gateway-1' };
  return event(count, { event_time: time, observed_time: time, agent, source, ...over });
}
const withToken = (uid: string) => ({ credential: { uid: `token-of-${uid}` } });
const usedAt = (uid: string, ms: number) =>
  call('auditor', ms, {
    ...{ activity: 'resource_read', target: { resource_type: 'access_record' } },
    ...withToken(uid),
  });
const gaps = ({ alerts }: MemoryPipeline) =>
  [...new Map(alerts.map((one) => [one.alert_id, one])).values()].filter(
    ({ kind }) => kind === 'telemetry_gap',
  );
function passed(pipeline: MemoryPipeline, fromMs: number, untilMs: number) {
  for (let ms = fromMs; ms <= untilMs; ms += HOUR) pipeline.pass(timeAt(ms));
  return pipeline.settle();
}

describe('an outage of one source', () => {
  const uids = Array.from({ length: 10 }, (_, n) => `agent-${n}`);
  const registry = registrySchema.parse({
    version: 1,
    agents: [
      ...uids.map((uid) => ({ uid, class: 'autonomous', monitoring: { heartbeat_s: 600 } })),
      { uid: 'auditor', class: 'scheduled_job' },
    ],
  });
  const silenced = (...used: readonly string[]) => {
    const calls = uids.flatMap((uid, n) =>
      [0, 10, 20].map((m) => call(uid, m * MINUTE + n, withToken(uid))),
    );
    const pipeline = new MemoryPipeline(policy, registry).sendAll(calls);
    passed(pipeline, HOUR, 3 * HOUR);
    return pipeline.sendAll(used.map((uid, n) => usedAt(uid, 4 * HOUR + n * 1000)));
  };

  it('is one alert with the source as subject, which lists the agents', () => {
    const [alert, ...more] = gaps(silenced(...uids));
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      subject: { agent_uid: 'gateway-1' },
      count: 10,
      severity: 'high',
    });
    for (const uid of uids) expect(alert?.summary).toContain(uid);
    const told = alert?.evidence.filter(({ role }) => role === 'last_heard');
    expect(told?.map(({ agent_uid: uid }) => uid).sort()).toEqual(uids);
  });

  it('is told of the one agent whose credential is in use, with the others beside it', () => {
    const [alert, ...more] = gaps(silenced('agent-3'));
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ subject: { agent_uid: 'agent-3' }, count: 1 });
    expect(alert?.summary).toContain('9 other agents that gateway-1 tells of fell silent');
  });

  it('is over once its agents are heard of, and the next one is another alert', () => {
    const pipeline = silenced('agent-1', 'agent-2');
    pipeline.sendAll(uids.map((uid) => call(uid, 5 * HOUR, withToken(uid))));
    passed(pipeline, 6 * HOUR, 9 * HOUR);
    pipeline.sendAll([usedAt('agent-1', 10 * HOUR)]);
    expect(gaps(pipeline).map(({ subject }) => subject.agent_uid)).toEqual([
      'gateway-1',
      'agent-1',
    ]);
  });

  it('groups by what the registry says of its sources, where events name another', () => {
    const told = registrySchema.parse({
      version: 1,
      agents: ['a', 'b'].map((uid) => ({
        ...{ uid, class: 'autonomous' },
        monitoring: { heartbeat_s: 600, sources: ['mcp-gateway'] },
      })),
    });
    const pipeline = new MemoryPipeline(policy, told);
    for (const uid of ['a', 'b']) pipeline.sendAll([call(uid, 0, withToken(uid))]);
    passed(pipeline, HOUR, 3 * HOUR);
    pipeline.sendAll(['a', 'b'].map((uid) => usedAt(uid, 4 * HOUR)));
    expect(gaps(pipeline).map(({ subject }) => subject.agent_uid)).toEqual(['mcp-gateway']);
  });
});

describe('silence of an agent that declares no heartbeat', () => {
  const registry = registrySchema.parse({
    version: 1,
    agents: ['poller', 'clerk', 'auditor'].map((uid) => ({ uid, class: 'semi_autonomous' })),
  });
  /** Calls from its first hour to its last of each working day, every so many minutes. */
  function lived(uid: string, hours: readonly [number, number], every: (n: number) => number) {
    const pipeline = new MemoryPipeline(policy, registry);
    const days = Array.from({ length: 21 }, (_, day) => day);
    for (const day of days.filter((one) => hours[1] === 24 || one % 7 < 5)) {
      for (let ms = hours[0] * HOUR, n = 0; ms < hours[1] * HOUR; n += 1) {
        pipeline.sendAll([call(uid, day * DAY + ms, withToken(uid))]);
        ms += every(day * 100 + n) * MINUTE;
      }
      pipeline.pass(timeAt(day * DAY + hours[1] * HOUR));
    }
    return pipeline.settle();
  }
  const silentWhileUsed = (
    pipeline: MemoryPipeline,
    uid: string,
    lastMs: number,
    usedMs: number,
  ) => {
    pipeline.sendAll([call(uid, lastMs, withToken(uid))]);
    passed(pipeline, lastMs + HOUR, usedMs);
    return gaps(pipeline.sendAll([usedAt(uid, usedMs)]));
  };

  it('is told where it is far beyond what is usual at that hour', () => {
    const pipeline = lived('poller', [0, 24], () => 30);
    const at = 21 * DAY + 10 * HOUR;
    const [alert, ...more] = silentWhileUsed(pipeline, 'poller', at, at + 4 * HOUR);
    expect(more).toEqual([]);
    expect(alert?.subject.agent_uid).toBe('poller');
    expect(alert?.summary).toMatch(/usually heard of within \d+ minutes at that hour/);
  });

  it('is none at night or at a weekend, where it is always silent', () => {
    const night = 21 * DAY + 16 * HOUR + 50 * MINUTE;
    const friday = night + 4 * DAY;
    const quarter = () => 15;
    expect(
      silentWhileUsed(lived('clerk', [9, 17], quarter), 'clerk', night, night + 9 * HOUR),
    ).toEqual([]);
    expect(
      silentWhileUsed(lived('clerk', [9, 17], quarter), 'clerk', friday, friday + 50 * HOUR),
    ).toEqual([]);
  });

  it('is told of office hours all the same', () => {
    const at = 22 * DAY + 10 * HOUR + 50 * MINUTE;
    const found = silentWhileUsed(
      lived('clerk', [9, 17], () => 15),
      'clerk',
      at,
      at + 5 * HOUR,
    );
    expect(found).toHaveLength(1);
  });

  it('says nothing of whoever comes and goes', () => {
    const irregular = lived('clerk', [9, 17], (n) => [3, 200, 12, 90, 5][n % 5] ?? 7);
    const at = 22 * DAY + 10 * HOUR + 30 * MINUTE;
    expect(silentWhileUsed(irregular, 'clerk', at, at + 5 * HOUR)).toEqual([]);
  });
});

describe('silence behind heartbeats', () => {
  const registry = registrySchema.parse({
    version: 1,
    agents: [
      ...['bot', 'open'].map((uid) => ({
        ...{ uid, class: 'autonomous' },
        monitoring: { heartbeat_s: 600, ...(uid === 'bot' ? { sources: ['gateway-1'] } : {}) },
      })),
      { uid: 'auditor', class: 'scheduled_job' },
    ],
  });
  const beats = (uid: string, hours: readonly [number, number], over: Partial<AuditEvent> = {}) =>
    Array.from({ length: (hours[1] - hours[0]) * 6 }, (_, n) =>
      call(uid, hours[0] * HOUR + n * 10 * MINUTE + 7000, { activity: 'heartbeat', ...over }),
    );
  const sdk = { kind: 'sdk', instance: 'agent-sdk' };
  const claimed = (uid: string) => ({ agent: { uid, assurance: 'asserted' as const } });
  /** It acts once, and from then on only beats. */
  const beating = (uid: string, over?: Partial<AuditEvent>) => {
    const pipeline = new MemoryPipeline(policy, registry).sendAll([call(uid, 0, withToken(uid))]);
    for (let hour = 0; hour < 4; hour += 1) {
      pipeline.sendAll(beats(uid, [hour, hour + 1], over)).pass(timeAt((hour + 1) * HOUR));
    }
    return gaps(pipeline.settle().sendAll([usedAt(uid, 4 * HOUR)]));
  };

  it.each<[string, string, Partial<AuditEvent>]>([
    ['by a source that the registry does not name', 'bot', { source: sdk }],
    ['that are merely asserted, where it was heard proven', 'bot', claimed('bot')],
    ['that are merely asserted, of whom no source is named', 'open', claimed('open')],
  ])('is told where they come %s', (_, uid, over) => {
    const [alert, ...more] = beating(uid, over);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ severity: 'high', subject: { agent_uid: uid } });
  });

  it('is none where its own beat, by a source that may speak for it', () => {
    expect(beating('bot')).toEqual([]);
    expect(beating('open', { source: sdk })).toEqual([]);
    const whole = { source: { kind: 'gateway', instance: 'gateway-1' } };
    expect(beating('bot', whole)).toEqual([]);
  });

  it('is not ended by acts that are merely asserted', () => {
    const pipeline = new MemoryPipeline(policy, registry).sendAll([
      call('bot', 0, withToken('bot')),
    ]);
    passed(pipeline, HOUR, 3 * HOUR);
    pipeline.sendAll([call('bot', 3 * HOUR, claimed('bot')), usedAt('bot', 4 * HOUR)]);
    expect(gaps(pipeline)).toHaveLength(1);
  });

  /** Three weeks of acts each quarter of an hour of a working day, and beats all the time. */
  function worked() {
    const pipeline = new MemoryPipeline(policy, registry);
    for (let day = 0; day < 21; day += 1) {
      const acts = Array.from({ length: day % 7 < 5 ? 32 : 0 }, (_, n) =>
        call('bot', day * DAY + 9 * HOUR + n * 15 * MINUTE, withToken('bot')),
      );
      const all = [...acts, ...beats('bot', [day * 24, (day + 1) * 24])];
      all.sort((a, b) => (a.event_time < b.event_time ? -1 : 1));
      pipeline.sendAll(all).pass(timeAt((day + 1) * DAY));
    }
    return pipeline.settle();
  }
  /** On a Monday it acts until ten, and beats until so many hours later. */
  function bypassed(beatsUntil: number, ...after: readonly AuditEvent[]) {
    const pipeline = worked();
    const ten = 21 * 24 + 10;
    pipeline.sendAll(beats('bot', [21 * 24, ten]));
    pipeline.sendAll([call('bot', ten * HOUR, withToken('bot'))]);
    for (let hour = ten; hour < ten + 6; hour += 1) {
      if (hour < ten + beatsUntil) pipeline.sendAll(beats('bot', [hour, hour + 1]));
      pipeline.pass(timeAt((hour + 1) * HOUR));
    }
    pipeline.settle().sendAll([...after, usedAt('bot', (ten + 7) * HOUR)]);
    return gaps(pipeline);
  }

  it('is told of its acts where it beats on, and its credential is used without one', () => {
    const [alert, ...more] = bypassed(6);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ severity: 'high', subject: { agent_uid: 'bot' } });
    expect(alert?.title).toBe('No act is told of bot, and its credential is in use');
    expect(alert?.summary).toContain('bot was last seen to act at 2026-01-26T10:00:00');
    expect(alert?.summary).toMatch(/usually heard of within \d+ minutes at that hour/);
  });

  it('is told of its acts anew where beats come again after a silence of all', () => {
    const pipeline = worked();
    const ten = 21 * 24 + 10;
    pipeline.sendAll([call('bot', ten * HOUR, withToken('bot'))]);
    passed(pipeline, (ten + 1) * HOUR, (ten + 2) * HOUR);
    pipeline.sendAll([usedAt('bot', (ten + 2) * HOUR)]);
    pipeline.sendAll(beats('bot', [ten + 2, ten + 4]));
    passed(pipeline, (ten + 3) * HOUR, (ten + 4) * HOUR);
    pipeline.sendAll([usedAt('bot', (ten + 4) * HOUR)]);
    expect(gaps(pipeline).map(({ title }) => title)).toEqual([
      'Nothing is told of bot, and its credential is in use',
      'No act is told of bot, and its credential is in use',
    ]);
  });

  it('is one alert where the beats stop as well, and none once it acts again', () => {
    expect(bypassed(3)).toHaveLength(1);
    expect(bypassed(0)).toHaveLength(1);
    const act = call('bot', (21 * 24 + 17) * HOUR - MINUTE, withToken('bot'));
    expect(bypassed(6, act)).toEqual([]);
    const late = call('bot', (21 * 24 + 15) * HOUR + MINUTE, withToken('bot'));
    expect(bypassed(6, late)).toEqual([]);
  });
});

describe('a score over a gap', () => {
  const registry = registrySchema.parse({
    version: 1,
    agents: [{ uid: 'bot', class: 'autonomous', monitoring: { heartbeat_s: 600 } }],
    decoys: [{ tool: { server: 'vault', name: 'export_all' } }],
  });
  const missing = {
    unmapped: {
      'ingest.missing': { numbers: 12, since: timeAt(29 * HOUR), until: timeAt(30 * HOUR) },
    },
  };
  const drop = { tool: { name: 'drop_db', server: 'db' }, effect: 'delete' as const };
  const decoy = { tool: { name: 'export_all', server: 'vault' } };
  /** A day of calls, a pause, and one call more. */
  function last(over: Partial<AuditEvent>, pauseMs = 10 * MINUTE) {
    const usual = Array.from({ length: 180 }, (_, n) => call('bot', n * 10 * MINUTE));
    const at = 1790 * MINUTE + pauseMs;
    const pipeline = new MemoryPipeline(policy, registry).sendAll([
      ...usual,
      call('bot', at, over),
    ]);
    return pipeline.alerts.at(-1);
  }

  it('of its source’s numbers is told with its severity, as not evaluable and why', () => {
    const [whole, gap] = [last(drop), last({ ...drop, ...missing })];
    expect(whole).toMatchObject({ kind: 'behavior_deviation', evaluable: true });
    expect(gap).toMatchObject({ kind: 'behavior_deviation', evaluable: false });
    expect(gap?.severity).toBe(whole?.severity);
    const said = '12 events of its source gateway-1 did not arrive, between 2026-01-06 05:00';
    expect(gap?.not_visible.join()).toContain(said);
    expect(gap?.reasons.map(({ text }) => text).join()).toContain(`Not evaluable: ${said}`);
  });

  it('of its heartbeats likewise', () => {
    const gap = last(drop, 5 * HOUR);
    expect(gap).toMatchObject({ kind: 'behavior_deviation', evaluable: false });
    expect(gap?.not_visible.join()).toContain('its heartbeats are due every 600 s');
  });

  it('leaves what a call proves by itself as it is', () => {
    const alert = last({ ...decoy, ...missing }, 5 * HOUR);
    expect(alert).toMatchObject({ kind: 'decoy_touched', severity: 'critical', evaluable: true });
  });
});
