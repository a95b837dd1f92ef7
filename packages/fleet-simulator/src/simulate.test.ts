/** Guarantees: a seed's bytes never change unnoticed, every event is valid input, labels name events. */
import { createHash } from 'node:crypto';
import { inputEventSchema } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { EventBytes } from './event-bytes.ts';
import { AGENTS_MIN, AUDITOR } from './fleet.ts';
import { type Scenario, simulate } from './simulate.ts';

function small(scenario: Scenario, seed: string, agents = AGENTS_MIN, days = 2) {
  const { registry, lines } = simulate({ scenario, seed, agents, days });
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

test('a further cell changes no task of the first', () => {
  const tasks = (agents: number) =>
    new Map(
      small('fleet-benign', '1', agents).events.flatMap((event) => {
        const { source: _, ...rest } = event;
        return event.task === undefined ? [] : [[event.native_id, rest] as const];
      }),
    );
  const [one, two] = [tasks(AGENTS_MIN), tasks(2 * AGENTS_MIN)];
  expect(one.size).toBeGreaterThan(100);
  for (const [id, event] of one) expect(two.get(id)).toEqual(event);
});

test('every event is a valid input event, and repeats are word for word', () => {
  for (const scenario of ['assembly', 'fleet-attacks'] as const) {
    const { events } = small(scenario, '1', AGENTS_MIN, 1);
    const told = new Map<string, string>();
    for (const event of events) {
      expect(inputEventSchema.safeParse(event).error).toBeUndefined();
      const bytes = new EventBytes();
      bytes.line(event);
      const text = new TextDecoder().decode(bytes.take());
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(event)));
      expect(told.get(event.native_id) ?? text).toBe(text);
      told.set(event.native_id, text);
    }
  }
});

test('events written without being kept whole are the same bytes', () => {
  const plan = { scenario: 'fleet-attacks', seed: '1', agents: 2 * AGENTS_MIN, days: 2 } as const;
  const bytes = new EventBytes();
  for (const { kind, value } of simulate(plan).written()) if (kind === 'event') bytes.copy(value);
  const whole = [...simulate(plan).lines()].flatMap(({ kind, value }) =>
    kind === 'event' ? [`${JSON.stringify(value)}\n`] : [],
  );
  expect(whole.length).toBeGreaterThan(1000);
  expect(new TextDecoder().decode(bytes.take())).toBe(whole.join(''));
});

test('what a fleet is too small and too short for is said', () => {
  const plan = { scenario: 'fleet-attacks', seed: '1', agents: AGENTS_MIN, days: 3 } as const;
  const { omitted, lines } = simulate(plan);
  const labels = [...lines()].flatMap((l) => (l.kind === 'label' ? [l.value] : []));
  expect(omitted.filter((said) => /^(?:frog_boiling|cohort_growth): /.test(said))).toHaveLength(2);
  for (const label of labels)
    if (label.stream === 'benign')
      expect(omitted.some((said) => said.startsWith(`${label.variation}: `))).toBe(false);
});

test('where claims are only asserted, what a proven claim would excuse fires', () => {
  const verdicts = (scenario: Scenario) =>
    new Map(
      small(scenario, '1').labels.flatMap((label) =>
        label.stream === 'assembly' ? [[label.incident_id, label] as const] : [],
      ),
    );
  const [proven, asserted] = [verdicts('assembly-only'), verdicts('assembly-asserted')];
  const turned = [...asserted].flatMap(([id, { variant, verdict }]) =>
    (proven.get(id)?.verdict ?? verdict) === verdict ? [] : [variant],
  );
  expect(new Set(turned)).toEqual(
    new Set([
      'approved',
      'independent',
      'approved_by_human',
      'declared_handoff',
      'inside_provenance',
      'not_yet_expired',
    ]),
  );
});

test('labels name events that are there, proofs are part of their plot, and firing ones have proofs', () => {
  const { events, labels } = small('assembly-only', '1');
  const ids = new Set(events.map((e) => e.native_id));
  const combinations = new Set<string>();
  for (const label of labels) {
    if (label.stream !== 'assembly') continue;
    combinations.add(label.combination);
    expect(label.native_ids.every((id) => ids.has(id))).toBe(true);
    expect(label.proofs.every((proof) => proof.every((id) => label.native_ids.includes(id)))).toBe(
      true,
    );
    expect(label.proofs.length > 0).toBe(label.verdict === 'fires');
  }
  expect(combinations.size).toBe(17);
});

test('an attack is labelled with the agent, the time and the calls that are there', () => {
  const { events, labels } = small('fleet-attacks', '1', 2 * AGENTS_MIN);
  const byId = new Map(events.map((e) => [e.native_id, e]));
  const attacks = labels.flatMap((l) => (l.stream === 'behavior' ? [l] : []));
  expect(attacks.length).toBeGreaterThan(0);
  for (const { native_ids, agent_uid, onset, end, family } of attacks) {
    expect(onset <= end).toBe(true);
    // Of a silent agent only the target's audit tells.
    const told = family === 'telemetry_silence' ? AUDITOR : agent_uid;
    for (const id of native_ids) expect(byId.get(id)?.agent.uid).toBe(told);
  }
});
