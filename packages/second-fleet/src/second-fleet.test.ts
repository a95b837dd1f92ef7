import { describe, expect, it } from 'vitest';
import { checkLines } from './check.ts';
import { simulateSecondFleet } from './simulate.ts';

function run(
  seed: string,
  scenario: 'benign' | 'attacks',
): Record<'events' | 'labels' | 'registry', string[]> {
  const out = { events: [] as string[], labels: [] as string[], registry: [] as string[] };
  for (const line of simulateSecondFleet({ seed, agents: 60, days: 30, scenario }))
    out[line.file].push(line.text);
  return out;
}

describe('the second fleet', () => {
  const attacks = run('test-1', 'attacks');
  const benign = run('test-1', 'benign');

  it('labels only events that exist, of that agent, in order, and obvious ones are obvious', () => {
    expect(checkLines(attacks.events, attacks.labels)).toEqual([]);
    expect(checkLines(benign.events, benign.labels)).toEqual([]);
  });

  it('gives the same bytes for the same seed and others for another', () => {
    expect(run('test-1', 'attacks')).toEqual(attacks);
    expect(run('test-2', 'benign').events).not.toEqual(benign.events);
  });

  it('is one company in both scenarios', () => {
    expect(attacks.registry).toEqual(benign.registry);
    const ids = new Set(attacks.events.map((l) => String(JSON.parse(l).native_id)));
    const kept = benign.events.filter((l) => ids.has(String(JSON.parse(l).native_id)));
    expect(kept.length).toBeGreaterThan(benign.events.length * 0.95);
  });

  it('attacks in every family and strength, and never in the benign scenario', () => {
    const seen = new Set(
      attacks.labels
        .map((l) => JSON.parse(l))
        .filter((l) => l.stream === 'behavior')
        .map((l) => `${l.family}/${l.strength}`),
    );
    expect(new Set([...seen].map((k) => k.split('/')[0])).size).toBe(14);
    expect(benign.labels.every((l) => JSON.parse(l).stream === 'benign')).toBe(true);
  });

  it('notices a label that lies', () => {
    const label = attacks.labels.map((l) => JSON.parse(l)).find((l) => l.stream === 'behavior');
    const lie = JSON.stringify({
      ...label,
      agent_uid: 'agent/nobody',
      native_ids: [...label.native_ids, 'no-such-event'],
    });
    expect(checkLines(attacks.events, [lie]).length).toBeGreaterThan(1);
  });
});
