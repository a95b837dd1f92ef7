/** When an attack on behaviour counts as detected, how late, and what benign work costs. */
import { describe, expect, it } from 'vitest';
import type { AdapterAlert } from './adapter-alert.ts';
import { fleetWanted, scoreFleet } from './fleet-score.ts';
import type { Labels } from './label.ts';
import {
  alertFile,
  at,
  attack,
  deviation,
  labelsOf,
  plot,
  type Reported,
  stream,
} from './score-builders.ts';
import { StreamFacts } from './stream-facts.ts';

const DAY = 24 * 60;
const REPORTED: readonly Reported[] = [
  { id: '1', minutes: 0 },
  { id: 'x', minutes: 10 },
  { id: 'y', minutes: 11 },
  { id: '2', minutes: 12 },
  { id: '3', minutes: DAY, agent: 'agent-b' },
  { id: '4', minutes: DAY + 1, agent: 'agent-b' },
  { id: '5', minutes: 2 * DAY, agent: 'agent-b' },
];

function score(fields: Partial<Labels>, alerts: readonly AdapterAlert[], told = REPORTED) {
  const [labels, file] = [labelsOf(fields), alertFile(...alerts)];
  return scoreFleet(labels, file, stream(fleetWanted(labels, file), told));
}

const recallOf = (alert: Partial<AdapterAlert>, label = {}) =>
  score({ behavior: [attack(label)] }, [deviation(alert)]).recall.k;

describe('an attack is detected', () => {
  it('by an acceptable kind, about its agent, from its onset (less clock skew) to an hour after its end', () => {
    expect(recallOf({})).toBe(1);
    expect(recallOf({ kind: 'class_drift' })).toBe(0);
    expect(recallOf({ subject: { agent_uid: 'agent-b' }, evidence: [] })).toBe(0);
    expect(recallOf({ detected_at: at(8) })).toBe(1);
    expect(recallOf({ detected_at: at(7) })).toBe(0);
    expect(recallOf({ detected_at: at(80) })).toBe(1);
    expect(recallOf({ detected_at: at(81) })).toBe(0);
  });

  it('by an alert on another subject that names its call or its agent', () => {
    const subject = { agent_uid: 'gateway-1' };
    expect(recallOf({ subject, evidence: [{ native_id: 'y' }] })).toBe(1);
    expect(recallOf({ subject, evidence: [{ native_id: '1', agent_uid: 'agent-a' }] })).toBe(1);
    expect(recallOf({ subject, evidence: [{ native_id: '1' }] })).toBe(0);
  });

  it('by the revision that adds to an alert which was open before, and not by the old one', () => {
    const before = deviation({ revision: 1, detected_at: at(5), evidence: [{ native_id: '1' }] });
    const added = deviation({ revision: 2, first_detected_at: at(5), detected_at: at(12) });
    expect(score({ behavior: [attack()] }, [before]).recall.k).toBe(0);
    const { families } = score({ behavior: [attack()] }, [before, added]);
    expect(families[0]?.delay.minutes?.max).toBe(2);
  });

  it('and located only when one of its calls is named', () => {
    const located = (evidence: AdapterAlert['evidence']) =>
      score({ behavior: [attack()] }, [deviation({ evidence })]).families[0]?.located.k;
    expect(located([{ native_id: 'y' }])).toBe(1);
    expect(located([{ native_id: '1' }])).toBe(0);
  });

  it('and located by a later call of its agent when its label had no room for more', () => {
    const native_ids = ['x', ...Array.from({ length: 399 }, (_, n) => `call-${n}`)];
    const located = (id: string) =>
      score(
        { behavior: [attack({ native_ids })] },
        [deviation({ evidence: [{ native_id: id }] })],
        [...REPORTED, { id: 'other', minutes: 12, agent: 'agent-b' }],
      ).families[0]?.located.k;
    expect(located('2')).toBe(1);
    expect(located('1')).toBe(0);
    expect(located('other')).toBe(0);
  });

  it('once, however many alerts there are, and not at all when withdrawn', () => {
    const again = deviation({ alert_id: 'alert-2', detected_at: at(15) });
    const { recall, false_alarms } = score({ behavior: [attack()] }, [deviation(), again]);
    expect(recall).toMatchObject({ k: 1, n: 1 });
    expect(false_alarms.all.count).toBe(0);
    expect(recallOf({ state: 'withdrawn' })).toBe(0);
  });
});

