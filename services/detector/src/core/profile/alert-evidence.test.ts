/** Which events an alert lists of many: the first ones, unless what comes later is believed further. */
import type { Alert } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { withEvidence } from './alert-evidence.ts';

const events = (from: number, count: number): Alert['evidence'] =>
  Array.from({ length: count }, (_, n) => ({
    event_id: `event-${from + n}`,
    agent_uid: 'agent',
    role: 'deviating_call',
    assurance: 'asserted',
  }));
const ids = (evidence: Alert['evidence']) => evidence.map(({ event_id: id }) => id);

describe('the evidence of an alert', () => {
  it('keeps its first sixteen events, and stays the same list once there is nothing to add', () => {
    const listed = withEvidence(events(0, 15), events(15, 3), false);
    expect(ids(listed)).toEqual(ids(events(0, 16)));
    expect(withEvidence(listed, events(20, 1), false)).toBe(listed);
    expect(withEvidence(listed, [], true)).toBe(listed);
  });

  it('has what leads before them', () => {
    const listed = withEvidence(events(0, 16), events(20, 2), true);
    expect(ids(listed)).toEqual([...ids(events(20, 2)), ...ids(events(0, 14))]);
  });

  it('is cut where the first event alone brought more', () => {
    expect(withEvidence(events(0, 20), [], false)).toHaveLength(16);
  });
});
