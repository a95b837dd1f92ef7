/**
 * Three cases on which the most cited open detector of rogue agents was measured: it blocked some call
 * of 30 of 30 steady agents within minutes, called one `drop_db` after a thousand good calls harmless,
 * and likewise a spike of a thousand times the usual of an agent that is perfectly regular. Here they go
 * through the profile stage as it ships, without a registry: its own history is all it has.
 */
import { type Alert, type AuditEvent, inputEventSchema, TOPICS } from '@waywarden/schemas';
import { MemoryTransaction } from '@waywarden/stage';
import { describe, expect, it } from 'vitest';
import { decideProfile } from '../../services/detector/src/core/stages/decide-profile.ts';
import { event } from '../../services/detector/src/core/testing/event-builder.ts';
import { loadCatalogue } from '../../services/ingest/src/adapters/catalogue-files.ts';
import { callFacts } from '../../services/ingest/src/core/enrich/call-facts.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');

function at(n: number, ms: number, over: Partial<AuditEvent> = {}): AuditEvent {
  const time = new Date(START_MS + ms).toISOString();
  return event(n, { event_time: time, observed_time: time, ...over });
}

function alertsOf(transaction: MemoryTransaction, events: readonly AuditEvent[]): readonly Alert[] {
  return events.flatMap((value, offset) =>
    decideProfile(transaction, {
      topic: TOPICS.auditEvents.name,
      partition: 0,
      offset,
      key: null,
      source: 'audit/0',
      type: 'event',
      value,
    })
      .filter((output) => output.topic === TOPICS.alerts.name)
      .map((output) => output.value as Alert),
  );
}

/** Numbers in [0, 1) that are the same in every run (a linear congruential generator). */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 4_294_967_296;
  };
}

const catalogue = loadCatalogue();
/** What ingest makes of a call of which nothing is told but the tool's name and its arguments. */
function derived(called: string, value?: Readonly<Record<string, string>>): Partial<AuditEvent> {
  const [server = '', name = ''] = called.split('/');
  const tool = { name, server };
  const input = inputEventSchema.parse({
    event_time: new Date(START_MS).toISOString(),
    activity: 'tool_call',
    agent: { uid: 'reporter' },
    tool,
    ...(value !== undefined && { args: { value } }),
  });
  const { effect, capabilities } = callFacts(input, catalogue);
  return { tool, effect, capabilities };
}

const MINUTE_MS = 60_000;
/** Between calls, so that a thousand are a month: what an agent never did counts once it has been seen for days. */
const APART_MS = 40 * MINUTE_MS;
const RATES = [2, 8, 20, 60];

/** An hour of an agent whose calls come independently of each other, `perMinute` on average. */
function steady(agent: number, perMinute: number): readonly AuditEvent[] {
  const chance = chanceOf(agent + 1);
  const calls: AuditEvent[] = [];
  const own = { uid: `steady-${agent}`, assurance: 'authenticated' as const };
  for (let ms = 0; ; ) {
    ms += (-Math.log(chance()) * MINUTE_MS) / perMinute;
    if (ms >= 60 * MINUTE_MS) return calls;
    calls.push(at(agent * 10_000 + calls.length, ms, { agent: own, chain_id: `chain-${agent}` }));
  }
}

