/** What earlier versions kept with names, in full or by text goes on as if it had been packed from the start. */
import {
  type AuditEvent,
  epochMs,
  formatLogTime,
  shiftTime,
  shortPrint,
  shortUuid,
} from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { readVolume, storedDays, toStoredVolume, type Windows } from '../facets/volume-state.ts';
import { placeSigns } from '../governance/credential-place.ts';
import { noteLease } from '../governance/task-lease.ts';
import { noteChanges } from '../profile/composition.ts';
import { type Heard, heardAt, keepHeard, silenceNotes } from '../profile/heard-agent.ts';
import { oddTaskWith } from '../profile/odd-task.ts';
import { presentHours, usualWithin } from '../profile/usual-interval.ts';
import { keepSigns, signsWith } from '../profile/weak-signs.ts';
import { event, testId } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { ProfileWorld } from '../testing/profile-world.ts';
import type { DayMaxima } from '../volume/block-maxima.ts';
import { NO_COUNTS } from '../volume/count-tail.ts';
import { type LargestCall, NO_CALLS } from '../volume/largest-call.ts';
import { daysOf, fromStoredMaxima, toStoredMaxima } from '../volume/stored-maxima.ts';
import { agentKey } from './agent-key.ts';
import { commonBeginning } from './common-beginning.ts';
import { keepKnown, knownOf } from './known-of-agent.ts';
import { fromDigits, toDigits } from './print-table.ts';

const START = '2026-01-05T09:00:00.000000000Z';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = epochMs(START);
const bytesOf = (value: unknown) => JSON.stringify(value).length;
const timeOf = (ms: number) => formatLogTime({ ms, ns: 0 });
const at = (n: number, ms: number, over: Partial<AuditEvent> = {}) => {
  const time = shiftTime(START, ms);
  return event(n, { event_time: time, observed_time: time, ...over });
};

interface Case {
  readonly name: string;
  readonly agent?: object;
  readonly policy?: object;
  readonly before: readonly AuditEvent[];
  /** What an earlier version would have kept of the same, instead of what is kept now. */
  readonly earlier: (present: never) => unknown;
  readonly after: readonly AuditEvent[];
  readonly rule: string;
}

const writes: Partial<AuditEvent> = {
  effect: 'update',
  capabilities: [{ symbol: 'write:data', basis: 'operator' }],
};
const person = { principal: { uid: 'ana', type: 'human' }, conversation_turn: 1 } as const;
const robot = { principal: { uid: 'cron', type: 'service' } } as const;
const kind = (n: number) => ({
  target: { system: 'crm', resource_type: `type-${n}`, resource_id: 'x' },
});
const STEPS = ['write_grant', 'write', 'unapproved_write', 'unattended_write'];

const CASES: readonly Case[] = [
  {
    name: 'ladder',
    agent: { class: 'human_triggered', grants: ['write:*'] },
    before: [at(1, 0, person), at(2, DAY_MS, { ...writes, ...person })],
    earlier: ([sinceMs, taken]: [number, string]) => ({
      since: timeOf(sinceMs),
      taken: (taken.match(/.{4}/g) ?? []).map((one, n) => [
        STEPS['ABCD'.indexOf(one[0] ?? '')],
        timeOf(sinceMs + (n === 0 ? 0 : DAY_MS)).slice(0, 10),
      ]),
    }),
    after: [at(3, 2 * DAY_MS, { ...writes, ...robot })],
    rule: 'autonomy-ladder',
  },
  {
    name: 'reached',
    before: Array.from({ length: 60 }, (_, n) => at(n, (n * DAY_MS) / 3, kind(n % 2))),
    earlier: ([ms, calls, effects, undecided, base, level, prints]: [...number[], string]) => ({
      since: timeOf(Number(ms)),
      ...{ calls, effects, undecided, base, kinds: { level, prints } },
    }),
    after: Array.from({ length: 20 }, (_, n) => at(90 + n, 30 * DAY_MS + n, kind(n))),
    rule: 'reach-growth',
  },
  {
    name: 'used',
    agent: { class: 'scheduled_job', grants: ['read:internal', 'delete:data'] },
    before: Array.from({ length: 29 }, (_, n) => at(n, n * DAY_MS)),
    earlier: ([ms, day, worked, used, allowed]: [number, ...unknown[]]) => ({
      since: timeOf(ms),
      ...{ day, worked, used, allowed },
    }),
    after: [at(40, 31 * DAY_MS)],
    rule: 'unused-grants',
  },
  {
    name: 'tasked',
    before: Array.from({ length: 12 }, (_, n) =>
      at(n, n, { credential: { uid: `token-${n}` }, task: { id: `task-${n >> 1}` } }),
    ),
    earlier: ([tokens]: [string]) =>
      Array.from({ length: tokens.length / 9 }, (_, n) => [
        shortPrint(`token-${n + 4}`),
        `task-${(n + 4) >> 1}`,
      ]),
    after: ['token-5', 'token-50'].map((uid, n) =>
      at(40 + n, 40, { credential: { uid }, task: { id: 'another' } }),
    ),
    rule: 'credential-many-tasks',
  },
];

