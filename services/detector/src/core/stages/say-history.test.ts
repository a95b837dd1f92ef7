import { TOPICS } from '@waywarden/schemas';
import {
  type Decide,
  historyBegins,
  MemoryTransaction,
  rememberGap,
  type StageRecord,
} from '@waywarden/stage';
import { describe, expect, it } from 'vitest';
import { sayHistory } from './say-history.ts';

const BEGINS = '2026-05-04T10:00:00Z';
const alert = (detectedAt: string, over: Record<string, unknown> = {}) => ({
  evaluable: true,
  not_visible: ['Something else.'],
  first_event_time: detectedAt,
  detected_at: detectedAt,
  ...over,
});
const record = {} as StageRecord;

function decided(transaction: MemoryTransaction, value: unknown) {
  const decide: Decide = () => [
    { topic: TOPICS.alerts.name, key: 'k', type: 'event', id: 'i', value },
    { topic: TOPICS.privilegeSteps.name, key: 'k', type: 'event', id: 's', value: { a: 1 } },
  ];
  return sayHistory(decide, historyBegins)(transaction, record).map((output) => output.value);
}

function shortened(): MemoryTransaction {
  const transaction = new MemoryTransaction();
  rememberGap(transaction, { missingFrom: 0, beginsAt: 7, beginsTime: BEGINS });
  return transaction;
}

describe('alerts of a stage whose history begins late', () => {
  it('are as they were where nothing is missing', () => {
    const value = alert('2026-05-05T00:00:00Z', { assembly: {} });
    expect(decided(new MemoryTransaction(), value)).toEqual([value, { a: 1 }]);
  });

  it('say since when is known; a chain that may have begun before is not evaluable', () => {
    const [one] = decided(shortened(), alert('2026-05-05T00:00:00Z'));
    expect(one).toMatchObject({ evaluable: true });
    expect((one as { not_visible: string[] }).not_visible.join(' ')).toContain(
      `Something else. History begins at ${BEGINS}`,
    );
    const chain = alert('2026-05-05T00:00:00Z', { assembly: {} });
    expect(decided(shortened(), chain)[0]).toMatchObject({ evaluable: false });
  });

  it('are whole again when it no longer matters', () => {
    const chain = alert('2026-05-20T00:00:00Z', { assembly: {} });
    expect(decided(shortened(), chain)[0]).toMatchObject({ evaluable: true });
    const late = alert('2026-07-01T00:00:00Z', { assembly: {} });
    expect(decided(shortened(), late)[0]).toEqual(late);
  });
});