describe('the peer cases', () => {
  it('steady agents are left alone: 30, at 2 to 60 calls a minute, for an hour', () => {
    const transaction = new MemoryTransaction();
    const blocked = Array.from({ length: 30 }, (_, agent) =>
      alertsOf(transaction, steady(agent, RATES[agent % RATES.length] ?? 2)),
    ).filter((alerts) => alerts.length > 0);
    expect(blocked).toEqual([]);
  });

  it('one call that destroys, after a thousand good ones, is told', () => {
    const good = Array.from({ length: 1000 }, (_, n) => at(n, n * APART_MS));
    const dropped = at(1000, 1000 * APART_MS, {
      effect: 'delete',
      tool: { name: 'drop_db', server: 'office' },
      capabilities: [{ symbol: 'delete:data', basis: 'operator' }],
    });
    const alerts = alertsOf(new MemoryTransaction(), [...good, dropped]);
    expect(alerts.map((alert) => alert.rule_id).sort()).toEqual(['first-seen']);
    expect(alerts.every((alert) => alert.evidence[0]?.event_id === dropped.event_id)).toBe(true);
  });

  it.each([
    ['office/drop_db', 'medium'],
    ['office/dr0p_db', 'medium'],
    ['office/datenbank_loeschen', 'medium'],
    ['office/удалить_базу', 'medium'],
    ['office/überweisen', 'medium'],
    ['office/smazat_databázi', 'low'],
    ['office/frobnicate', 'low'],
  ] as const)('so is %s, of which only its name tells what it does', (tool, severity) => {
    const good = Array.from({ length: 1000 }, (_, n) =>
      at(n, n * APART_MS, derived('office/get_record')),
    );
    const alerts = alertsOf(new MemoryTransaction(), [
      ...good,
      at(1000, 1000 * APART_MS, derived(tool)),
    ]);
    expect(alerts.map((alert) => [alert.rule_id, alert.severity])).toEqual([
      ['first-seen', severity],
    ]);
  });

  const query = (tool: string, text: string) => derived(tool, { query: text });
  const command = (tool: string, text: string) => derived(tool, { command: text });

  it.each([
    ['db/execute_sql', query, 'SELECT name FROM users WHERE id = 7', 'DROP DATABASE prod;'],
    ['postgres/execute_sql', query, 'SELECT name FROM users', 'SELECT 1; DROP DATABASE prod;'],
    ['postgres/query', query, 'SELECT name FROM users', 'GRANT ALL ON users TO bob'],
    ['shell/bash', command, 'ls -la /srv/7', 'rm -rf / --no-preserve-root'],
    ['box/run_command', command, 'ls', "psql -c 'DROP DATABASE prod'"],
  ] as const)('so is what a tool in use first does: %s', (tool, made, usual, strange) => {
    const good = Array.from({ length: 1000 }, (_, n) => at(n, n * APART_MS, made(tool, usual)));
    const alerts = alertsOf(new MemoryTransaction(), [
      ...good,
      at(1000, 1000 * APART_MS, made(tool, strange)),
    ]);
    expect(alerts.map((alert) => [alert.rule_id, alert.severity])).toEqual([
      ['first-seen', 'medium'],
    ]);
  });

  it.each([
    ['reads and updates', 'db/execute_sql', query, ['SELECT 1', 'UPDATE users SET a = 1']],
    ['deletes now and then', 'db/execute_sql', query, ['SELECT 1', 'DELETE FROM sessions']],
    [
      'builds',
      'shell/bash',
      command,
      ['ls', 'npm test', 'rm -rf node_modules dist && npm ci', 'grep -rn "DROP TABLE" src'],
    ],
  ] as const)('one that %s with one tool is left alone', (_, tool, made, texts) => {
    const calls = Array.from({ length: 1000 }, (_call, n) =>
      at(n, n * 30_000, made(tool, texts[n % texts.length] ?? '')),
    );
    expect(alertsOf(new MemoryTransaction(), calls)).toEqual([]);
  });

  it('a spike of a thousand times the usual of a perfectly regular agent is told, once', () => {
    const regular = Array.from({ length: 5 * 1440 }, (_, n) => at(n, n * MINUTE_MS));
    const spike = Array.from({ length: 1000 }, (_, n) => at(7200 + n, 7200 * MINUTE_MS + n * 60));
    const alerts = alertsOf(new MemoryTransaction(), [...regular, ...spike]);
    // One burst is one alert: that they were calls of one tool stands in it.
    expect(new Set(alerts.map((alert) => alert.alert_id)).size).toBe(1);
    const [rate] = alerts;
    expect(rate?.rule_id).toBe('volume');
    expect(rate?.title).toMatch(/calls within ten minutes, more than on any day so far/);
    expect(rate?.reasons[0]).toMatchObject({ level: 'agent' });
  });

  it('the same spike of an agent that has no history yet is not judged', () => {
    const spike = Array.from({ length: 1000 }, (_, n) => at(n, n * 60));
    expect(alertsOf(new MemoryTransaction(), spike)).toEqual([]);
  });
});
