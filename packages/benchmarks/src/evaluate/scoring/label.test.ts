/** Labels and alert lines that lack what scoring needs are refused; what is more is let through. */
import { expect, it } from 'vitest';
import { readAlert } from './adapter-alert.ts';
import { CONCLUSIONS_MAX } from './alert-history.ts';
import { readLabel } from './label.ts';
import { alertFile, attack, claim, deviation, plot } from './score-builders.ts';

it('reads the known streams, and leaves unknown ones out', () => {
  expect(readLabel({ ...plot(), more: 1 })).toMatchObject({
    ok: true,
    label: { incident_id: 'incident-1' },
  });
  expect(readLabel(attack())).toMatchObject({ ok: true, label: { family: 'rate_burst' } });
  expect(readLabel({ stream: 'weather' })).toEqual({ ok: true, label: undefined });
});

it('refuses a label without what is scored', () => {
  expect(readLabel({ stream: 'assembly', incident_id: 'i' })).toMatchObject({ ok: false });
  expect(readLabel(plot({ proofs: [] }))).toMatchObject({ ok: false });
  expect(readLabel(attack({ onset: 'yesterday' }))).toMatchObject({ ok: false });
  expect(readLabel(7)).toMatchObject({ ok: false });
});

it('refuses an alert without kind, time or subject', () => {
  expect(readAlert(deviation())).toMatchObject({ ok: true });
  for (const key of ['alert_id', 'kind', 'detected_at', 'subject'] as const) {
    expect(readAlert({ ...deviation(), [key]: undefined })).toMatchObject({ ok: false });
  }
});

it('reads a proof of event ids through the evidence', () => {
  const line = claim(['e-1', 'b'], {}, { evidence: [{ event_id: 'e-1', native_id: 'a' }] });
  expect(alertFile(line).alerts[0]?.conclusions[0]?.claim?.proof).toEqual(['a', 'b']);
});

it('gathers lines of one alert, whatever their order, and stops at its limit', () => {
  const lines = Array.from({ length: CONCLUSIONS_MAX + 5 }, (_, n) =>
    deviation({ revision: n + 1, severity: `s${n}`, evidence: [{ native_id: `e${n}` }] }),
  );
  for (const order of [lines, [...lines].reverse()]) {
    const { alerts, repeats } = alertFile(...order, ...order.slice(0, 1));
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({ dropped: 5, severity: `s${CONCLUSIONS_MAX + 4}` });
    expect(repeats).toBe(CONCLUSIONS_MAX + 5);
  }
});
