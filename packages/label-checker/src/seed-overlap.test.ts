/** Two label files that share victims are told so; two that do not are not. */
import { expect, it } from 'vitest';
import { overlapsOf } from './seed-overlap.ts';

const attack = (family: string, agent: string, day: number, id: string) => ({
  stream: 'behavior',
  incident_id: id,
  family,
  strength: 'weak',
  verdict: 'fires',
  agent_uid: agent,
  onset: `2026-09-${day}T10:00:00Z`,
  native_ids: [id],
});

const first = [attack('hijack', 'desk-a1b2c3', 14, 'x'), attack('rate_burst', 'clerk-1', 15, 'y')];

function common(second: readonly unknown[]) {
  const found = overlapsOf(first, second);
  return Object.fromEntries(found.map((one) => [one.fact, one.common]));
}

it('a file shares everything with itself', () => {
  for (const one of overlapsOf(first, first)) {
    if (one.fact !== 'attacks: hour') expect(one).toMatchObject({ common: 2, of: 2 });
  }
});

it('a made-up end does not hide that the same role is attacked', () => {
  const second = [
    attack('hijack', 'desk-d4e5f6', 21, 'v'),
    attack('rate_burst', 'payer-2', 22, 'w'),
  ];
  expect(common(second)).toMatchObject({
    'attacks: victim': 0,
    'attacks: victim, role': 1,
    'attacks: day': 0,
    'attacks: events': 0,
  });
});

it('victims are compared for one sort of attack, not for another', () => {
  const swapped = [
    attack('hijack', 'clerk-1', 14, 'v'),
    attack('rate_burst', 'desk-a1b2c3', 15, 'w'),
  ];
  const victims = overlapsOf(first, swapped).find((one) => one.fact === 'attacks: victim');
  expect(victims).toMatchObject({ common: 0, byChance: 2 });
});