it('delays by minutes and by the agent’s own events since the onset, of the earliest alert', () => {
  const alerts = [
    deviation({ detected_at: at(12) }),
    deviation({ alert_id: 'z', detected_at: at(11) }),
  ];
  const { families } = score({ behavior: [attack()] }, alerts);
  expect(families[0]?.delay).toMatchObject({ n: 1, minutes: { max: 1 }, events: { max: 2 } });
});

it('delays from the first call where a slow clock puts it before the onset, and counts a call told twice once', () => {
  const told = [...REPORTED, { id: 'x', minutes: 10 }, { id: 'late', minutes: 9 }];
  const slow = attack({ native_ids: ['late'] });
  const { families } = score({ behavior: [slow] }, [deviation({ detected_at: at(10) })], told);
  expect(families[0]?.delay).toMatchObject({ minutes: { max: 1 }, events: { max: 2 } });
});

it('scores families and strengths apart, and names what was missed and what was misnamed', () => {
  const behavior = [
    attack(),
    attack({ incident_id: 'attack-2', strength: 'weak', agent_uid: 'agent-b', native_ids: [] }),
    attack({ incident_id: 'attack-3', family: 'hijack', acceptable_kinds: ['hijack_suspected'] }),
  ];
  const { families, failures } = score({ behavior }, [deviation()]);
  expect(families.map((one) => [one.family, one.strength, one.detected.k, one.noticed.k])).toEqual([
    ['hijack', 'all', 0, 1],
    ['hijack', 'medium', 0, 1],
    ['rate_burst', 'all', 1, 1],
    ['rate_burst', 'weak', 0, 0],
    ['rate_burst', 'medium', 1, 1],
  ]);
  expect(failures.missed.named).toEqual(['attack-2']);
  expect(failures.wrong_kind.named).toEqual(['attack-3 (as behavior_deviation)']);
});

it('scores the variants of a family that has some, beside its strengths', () => {
  const changed = (n: number, variant: string) =>
    attack({ incident_id: `attack-${n}`, family: 'undeclared_change', variant });
  const behavior = [
    changed(1, 'tools'),
    { ...changed(2, 'prompt'), agent_uid: 'agent-b', native_ids: [] },
    attack({ incident_id: 'attack-3' }),
  ];
  const { families, variants } = score({ behavior }, [deviation()]);
  expect(variants.map((one) => [one.family, one.variant, one.detected.k])).toEqual([
    ['undeclared_change', 'prompt', 0],
    ['undeclared_change', 'tools', 1],
  ]);
  expect(families.every((one) => one.variant === undefined)).toBe(true);
});

it('finds next to nothing when the labels are moved to other agents', () => {
  const agents = Array.from({ length: 40 }, (_, n) => `agent-${n}`);
  const told = agents.map((agent, n) => ({ id: `call-${n}`, minutes: 11, agent }));
  const attacked = agents.filter((_, n) => n % 2 === 0);
  const behavior = attacked.map((agent_uid, n) =>
    attack({ incident_id: `attack-${n}`, agent_uid, native_ids: [`call-${2 * n}`] }),
  );
  const alerts = attacked.map((agent_uid, n) =>
    deviation({
      alert_id: `alert-${n}`,
      subject: { agent_uid },
      evidence: [{ native_id: `call-${2 * n}` }],
    }),
  );
  const { recall, chance_recall, families } = score({ behavior }, alerts, told);
  expect(families[0]?.by_chance.share).toBe(0);
  expect(recall.share).toBe(1);
  expect(chance_recall.share).toBe(0);
  const onEverybody = agents.map((agent_uid, n) =>
    deviation({ alert_id: `all-${n}`, subject: { agent_uid }, evidence: [] }),
  );
  expect(score({ behavior }, onEverybody, told).chance_recall.share).toBe(1);
});