describe('what is packed', () => {
  it.each(CASES)('is the same after an earlier version kept it: $name', (one) => {
    const { name, agent, policy, before, earlier, after, rule } = one;
    const told = [false, true].map((isEarlier) => {
      const registry = { version: 1, agents: [{ uid: 'reporter', class: 'autonomous', ...agent }] };
      const world = new ProfileWorld(registry, { version: 1, ...policy });
      world.feed(...before);
      const present = knownOf<never>(world.draft, event(1), name);
      expect(present).toBeDefined();
      if (isEarlier) keepKnown(world.draft, event(1), name, earlier(present as never));
      const alerts = world.feed(...after).filter(({ rule_id }) => rule_id === rule);
      return { alerts, kept: knownOf(world.draft, event(1), name) };
    });
    expect(told[0]?.alerts.length).toBeGreaterThan(0);
    expect(told[1]).toEqual(told[0]);
  });
});

/** A second draft in which an earlier version kept what is under this name. */
function drafts(
  before: (draft: MapDraft) => void,
  name: string,
  earlier: (present: never) => unknown,
): readonly [MapDraft, MapDraft] {
  const both = [new MapDraft(), new MapDraft()] as const;
  for (const draft of both) before(draft);
  const present = knownOf<never>(both[1], event(1), name);
  keepKnown(both[1], event(1), name, earlier(present as never));
  return both;
}
const keptOf = (draft: MapDraft) => [...draft.entries];

it('an agent is made of the same parts', () => {
  const shown = (n: number, of: string) =>
    at(n, n * HOUR_MS, {
      model: { name: of, provider: 'example' },
      tool: { name: `tool-${n % 2}`, server: 'crm', definition_hash: of },
    });
  const both = drafts(
    (draft) => {
      for (let n = 0; n < 25; n += 1) noteChanges(draft, shown(n, n < 22 ? 'm-1' : 'm-2'), 'v');
    },
    'composed',
    ([n, shownHour, models, versions, prompts, tools, providers, , tried]: string[][]) => ({
      ...{ n, shownHour, models, versions, prompts, providers, tried },
      tools: (tools ?? []).map((one) => [
        one.slice(0, 11),
        one.slice(15).match(/.{11}/g),
        fromDigits(one.slice(11, 15)),
      ]),
    }),
  );
  const told = both.map((draft) =>
    [shown(30, 'm-1'), shown(31, 'm-3'), shown(32, 'm-3')].map((one) =>
      noteChanges(draft, one, 'v'),
    ),
  );
  expect(told[0]?.flat()).toHaveLength(3);
  expect(told[1]).toEqual(told[0]);
  expect(keptOf(both[1])).toEqual(keptOf(both[0]));
});

