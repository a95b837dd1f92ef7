/** For every variation: a stream in which it is what it is called, and one in which it is not. */
import {
  type InputEvent,
  inputEventSchema,
  policySchema,
  registrySchema,
} from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { checkOtherLabels } from './behavior-check.ts';
import { readLabel } from './label.ts';

const START = Date.parse('2026-09-07T00:00:00Z'); // A Monday.
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS = 28;
/** The fourth Monday: the 28th of September. */
const FROM = 21 * DAY;

const AGENTS = ['a', 'b', 'c', 'd', 'e', 'late'];
const registry = registrySchema.parse({
  version: 1,
  agents: AGENTS.map((uid, at) => ({
    uid,
    class: 'autonomous',
    role: uid === 'a' ? 'reporter' : `role-${uid}`,
    workflows: ['support'],
    profile: { tools: [at % 2 === 0 ? 'crm/*' : 'mail/*'] },
    monitoring: { sources: [at % 2 === 0 ? 'g1' : 'g2'] },
  })),
});
const policy = policySchema.parse({ version: 1 });
const timeOf = (ms: number) => new Date(START + ms).toISOString();

interface Work {
  readonly day: number;
  readonly hour: number;
  readonly agent: string;
}

/** One call of every agent at every full hour from eight to twelve; `late` never works. */
const work: readonly Work[] = Array.from({ length: DAYS }, (_, day) => day).flatMap((day) =>
  [8, 9, 10, 11, 12].flatMap((hour) =>
    AGENTS.filter((agent) => agent !== 'late').map((agent) => ({ day, hour, agent })),
  ),
);

const atMs = ({ day, hour }: Work) => day * DAY + hour * HOUR;
const isG1 = (agent: string) => AGENTS.indexOf(agent) % 2 === 0;
const id = ({ day, hour, agent }: Work, extra = '') => `${agent}-${day}-${hour}${extra}`;

function call(given: Work, more: Partial<InputEvent> = {}, extra = ''): InputEvent {
  return inputEventSchema.parse({
    native_id: id(given, extra),
    event_time: timeOf(atMs(given) + AGENTS.indexOf(given.agent) * MINUTE),
    source: { kind: 'x', instance: isG1(given.agent) ? 'g1' : 'g2', seq: atMs(given) / HOUR },
    activity: 'tool_call',
    effect: 'read',
    outcome: 'success',
    agent: { uid: given.agent, version: '1' },
    model: { name: 'old' },
    task: { id: id(given, extra), workflow: 'support' },
    tool: { name: 'get', server: isG1(given.agent) ? 'crm' : 'mail', definition_hash: 'd1' },
    ...more,
  });
}

type Turn = (given: Work) => readonly InputEvent[];
const usual: Turn = (given) => [call(given)];
const during =
  (hours: number, turn: Turn): Turn =>
  (given) => {
    const isIn = atMs(given) >= FROM && atMs(given) < FROM + hours * HOUR;
    return isIn ? turn(given) : usual(given);
  };
const from = (turn: Turn): Turn => during(DAYS * 24, turn);
const since = (agent: string, more: Partial<InputEvent>): Turn =>
  from((given) => [call(given, given.agent === agent ? more : {})]);

function declares(agent: string, what: string): InputEvent {
  return inputEventSchema.parse({
    native_id: `declare-${agent}-${what}`,
    event_time: timeOf(FROM - HOUR),
    activity: 'config_change',
    agent: { uid: agent },
    target: { resource_type: 'change', resource_id: what },
  });
}

interface Case {
  readonly agents: readonly string[];
  readonly hours: number;
  readonly turn: Turn;
  readonly more?: readonly InputEvent[];
  readonly kinds?: readonly string[];
  readonly fromMs?: number;
}

const g1 = ['a', 'c', 'e'];
const renewed = (given: Work) =>
  call(
    given,
    isG1(given.agent) ? { tool: { name: 'get', server: 'crm', definition_hash: 'd2' } } : {},
  );
const renamed = (given: Work) =>
  call(
    given,
    isG1(given.agent) ? { tool: { name: 'get_v2', server: 'crm', definition_hash: 'd1' } } : {},
  );
const two: Turn = (given) => [call(given), call(given, {}, '-more')];