describe('benign work', () => {
  it('has no days on which an agent was merely heard of', () => {
    const facts = new StreamFacts({ nativeIds: new Set(), agents: new Set() });
    const on = (day: number, activity: string) => ({
      native_id: `${day}`,
      event_time: `2026-01-0${day}T09:00:00Z`,
      ...{ activity, agent: { uid: 'agent-a' } },
    });
    for (const day of [1, 2, 3]) facts.add(on(day, 'heartbeat'));
    facts.add(on(2, 'tool_call'));
    expect([facts.events, facts.daysOf('agent-a')]).toEqual([4, 1]);
  });

  it('has alerts for 1,000 days on which an agent acted', () => {
    const { agent_days, false_alarms, failures } = score({}, [
      deviation(),
      deviation({ alert_id: '2', kind: 'outside_profile', severity: 'high' }),
      deviation({ alert_id: '3', hygiene: true }),
    ]);
    expect(agent_days).toBe(3);
    expect(failures.false_alarms.named).toEqual([
      'behavior_deviation about agent-a (x)',
      'outside_profile about agent-a (x)',
    ]);
    expect(false_alarms.all).toMatchObject({ count: 2, rate: (2 / 3) * 1000 });
    expect(false_alarms.statistical.count).toBe(1);
    expect(false_alarms.rules.count).toBe(1);
    expect(false_alarms.by_kind.map((one) => [one.kind, one.severity, one.decided_by])).toEqual([
      ['behavior_deviation', 'medium', 'statistics'],
      ['outside_profile', 'high', 'rule'],
    ]);
  });

  it('claims no certainty from no alert', () => {
    const { all } = score({}, []).false_alarms;
    expect(all.rate).toBe(0);
    expect(all.interval?.high).toBeGreaterThan(1000);
  });

  it('leaves out alerts about an attack or a firing plot, and counts the others', () => {
    const outside = deviation({ alert_id: '2', detected_at: at(5), evidence: [] });
    const aboutPlot = deviation({
      alert_id: '3',
      detected_at: at(5),
      evidence: [{ native_id: 'b' }],
    });
    const labels = { behavior: [attack()], assembly: [plot()] };
    const { false_alarms } = score(labels, [deviation(), outside, aboutPlot]);
    expect(false_alarms.all.count).toBe(1);
  });

  it('puts an alert into a variation by agent and time, and excuses what is right there', () => {
    const benign = [
      {
        stream: 'benign' as const,
        incident_id: 'b-1',
        verdict: 'quiet' as const,
        variation: 'release',
        agents: ['agent-a', 'agent-b'],
        from: at(0),
        to: at(DAY),
        acceptable_kinds: ['undeclared_change'],
      },
    ];
    const right = deviation({ alert_id: 'right', kind: 'undeclared_change' });
    expect(score({ benign }, [right])).toMatchObject({
      exempt: 1,
      false_alarms: { all: { count: 0 } },
    });
    const late = { ...right, detected_at: at(2 * DAY) };
    expect(score({ benign }, [late])).toMatchObject({
      exempt: 0,
      false_alarms: { all: { count: 1 } },
    });
    const alerts = [
      deviation(),
      deviation({ alert_id: '2', detected_at: at(2 * DAY) }),
      deviation({ alert_id: '3', subject: { agent_uid: 'agent-c' } }),
    ];
    const [release] = score({ benign }, alerts).by_variation;
    expect(release).toMatchObject({ variation: 'release', rate: { count: 1, exposure: 2 } });
  });

  it('excuses as many alerts as the label calls right, earliest first, and counts a storm', () => {
    const outage = {
      stream: 'benign' as const,
      incident_id: 'b-1',
      verdict: 'quiet' as const,
      variation: 'source_outage',
      agents: ['agent-a', 'agent-b'],
      from: at(0),
      to: at(DAY),
      acceptable_kinds: ['telemetry_gap'],
      acceptable_alerts: 1,
    };
    const gap = (alert_id: string, minutes: number) =>
      deviation({ alert_id, kind: 'telemetry_gap', detected_at: at(minutes) });
    const { exempt, failures } = score({ benign: [outage] }, [gap('a', 13), gap('b', 12)]);
    expect(exempt).toBe(1);
    expect(failures.false_alarms.count).toBe(1);
    const ofSource = { ...gap('c', 12), subject: { agent_uid: 'gateway-1' } };
    const named = { ...ofSource, evidence: [{ native_id: '1', agent_uid: 'agent-b' }] };
    expect(score({ benign: [outage] }, [ofSource]).exempt).toBe(0);
    expect(score({ benign: [outage] }, [named]).exempt).toBe(1);
  });

  it('counts what would have been done about it, by reason, and what was done, by action', () => {
    const response = { action: 'revoke_token', target: { level: 'task' } };
    const alerts = [
      deviation({
        responses: [
          { ...response, withheld_reason: 'rule_in_shadow' },
          { ...response, withheld_reason: null },
        ],
      }),
    ];
    expect(score({}, alerts).responses.to_false_alarms).toEqual({
      automatic: { revoke_token: 1 },
      withheld: { rule_in_shadow: 1 },
    });
    const { responses } = score({ behavior: [attack()] }, alerts);
    expect(responses.to_false_alarms).toEqual({ automatic: {}, withheld: {} });
    expect(responses.to_incidents.automatic).toEqual({ revoke_token: 1 });
  });
});