it.each(['one text', 'a list', 'with names'])(
  'a token is known from where it was used first: %s',
  (form) => {
    const used = (n: number, token: number, ip: string) =>
      at(n, n * HOUR_MS, {
        credential: { uid: `token-${token}` },
        src: { ip, user_agent: 'curl/8' },
      });
    const both = drafts(
      (draft) => {
        for (let n = 0; n < 40; n += 1) placeSigns(draft, used(n, n >> 1, '10.1.1.7'), true);
      },
      'places',
      ([networks, clients, days, day, tokens]: never[]) => {
        const [holding, moves, kept, left] = tokens as unknown as readonly number[];
        const names = ['10.1.1', 'curl/8'];
        const uses = Array.from({ length: 16 }, (_, n) => {
          const first = (n + 4) * 2;
          const [ms, again] = [first, first + 1].map((hour) => epochMs(START) + hour * HOUR_MS);
          const marks = `D${toDigits(Math.floor((again ?? 0) / DAY_MS), 3)}`;
          const print = shortPrint(`token-${n + 4}`, form === 'with names' ? 11 : 8);
          return `${print}${toDigits(ms ?? 0, 7)}ABB${marks}7 ${shortUuid(testId(first))}`;
        });
        if (form === 'with names') {
          const earlier = { holding, moves, kept, left, keepsNetwork: true, names, uses };
          return [networks, clients, days, day, earlier];
        }
        const list = form === 'a list' ? uses : uses.join(' ');
        return [networks, clients, days, day, [holding, moves, kept, left, names, list]];
      },
    );
    const told = both.map((draft) => placeSigns(draft, used(50, 19, '192.0.2.9'), true));
    expect(told[0]).toMatchObject({ movedNetwork: true, before: { eventId: testId(38) } });
    expect(told[1]).toEqual(told[0]);
    for (const draft of both) placeSigns(draft, used(51, 60, '10.1.1.7'), true);
    expect(keptOf(both[1])).toEqual(keptOf(both[0]));
  },
);

describe('days and windows of volumes', () => {
  const day = 20_000;
  /** Ten seconds each. */
  const HEAD = day * 8640 + 177;
  const logs = [100, 200, 300];
  const packed = (days: readonly number[]) => days.map((log) => toDigits(log, 3)).join('');
  const declared = { guard: 7.5, declaredMs: 1_700_000_000_000 };
  const kept = { since: day - 3, last: day, dayMax: 9, logs: [400] };
  const days: DayMaxima = { since: day - 9, day, dayMax: 3, peak: 5, logs };

  it.each<[string, DayMaxima, readonly unknown[]]>([
    ['plain', days, [day - 9, day, 3, 5, 0, 0, packed(logs), '']],
    [
      'declared at no whole second',
      { ...days, declaredMs: 1_700_000_000_001 },
      [day - 9, day, 3, 5, 0, 1_700_000_000_001, packed(logs), ''],
    ],
    ['none', { ...days, logs: [], peak: 0 }, [day - 9, day, 3, 0, 0, 0, '', '']],
    [
      'first days that are others since',
      { ...days, ...declared, anchor: [100, 200, 301, 302] },
      [day - 9, day, 3, 5, 7.5, 1_700_000_000_000, packed(logs), packed([100, 200, 301, 302])],
    ],
    [
      'what alarmed',
      { ...days, anchor: [100, 200], kept },
      [
        ...[day - 9, day, 3, 5, 0, 0, packed(logs), packed([100, 200])],
        [day - 3, day, 9, packed([400])],
      ],
    ],
  ])('are the same: %s', (_, maxima, earlier) => {
    const now = JSON.parse(JSON.stringify(toStoredMaxima(maxima)));
    expect(fromStoredMaxima(now)).toEqual(maxima);
    expect(fromStoredMaxima(earlier as never)).toEqual(maxima);
    expect([now, earlier].map((one) => daysOf(one))).toEqual([
      maxima.logs.length,
      maxima.logs.length,
    ]);
    expect(bytesOf(now)).toBeLessThan(bytesOf(earlier));
  });

  it.each<[string, Partial<Windows>, LargestCall, readonly number[]]>([
    ['that days decide', {}, NO_CALLS, []],
    ['with something flagged', { tainted: true }, NO_CALLS, []],
    ['that are counted', { counts: { n: 3, mean: 2.5, m2: 1 }, most: 4 }, NO_CALLS, []],
    ['of which single calls are known', {}, { calls: 3, mean: 2.5, largest: 8 }, [3, 2.5, 8]],
    ['after a change', {}, { calls: 0, mean: 0, largest: 0, guard: 5 }, [0, 0, 0, 5]],
  ])('are the same: windows %s', (_, over, single, more) => {
    const windows: Windows = {
      ...{ window: { head: HEAD, parts: [1, 0, 2] }, late: undefined, fixedSum: 3, tainted: false },
      ...{ counts: { n: 0, mean: 0, m2: 0 }, most: 0, ...over },
    };
    const state = { windows, maxima: days, single };
    const { counts, most, tainted } = windows;
    const earlier = [
      ...[HEAD, [1, 0, 2], 3, tainted ? 1 : 0, counts.n, counts.mean, counts.m2, most],
      ...[[day - 9, day, 3, 5, 0, 0, packed(logs), ''], ...more],
    ];
    const now = JSON.parse(JSON.stringify(toStoredVolume(state, undefined, 60_000)));
    expect(readVolume(now, 60_000)).toEqual(state);
    expect(readVolume(earlier as never, 60_000)).toEqual(state);
    expect(storedDays(earlier as never)).toBe(storedDays(now));
    const late = { ...windows, late: { head: HEAD - 7, parts: [4] } };
    const told = JSON.parse(
      JSON.stringify(toStoredVolume({ ...state, windows: late }, undefined, 60_000)),
    );
    expect(readVolume(told, 60_000)).toEqual({ ...state, windows: late });
    // Days that stand are stored as they were, and those of an earlier version as they are now.
    for (const stored of [now, earlier as never]) {
      const read = readVolume(stored, 60_000);
      expect(read && toStoredVolume(read, { stored, state: read }, 60_000)).toEqual(now);
    }
  });

  it('of 1.81.0, whose times are since 1970, are the same, and shorter since', () => {
    const since = day - 9;
    for (const declaredMs of [since * DAY_MS + 15_304_000, since * DAY_MS, START_MS]) {
      const maxima = { ...days, declaredMs };
      const now = toStoredMaxima(maxima);
      const before = now.with(6, declaredMs / 1000) as never;
      expect([now, before].map(fromStoredMaxima)).toEqual([maxima, maxima]);
      expect(bytesOf(now)).toBeLessThanOrEqual(bytesOf(before));
      for (const head of [HEAD, HEAD - 9000, HEAD + 9000, HEAD + 5_000_000]) {
        const window = { head, parts: [1] };
        const windows = {
          late: undefined,
          fixedSum: 3,
          tainted: false,
          counts: NO_COUNTS,
          most: 0,
        };
        const state = { windows: { ...windows, window }, maxima, single: NO_CALLS };
        const stored = toStoredVolume(state, undefined, 60_000);
        const earlier = [before, head, ...stored.slice(2)] as never;
        expect(readVolume(stored, 60_000)).toEqual(state);
        expect(readVolume(earlier, 60_000)).toEqual(state);
      }
    }
    const short = toStoredMaxima({ ...days, declaredMs: since * DAY_MS + 15_304_000 });
    expect(short[6]).toBe(15_304);
  });
});

