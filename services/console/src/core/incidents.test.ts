/** What the queue guarantees of incidents: nothing is lost, and what has one cause stands together. */
import { expect, it } from 'vitest';
import { byIncident } from './incidents.ts';
import type { QueueItem } from './view-model.ts';

const item = (alert_id: string, incident_id: string): QueueItem => ({
  ...{ alert_id, incident_id, revision: 1, kind: 'behavior_deviation', severity: 'medium' },
  ...{ title: alert_id, state: 'open', count: 1, evaluable: true, agents: ['a'] },
  last_event_time: '2026-01-05T09:00:00Z',
  first_detected_at: '2026-01-05T09:00:00Z',
  ...{ done: '', verdict: null },
});

it('what has one cause follows the first of it, in the order of the queue', () => {
  const items = [item('a', 'x'), item('b', 'y'), item('c', 'x'), item('d', 'z'), item('e', 'x')];
  expect(
    byIncident(items).map(({ lead, others }) => [lead, ...others].map((one) => one.alert_id)),
  ).toEqual([['a', 'c', 'e'], ['b'], ['d']]);
  expect(byIncident([])).toEqual([]);
});