const CASES: Readonly<Record<string, Case>> = {
  declared_model_rollout: {
    agents: ['a', 'b', 'c'],
    hours: 48,
    turn: from((given) => [
      call(given, 'abc'.includes(given.agent) ? { model: { name: 'new' } } : {}),
    ]),
    more: ['a', 'b', 'c'].map((agent) => declares(agent, 'model/new')),
  },
  declared_release: {
    agents: ['a', 'b'],
    hours: 48,
    turn: from((given) => [
      call(given, 'ab'.includes(given.agent) ? { agent: { uid: given.agent, version: '2' } } : {}),
    ]),
    more: ['a', 'b'].map((agent) => declares(agent, 'release/2')),
  },
  declared_prompt_change: {
    agents: ['b'],
    hours: 72,
    turn: (given) => [
      call(given),
      ...(given.agent === 'b'
        ? [
            call(
              given,
              {
                activity: 'prompt_get',
                target: { resource_id: atMs(given) < FROM ? 'prompt/1' : 'prompt/2' },
              },
              '-load',
            ),
          ]
        : []),
    ],
    more: [declares('b', 'prompt/2')],
  },
  undeclared_rollout: {
    agents: ['b'],
    hours: 48,
    turn: since('b', { model: { name: 'new' } }),
    kinds: ['undeclared_change', 'behavior_deviation'],
  },
  tool_rollout: {
    agents: g1,
    hours: 48,
    turn: from((given) => [renewed(given)]),
    more: [declares('g1', 'tool/crm')],
  },
  tool_rename: {
    agents: g1,
    hours: 48,
    turn: from((given) => [renamed(given)]),
    more: g1.map((agent) => declares(agent, 'release/1')),
  },
  incident: {
    agents: g1,
    hours: 24,
    turn: (given) => {
      const task = (extra: string) => ({ task: { id: id(given, extra), workflow: 'incident' } });
      const many = atMs(given) >= FROM && atMs(given) < FROM + DAY ? ['1', '2', '3', '4'] : ['1'];
      return many.map((extra) => call(given, task(extra), extra));
    },
  },
  peak: { agents: g1, hours: 48, turn: during(48, two) },
  holiday: {
    agents: AGENTS,
    hours: 24,
    turn: during(24, (given) => (given.agent === 'a' ? usual(given) : [])),
  },
  month_end: { agents: ['a'], hours: 24, turn: usual, fromMs: 22 * DAY },
  quarter_end: { agents: ['a'], hours: 24, turn: usual, fromMs: 23 * DAY },
  dependency_outage: {
    agents: g1,
    hours: 24,
    turn: during(23, (given) => [
      call(given, isG1(given.agent) && given.hour % 2 === 0 ? { outcome: 'tool_error' } : {}),
    ]),
  },
  source_outage: {
    agents: g1,
    hours: 25,
    turn: during(24, (given) => (isG1(given.agent) ? [] : usual(given))),
    kinds: ['telemetry_gap'],
  },
  late_delivery: {
    agents: ['b', 'd', 'late'],
    hours: 4,
    fromMs: FROM + 8 * HOUR,
    turn: usual,
  },
  redelivery: {
    agents: g1,
    hours: 2,
    fromMs: FROM + 8 * HOUR,
    turn: during(9, (given) => (isG1(given.agent) ? [call(given), call(given)] : usual(given))),
  },
  cohort_growth: {
    agents: ['late'],
    hours: 120,
    turn: (given) => [
      call(given),
      ...(given.agent === 'a' && atMs(given) >= FROM ? [call({ ...given, agent: 'late' })] : []),
    ],
  },
};

/** Late lines of g2 stand after what the others told a quarter of an hour later. */
function delivered(variation: string, events: readonly InputEvent[]): readonly InputEvent[] {
  const latenessOf = (one: InputEvent) =>
    variation === 'late_delivery' &&
    one.source?.instance === 'g2' &&
    Date.parse(one.event_time) >= START + FROM
      ? 70 * MINUTE
      : 0;
  const arrival = (one: InputEvent) => Date.parse(one.event_time) + latenessOf(one);
  return [...events].sort((a, b) => arrival(a) - arrival(b));
}

function found(variation: string, given: Case, turn: Turn): readonly string[] {
  const fromMs = given.fromMs ?? FROM;
  const read = readLabel({
    stream: 'benign',
    incident_id: 'v',
    verdict: 'quiet',
    variation,
    agents: given.agents,
    from: timeOf(fromMs),
    to: timeOf(fromMs + given.hours * HOUR),
    ...(given.kinds === undefined ? {} : { acceptable_kinds: given.kinds, acceptable_alerts: 1 }),
  });
  const labels = 'other' in read ? [read.other] : [];
  const events = delivered(variation, [...work.flatMap(turn), ...(given.more ?? [])]);
  return checkOtherLabels(labels, { events, registry, policy })
    .filter((one) => one.field === 'benign')
    .map((one) => one.found);
}

describe.each(Object.entries(CASES))('%s', (variation, given) => {
  it('is accepted when the stream shows it', () => {
    expect(found(variation, given, given.turn)).toEqual([]);
  });

  it('is refused when it does not, or names others', () => {
    const others = { ...given, agents: ['d'] };
    expect(found(variation, others, given.turn)).not.toEqual([]);
    const elsewhere = { ...given, fromMs: (given.fromMs ?? FROM) - 14 * DAY, more: [] };
    expect(found(variation, elsewhere, usual)).not.toEqual([]);
  });
});

it('a variation has the right kinds and lasts as long as the table says', () => {
  const { holiday } = CASES;
  if (holiday === undefined) throw new Error('there is a holiday');
  const kinds = { ...holiday, kinds: ['telemetry_gap'] };
  expect(found('holiday', kinds, holiday.turn)).toEqual([
    'right are “telemetry_gap 1”, by the table “”',
  ]);
  expect(found('holiday', { ...holiday, hours: 30 }, holiday.turn)).toContain(
    'lasts 30 hours, by the table 24',
  );
});

it('a few calls that fail are no outage of their server', () => {
  const few = { agents: ['b', 'd', 'late'], hours: 3, fromMs: FROM + 8 * HOUR, turn: usual };
  const turn = during(24, (given) => [
    call(given, !isG1(given.agent) && given.hour === 8 ? { outcome: 'tool_error' } : {}),
  ]);
  expect(found('dependency_outage', few, turn)).toEqual([
    'of no server do 30 % of the calls fail, and more than by chance',
  ]);
});