it('what a task has come to goes on', () => {
  const call = { score: 5, alarmed: false };
  const seen = [60, ...new Array<number>(23).fill(0)];
  const maxima = [20_000, 20_000, 0, 0, 0, 0, '', ''];
  const tasks = [
    [shortPrint('task-1', 6), 0.29, 2],
    [shortPrint('task-2', 6), 12.5, 3],
  ] as const;
  const told = [
    tasks,
    tasks
      .map(([id, bits, odd]) => id + toDigits(Math.round(bits * 100), 3) + toDigits(odd, 2))
      .join(''),
  ].map((kept) => {
    const draft = new MapDraft();
    keepKnown(draft, event(1), 'oddtask', [seen, kept, maxima]);
    return oddTaskWith(draft, event(1), call);
  });
  expect(told[0]?.odd).toBe(3);
  expect(told[1]).toEqual(told[0]);
});

it('who was heard of last is told as before', () => {
  const draft = new MapDraft();
  const put = (last: readonly string[], of: readonly unknown[]) =>
    draft.put('key', ['acme', 'reporter', last, ...of]);
  const notes = () => silenceNotes(heardAt(draft, 'key') as Heard, 'silenceBegun');
  const digits = '123451111';
  put(
    [testId(1), 'denied', 'asserted', digits, 'test', 'builder'],
    [START, ['tok-1', 'tok-22'], 1, 'v', 0, 'b'],
  );
  const told = notes();
  expect(told.map(({ value }) => value)[0]).toMatchObject({
    ...{ event_id: testId(1), event_time: START, outcome: 'denied' },
  });
  keepHeard(draft, 'key', heardAt(draft, 'key') as Heard);
  expect(notes()).toEqual(told);
  const stored = draft.get<readonly unknown[]>('key');
  // Of which credentials were proven earlier versions did not tell.
  const ends = ['1\u007f', '22\u007f'];
  expect([stored?.[3], stored?.[4], stored?.[11]]).toEqual([epochMs(START), ends, 'tok-']);
  const heard = heardAt(draft, 'key') as Heard;
  expect(heard.acts).toBeUndefined();
  const other = [testId(2), heard.last[1]] as const;
  for (const last of [heard.last, other]) {
    for (const tokens of [heard.tokens, []]) {
      const acts = {
        last,
        time: epochMs(START),
        ms: epochMs(START),
        withinMs: 60_000,
        silent: true,
      };
      keepHeard(draft, 'key', { ...heard, tokens, acts });
      expect(heardAt(draft, 'key')).toMatchObject({ tokens, acts });
    }
  }
});

