/** No feature is left out of the calibration: whatever the registry holds has rows, and what claims nothing says so. */
import { FACETS, RULES } from '@waywarden/detector';
import { expect, it } from 'vitest';
import { calibrationPlot } from './calibration/calibration-plot.ts';
import { ClaimedChances } from './calibration/claimed-chances.ts';
import { RaisedAlarms } from './calibration/raised-alarms.ts';
import { sayCalibration } from './calibration/say-calibration.ts';
import { evaluateCalibration } from './evaluate-calibration.ts';

const named = FACETS.map(({ name }) => name);

it('has rows of every facet of the registry, in the tables and in the plot', async () => {
  const flags = { scenario: 'fleet-benign', seed: ['tuning-5'], agents: '34', days: '4' };
  const report = await evaluateCalibration(flags);
  const ofAll = report.rows.filter((row) => row.class === 'all');
  expect(new Set(ofAll.map(({ facet }) => facet))).toEqual(new Set([...named, 'odd_task']));
  for (const { per, judged } of ofAll) expect(judged > 0).toBe(per !== null);
  expect(ofAll.filter(({ per }) => per === 'call').length).toBeGreaterThan(0);
  const alarms = report.alarms.filter((row) => row.class === 'all');
  expect(alarms.map(({ facet }) => facet)).toEqual(
    expect.arrayContaining([...named, 'odd_task', 'weak_signs']),
  );
  const claimOf = (name: string) => alarms.find(({ facet }) => facet === name)?.claim;
  expect(claimOf('instruction_match')).toBe('none');
  expect(claimOf('first_tool')).toBe('probability');
  expect(claimOf('weak_signs')).toEqual({ days: 5000 });
  const rules = report.rules.filter((row) => row.class === 'all');
  expect(new Set(rules.map(({ rule }) => rule))).toEqual(new Set(Object.keys(RULES)));
  const plot = calibrationPlot(report);
  for (const name of named) expect(plot).toContain(`>${name.replaceAll('_', ' ')}<`);
}, 300_000);

it('says of a facet that claims nothing that no probability is claimed', () => {
  const rows = new ClaimedChances().rows(['silent']);
  const alarms = new RaisedAlarms();
  alarms.add({ agent: 'a', class: 'assistive', day: '2026-01-05', scores: [] });
  const state = {
    ...{ agents: 0, kinds: [] },
    known: { median: 0, p90: 0, p99: 0, most: 0 },
    in_hand: { median: 0, p90: 0, p99: 0, most: 0 },
  };
  const report = {
    ...{ dataset: 'calibration' as const, streams: [], rows, state },
    ...{ alarms: alarms.rows(['silent']), stated: alarms.stated(), weak_signs: alarms.weakSigns },
    rules: alarms.rules(),
  };
  const said = sayCalibration(report).filter((line) => line.includes('silent'));
  expect(said).toHaveLength(3);
  expect(said.filter((line) => line.includes('no probability is claimed'))).toHaveLength(2);
  expect(calibrationPlot(report)).toContain('no probability is claimed');
});

it('counts of a day the least that was said, of calls each, and an alert once', () => {
  const chances = new ClaimedChances();
  const who = { facet: 'f', class: 'assistive', agent: 'a', day: '2026-01-05' };
  for (const probability of [1, 0.004, 0.2]) {
    chances.add({ ...who, feature: 'f', per: 'day', probability });
    chances.add({ ...who, feature: 'g', per: 'call', probability });
  }
  const rows = chances.rows([]).filter((row) => row.class === 'all');
  const counts = rows.map(({ judged, observed }) => [judged, ...observed.map((o) => o.came.k)]);
  expect(counts).toEqual([
    [1, 1, 1, 1, 1, 0],
    [3, 1, 1, 1, 1, 0],
  ]);

  const alarms = new RaisedAlarms();
  const reasons = [{ feature: 'f', text: 't', p_value: 0.004 }];
  const alarm = { dedupeKey: 'same' } as never;
  const score = { facet: 'f', points: 1, weight: 1, reasons, alarm };
  const days = ['2026-01-05', '2026-01-06'];
  for (const day of days) alarms.add({ agent: 'a', class: 'c', day, scores: [['f', score]] });
  expect(alarms.rows(['f'])[0]?.alarms).toMatchObject({ count: 1, exposure: 2, rate: 500 });
  const [stated] = alarms.stated();
  expect(stated).toMatchObject({ facet: 'f', alerts: 1, p: [0.004, 0.004] });
  expect(stated?.observed.map(({ came }) => came.k)).toEqual([1, 1, 1, 1, 0]);
});
