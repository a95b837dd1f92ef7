/** What comes again of an alert is counted; what is new in it is reported. */
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MapTransaction } from '../testing/map-draft.ts';
import type { Alarm } from './alarm.ts';
import { raise } from './life-cycle.ts';

const CONTEXT = {
  ...{ policyVersion: 'p', registered: undefined, isUnregistered: false },
  now: event(1).event_time,
  unheard: () => [],
};

/** An alarm of a call that did this. */
const alarmOf = (what: string): Alarm => ({
  ...{ kind: 'hijack_suspected', ruleId: 'rule', severity: 'medium', dedupeKey: 'one' },
  ...{ title: 'An alert', summary: 'An alert.', evidence: [], notVisible: [] },
  ...{ taxonomy: {}, grouping: { amounts: [[what, 0]] } },
});

function reporting() {
  const transaction = new MapTransaction();
  return (n: number, what: string) =>
    raise(
      transaction,
      event(n),
      { feature: 'rule', points: 1, weight: 1, reasons: () => [], alarm: alarmOf(what) },
      CONTEXT,
    );
}

describe('an alert', () => {
  it('is reported again for each new thing, however many came before, and names its call', () => {
    const report = reporting();
    for (let n = 1; n <= 60; n += 1) {
      const [alert] = report(n, `text ${n}`);
      expect(alert?.evidence.map(({ event_id }) => event_id)).toContain(event(n).event_id);
    }
  });

  it('of the same thing again is reported when there is twice as much', () => {
    const report = reporting();
    const reported = Array.from({ length: 16 }, (_, n) => report(n + 1, 'text').length);
    expect(reported.flatMap((is, n) => (is === 0 ? [] : [n + 1]))).toEqual([1, 2, 4, 8, 16]);
  });
});