it('signs that earlier versions kept weigh as much', () => {
  const one = at(1, 0);
  const draft = new MapDraft();
  const day = Math.floor(epochMs(START) / DAY_MS);
  const facets = [
    { facet: 'call_rate', points: 1, weight: 1, reasons: [], day: { probability: 1, score: 0 } },
  ];
  const rows = [
    [0, 0.5, 1, day, 0],
    [1, 0, 3.5, day - 4, 2],
    [2, 0.5, 0, 0, 0],
  ];
  keepKnown(draft, one, 'signs', [day, 0, rows]);
  const signs = signsWith(draft, one, facets);
  if (signs === undefined) throw new Error('They say something of days.');
  keepSigns(draft, one, signs);
  expect(knownOf(draft, one, 'signs')).toEqual([
    day,
    0,
    [
      [0, 0.5],
      [1, 0, 3.5, 4, 2],
      [2, 0.5, 0],
    ],
  ]);
  expect(signsWith(draft, one, facets)).toEqual(signs);
});

describe('leases of tasks', () => {
  const print = shortPrint('task-1', 10);
  const until = (ms: number) => ({
    task: { id: 'task-1', deadline: timeOf(START_MS + ms).replace('000000Z', 'Z') },
  });
  const key = agentKey(event(1), 'leases');
  const told = (row: readonly unknown[], begins: number, ends: number, ...more: AuditEvent[]) => {
    const world = new ProfileWorld({ version: 1, agents: [{ uid: 'reporter' }] });
    world.draft.put(key, [row]);
    const alerts = world.feed(at(1, begins, until(ends)), ...more);
    return alerts.filter(({ kind: of }) => of === 'task_overrun');
  };
  const earlier = (isOverrun: boolean) => [print, START_MS, -1, true, isOverrun];

  it('whose length earlier versions did not keep go on: who kept it has a next run, and no other', () => {
    expect(told(earlier(false), HOUR_MS, 9 * HOUR_MS)).toEqual([]);
    const next = at(2, 3 * HOUR_MS, until(4 * HOUR_MS));
    expect(told(earlier(true), HOUR_MS, 2 * HOUR_MS, next)).toMatchObject([{ severity: 'medium' }]);
    expect(told(earlier(true), 60_000, 2 * HOUR_MS)).toEqual([]);
    expect(told(earlier(false), HOUR_MS / 4, HOUR_MS / 8)).toHaveLength(1);
    expect(told([print, -1, START_MS, false, false], HOUR_MS, 2 * HOUR_MS)).toHaveLength(1);
  });

  it('take no more with their length', () => {
    const draft = new MapDraft();
    noteLease(draft, at(1, 0, until(8 * HOUR_MS)));
    expect(bytesOf(draft.get(key))).toBeLessThan(bytesOf([earlier(false)]));
  });
});

it('what names begin with alike is taken from several', () => {
  expect(commonBeginning(['run-1', 'run-22', 'run-2'])).toBe('run-');
  expect([['run-1'], [], ['a', 'b'], ['a', 'ab', '']].map(commonBeginning)).toEqual([
    '',
    '',
    '',
    '',
  ]);
  expect(commonBeginning(['ab', 'a'])).toBe('a');
});

it('hours of earlier versions are known by the ones that had any', () => {
  const monday = epochMs(START);
  const triple = 'UUH';
  const earlier = 'A'.repeat(9 * 3) + triple + 'A'.repeat((96 - 10) * 3);
  const hours = presentHours(earlier);
  expect(hours).toHaveLength(16 + 3);
  expect(presentHours(hours)).toBe(hours);
  const usual = (ms: number) => usualWithin({ hours, longest: 0 }, ms);
  expect(usual(monday)).toBe(Math.round(2 ** 5 - 1) * 60_000);
  expect([usual(monday + HOUR_MS), usual(monday - HOUR_MS)]).toEqual([0, 0]);
});
