/** Guarantees about agents that nobody registered, counted where their observations meet. */
import type { Alert } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { EVIDENCE_MAX } from '../../alerting/alarm.ts';
import { SIGHTED, sightUnregistered } from '../../rules/identity/unregistered-agent.ts';
import { event } from '../../testing/event-builder.ts';
import { countUnregistered } from './count-unregistered.ts';

class MapTransaction {
  readonly entries = new Map<string, unknown>();
  get<T>(key: string): T | undefined {
    return this.entries.get(key) as T | undefined;
  }
  put(key: string, value: unknown): void {
    this.entries.set(key, value);
  }
  delete(key: string): void {
    this.entries.delete(key);
  }
}

function observations(n: number, effect: 'read' | 'delete' = 'read') {
  const agent = { uid: `run-${n}`, assurance: 'asserted' as const };
  const one = event(n, { agent, effect });
  const sighted = sightUnregistered(new MapTransaction(), one, {
    policyVersion: 'p',
    now: one.event_time,
  });
  if (sighted === undefined) throw new Error('A first event must be a observation.');
  return sighted.value as Parameters<typeof countUnregistered>[1];
}

function count(steps: readonly ReturnType<typeof observations>[]): readonly Alert[] {
  const transaction = new MapTransaction();
  return steps.flatMap((one) => countUnregistered(transaction, one, one.event_time) ?? []);
}

test('a new uid per run is one alert with a count, not one alert each', () => {
  const alerts = count(Array.from({ length: 1000 }, (_, n) => observations(n)));
  expect(new Set(alerts.map((a) => a.alert_id)).size).toBe(1);
  // Emitted when the count has doubled.
  expect(alerts.length).toBe(10);
  expect(alerts.at(-1)).toMatchObject({
    count: 512,
    severity: 'low',
    subject: { agent_uid: 'run-0' },
  });
  // The earliest, and the latest.
  expect(alerts.at(-1)?.evidence.map(({ role }) => role)).toEqual([
    ...Array.from({ length: EVIDENCE_MAX - 2 }, () => 'unregistered'),
    'latest',
  ]);
  for (const alert of alerts) expect(alert.title.length).toBeLessThanOrEqual(90);
});

test('the standing alert does not depend on the order of arrival', () => {
  const steps = Array.from({ length: 32 }, (_, n) => observations(n, n === 20 ? 'delete' : 'read'));
  const last = (order: readonly (typeof steps)[number][]) => {
    const alert = count(order).at(-1);
    return [alert?.alert_id, alert?.subject, alert?.severity];
  };
  expect(last([...steps].reverse())).toEqual(last(steps));
  expect(last(steps)[2]).toBe('medium');
});

test('the gravest call is in the evidence, however many came before it', () => {
  for (const at of [0, 14, 15, 30]) {
    const steps = Array.from({ length: 32 }, (_, n) =>
      observations(n, n === at ? 'delete' : 'read'),
    );
    const last = count(steps).at(-1);
    expect(last?.evidence.some((one) => one.agent_uid === `run-${at}`)).toBe(true);
  }
});

test('workloads are counted apart', () => {
  const other = { ...observations(2), workload: 'http/other' };
  expect(new Set(count([observations(1), other]).map((a) => a.alert_id)).size).toBe(2);
});

test('who still acts on a later day is reported again in the same alert, and counted once', () => {
  const time = '2026-01-06T09:00:00.000000000Z';
  const again = {
    ...observations(1),
    activity: SIGHTED.again,
    event_id: 'later',
    event_time: time,
  };
  const alerts = count([observations(1), observations(2), observations(3), again]);
  expect(new Set(alerts.map((a) => a.alert_id)).size).toBe(1);
  expect(alerts.at(-1)).toMatchObject({ count: 3, last_event_time: time });
  expect(alerts.at(-1)?.evidence.at(-1)).toMatchObject({ event_id: 'later', role: 'latest' });
});
