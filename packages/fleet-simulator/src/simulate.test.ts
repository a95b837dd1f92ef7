/** Guarantees: a seed's bytes never change unnoticed, every event is valid input, labels name events. */
import { createHash } from 'node:crypto';
import { inputEventSchema } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { type Scenario, simulate } from './simulate.ts';

function small(scenario: Scenario, seed: string, agents = 29) {
  const { registry, lines } = simulate({ scenario, seed, agents, days: 2 });
  const all = [...lines()];
  return {
    registry,
    events: all.flatMap((line) => (line.kind === 'event' ? [line.value] : [])),
    labels: all.flatMap((line) => (line.kind === 'label' ? [line.value] : [])),
  };
}

test('the same seed gives the same bytes, another seed others', () => {
  const hash = (seed: string) =>
    createHash('sha256')
      .update(JSON.stringify(small('assembly', seed)))
      .digest('hex');
  expect(hash('tuning-1')).toBe(hash('tuning-1'));
  expect(hash('tuning-1')).not.toBe(hash('tuning-2'));
});

test('a further cell changes no event of the first', () => {
  const mine = (agents: number) =>
    small('benign', '1', agents)
      .events.filter((e) => e.agent.uid.endsWith('-0') && e.task.workflow !== 'infrastructure')
      .map(({ source: _, ...rest }) => rest);
  const [one, two] = [mine(29), mine(58)];
  expect(two).toEqual(one);
});

test('every event is a valid input event, and no two have one native id', () => {
  const { events } = small('assembly', '1');
  for (const event of events) expect(inputEventSchema.safeParse(event).error).toBeUndefined();
  expect(new Set(events.map((e) => e.native_id)).size).toBe(events.length);
});

test('labels name events that are there, proofs are part of their plot, and firing ones have proofs', () => {
  const { events, labels } = small('assembly-only', '1');
  const ids = new Set(events.map((e) => e.native_id));
  for (const label of labels) {
    expect(label.native_ids.every((id) => ids.has(id))).toBe(true);
    expect(label.proofs.every((proof) => proof.every((id) => label.native_ids.includes(id)))).toBe(
      true,
    );
    expect(label.proofs.length > 0).toBe(label.verdict === 'fires');
  }
  expect(new Set(labels.map((l) => l.combination)).size).toBe(17);
});
