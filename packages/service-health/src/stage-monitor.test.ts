/** Guarantees: a stage that decides nothing, comes late or waits is seen, said, and seen to go on. */
import { TOPICS } from '@waywarden/schemas';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { observeReadiness } from './health-server.ts';
import { Readiness } from './readiness.ts';
import { ServiceMetrics } from './service-metrics.ts';
import { StageMonitor } from './stage-monitor.ts';

const TOPIC = 'topic';
const lines: Record<string, unknown>[] = [];
const logger = pino(
  { level: 'info' },
  { write: (line: string) => void lines.push(JSON.parse(line)) },
);

let nowMs: number;
let end: number;
let next: number;
let log: { endOffsets: () => Promise<number[]> };
let metrics: ServiceMetrics;
let readiness: Readiness;
let monitor: StageMonitor;

beforeEach(() => {
  lines.length = 0;
  [nowMs, end, next] = [1_000_000, 0, 0];
  const clock = () => nowMs;
  metrics = new ServiceMetrics({ service: 'test', version: '0' });
  readiness = new Readiness({ nowMs: clock });
  observeReadiness({ metrics, readiness }, clock);
  monitor = new StageMonitor({ metrics, readiness, logger, nowMs: clock });
  log = { endOffsets: async () => [end] };
  const positions = () => [{ topic: TOPIC, partition: 0, next }];
  const workload = { name: 'responder-intake', topics: [TOPIC], positions };
  monitor.follow({ endOffsets: () => log.endOffsets() }, [workload], () => ['audit.events']);
});

async function after(ms: number) {
  nowMs += ms;
  await readiness.refresh();
  return readiness.report();
}

describe('a followed stage', () => {
  it('is stalled when records wait and none is decided', async () => {
    await after(0);
    end = 3;
    expect(await after(1_000)).toEqual({ ready: true });
    expect(await after(6_000)).toEqual({ ready: true });
    expect(await after(1_000)).toMatchObject({
      reason: 'stalled',
      sentence: 'responder-intake has decided nothing for 7 s, and 3 records wait for it.',
    });
    const text = await metrics.text();
    expect(text).toContain('waywarden_stage_lag_records{stage="responder-intake"} 3');
    expect(text).toContain(
      'waywarden_stage_oldest_undecided_age_seconds{stage="responder-intake"} 7',
    );
    next = 3;
    expect(await after(1_000)).toEqual({ ready: true });
  });

  it('is behind when it decides and does not catch up', async () => {
    await after(0);
    end = 1_000;
    await after(1_000);
    for (let second = 0; second < 7; second++) {
      next += 10;
      await after(1_000);
    }
    expect(readiness.report()).toMatchObject({
      reason: 'behind',
      sentence: expect.stringContaining('behind by 7 s (930 records)'),
    });
  });

  it('says when the log does not answer', async () => {
    log.endOffsets = () => Promise.reject(new Error('gone'));
    expect(await after(0)).toMatchObject({ reason: 'log_unavailable' });
    expect(await metrics.text()).toContain('waywarden_log_up 0\n');
  });

  it('says for whom it waits, once in the log, until it goes on', async () => {
    monitor.events.waitBegan?.({ stage: 'responder-intake', topic: TOPIC });
    expect(await after(4_000)).toEqual({ ready: true });
    const sentence =
      'responder-intake has been waiting for the readers of audit.events for 6 s: until then it decides nothing.';
    expect(await after(2_000)).toMatchObject({ reason: 'intake_waits', sentence });
    await after(0);
    expect(lines.filter(({ level }) => level === 40)).toEqual([
      expect.objectContaining({ msg: sentence, wait_s: 6 }),
    ]);
    expect(await metrics.text()).toContain('waywarden_wait_seconds{wait="intake"} 6');
    monitor.events.waitEnded?.({ stage: 'responder-intake', topic: TOPIC });
    expect(await after(0)).toEqual({ ready: true });
    expect(await metrics.text()).toContain('waywarden_wait_seconds{wait="intake"} 0');
  });

  it('says which partitions it has', async () => {
    await after(0);
    expect(lines).toEqual([
      expect.objectContaining({ msg: 'partitions assigned', partitions: ['topic/0'] }),
    ]);
  });
});

describe('what stages append', () => {
  const appended = (topic: string, decoded: unknown) =>
    monitor.events.outputsAppended?.({
      stage: 'any',
      records: [{ topic, key: null, value: null, headers: {}, decoded }],
    });

  it('is counted: alerts, decisions with the reason, commands, refused records', async () => {
    const alert = { alert_id: 'a', kind: 'hijack_suspected', severity: 'high', revision: 1 };
    appended(TOPICS.alerts.name, alert);
    appended(TOPICS.alerts.name, { ...alert, revision: 2 });
    appended(TOPICS.alerts.name, { log_time: 'a watermark' });
    const decision = { decision_id: 'd', mode: 'enforce' };
    appended(TOPICS.decisions.name, { ...decision, withheld_reason: null });
    appended(TOPICS.decisions.name, { ...decision, withheld_reason: 'budget_exceeded' });
    appended(TOPICS.revocationCommands.name, { command_id: 'c', action: 'revoke_token' });
    const place = { stage: 'any', topic: TOPIC, partition: 0, offset: 0 };
    monitor.events.recordRefused?.({ ...place, reason: 'invariant: message of an attacker' });
    const text = await metrics.text();
    for (const line of [
      'waywarden_alerts_total{kind="hijack_suspected",severity="high"} 1',
      'waywarden_alert_revisions_total{kind="hijack_suspected"} 1',
      'waywarden_decisions_total{mode="enforce",outcome="issued"} 1',
      'waywarden_decisions_total{mode="enforce",outcome="withheld"} 1',
      'waywarden_decisions_withheld_total{reason="budget_exceeded"} 1',
      'waywarden_limit_hits_total{limit="budget_exceeded"} 1',
      'waywarden_commands_total{action="revoke_token"} 1',
      'waywarden_dead_letters_total{stage="any",reason="invariant"} 1',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
  });
});
