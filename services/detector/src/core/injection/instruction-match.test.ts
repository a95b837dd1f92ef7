/** The feature around the evidence: when it alarms, in which words, and what it stores; the evidence is tested beside it. */
import { type AuditEvent, shiftTime } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MapTransaction } from '../testing/map-draft.ts';
import { CHAINS_STORED_MAX, instructionMatch } from './instruction-match.ts';
import { evidenceModel } from './judge-hijack.ts';

const STRANGER = 'id-of-a-stranger';
type Wire = NonNullable<NonNullable<AuditEvent['result']>['passages']>[number];

const planted: Wire = {
  ...{ kind: 'imperative', mark: 0.98, actions: ['send'] },
  ...{ tokens: ['send', 'ledger'], ids: [STRANGER] },
};
const read = (passage: Partial<Wire> = {}, over: Partial<AuditEvent> = {}) =>
  event(1, {
    tool: { name: 'read_page' },
    result: { passages: [{ ...planted, ...passage }] },
    ...over,
  });
const purposeOf = (
  over: Partial<NonNullable<NonNullable<AuditEvent['task']>['purpose']>> = {},
) => ({
  ...{ terms: ['read'], tokens: ['summary', 'week'], values: [], delegates: false },
  text_hash: 'request',
  ...over,
});
const send = (purpose: ReturnType<typeof purposeOf> | undefined, over: Partial<AuditEvent> = {}) =>
  event(2, {
    effect: 'send',
    tool: { name: 'send_email' },
    task: { id: 'task-1', ...(purpose !== undefined && { purpose }) },
    args: {
      items: [{ path: 'to', class: 'atom', tokens: [STRANGER], ids: [STRANGER], id_like: true }],
    },
    ...over,
  });
function scoreOf(act: AuditEvent, reading = read()) {
  const transaction = new MapTransaction();
  instructionMatch.learn(transaction, reading, 'flagged');
  return instructionMatch.score(transaction, act);
}
const alarmOf = (act: AuditEvent, reading = read()) => scoreOf(act, reading)?.alarm;

describe('the alarm', () => {
  it('is high where planted text gives what decides the call, also of a request that is not known', () => {
    for (const purpose of [purposeOf(), purposeOf({ tokens: [] }), undefined]) {
      expect(alarmOf(send(purpose))).toMatchObject({
        ...{ kind: 'hijack_suspected', severity: 'high', claims: { basis: 'text' } },
        evidence: [{ role: 'read_instruction', eventId: read().event_id }],
      });
    }
  });

  it('is at most medium of text that bears no mark, and none of a request that is not known', () => {
    const plain = read({ mark: 0.1 });
    expect(alarmOf(send(purposeOf()), plain)).toMatchObject({ severity: 'medium' });
    expect(alarmOf(send(purposeOf({ tokens: [] })), plain)).toBeUndefined();
    expect(alarmOf(send(undefined), plain)).toBeUndefined();
  });

  it('is none where the request names who it goes to', () => {
    const asked = purposeOf({ terms: ['send'], tokens: ['ledger', STRANGER], values: [STRANGER] });
    expect(alarmOf(send(asked))).toBeUndefined();
  });

  it('is medium where what is sent stays inside the organisation', () => {
    const capabilities = [{ symbol: 'send:internal', basis: 'catalogue' as const }];
    expect(alarmOf(send(purposeOf(), { capabilities }))?.severity).toBe('medium');
  });

  it('says that it looked past arguments that were cut, after planted text', () => {
    const args = { values_truncated: true, items: [] };
    const asked = send(purposeOf({ terms: ['send'], tokens: ['ledger'] }), { args });
    const alarm = alarmOf(asked, read({ actions: ['pay'], tokens: ['pay', 'bill'] }));
    expect(alarm?.severity).toBe('medium');
    expect(alarm?.title).toContain('more than is kept');
    expect(alarm?.notVisible.join()).toContain('Arguments beyond the limit were not compared');
  });

  it('says what is not visible: the request, and text in a language that is not read', () => {
    const result = { passages: [planted], features: { unread_language: true } };
    const said = alarmOf(send(undefined), read({}, { result }))?.notVisible;
    expect(said).toEqual([
      expect.stringContaining('The request itself was not sent'),
      expect.stringContaining('in a language that is not read'),
    ]);
    expect(alarmOf(send(purposeOf()))?.notVisible).toEqual([]);
  });

  it('gives each reason with its value, its worth and the probability that is held against the limit', () => {
    const scored = scoreOf(send(purposeOf()));
    const { alarm } = scored ?? {};
    const reasons = scored?.reasons() ?? [];
    const { medium } = evidenceModel();
    expect(reasons.length).toBeGreaterThan(3);
    expect(reasons.map(({ feature }) => feature)).toContain('tied');
    for (const { level, expected, observed, threshold } of reasons) {
      expect([level, threshold]).toEqual(['shipped', medium]);
      expect(expected).toBe(`0; an alert comes from ${medium} in all`);
      const [, worth, sum] = /worth (-?\d+\.\d\d); (\d\.\d{3}) in all$/.exec(observed ?? '') ?? [];
      expect(Number(worth)).not.toBe(0);
      expect(Number(sum)).toBeGreaterThanOrEqual(medium);
    }
    expect(alarm?.summary).toContain('(to)');
    expect(alarm?.summary).toContain('reads as planted (98 %)');
  });
});

describe('text without a mark, in a workflow that is declared', () => {
  const DAY_MS = 86_400_000;
  const plain = read({ mark: 0.1, ids: [] });

  /** An agent that has worked in the workflow on so many days: each day it reads, and sends a mail. */
  function workedFor(days: number) {
    const transaction = new MapTransaction();
    const judge = (day: number, over: Partial<AuditEvent> = {}, reading = plain) => {
      const time = shiftTime(plain.event_time, day * DAY_MS);
      const work = { chain_id: `chain-${day}`, event_time: time, observed_time: time };
      const task = { id: `task-${day}`, workflow: 'desk', purpose: purposeOf() };
      instructionMatch.learn(transaction, { ...reading, ...work, task }, 'flagged');
      const act = send(purposeOf(), { ...work, ...over, task });
      const score = instructionMatch.score(transaction, act);
      return { act, score, severity: score?.alarm?.severity };
    };
    for (let day = 0; day < days; day += 1) {
      const { act, score } = judge(day);
      instructionMatch.learn(transaction, act, score?.isDoubtful ? 'flagged' : 'clear');
    }
    return judge;
  }
  const posts: Partial<AuditEvent> = { tool: { name: 'post_message' } };

  it('is learnt from on the first three days, and raises nothing', () => {
    expect(workedFor(0)(0).severity).toBeUndefined();
    expect(workedFor(2)(2, posts).severity).toBeUndefined();
  });

  it('is medium from then on, where the tool is not usual in the workflow', () => {
    const judge = workedFor(3);
    expect(judge(3, posts).severity).toBe('medium');
    expect(judge(3).severity).toBeUndefined();
  });

  it('is medium with a usual tool too, where the text gives what decides the call', () => {
    const other = 'id-of-another';
    const args = {
      items: [{ path: 'to', class: 'atom', tokens: [other], ids: [other], id_like: true }],
    };
    expect(workedFor(3)(3, { args }, read({ mark: 0.1, ids: [other] })).severity).toBe('medium');
  });

  it('hides no planted text: that is high on the first day, and with a usual tool', () => {
    expect(workedFor(0)(0, {}, read()).severity).toBe('high');
    expect(workedFor(9)(9, {}, read()).severity).toBe('high');
  });
});

describe('what an agent read', () => {
  it('in one task and obeyed in another within a day is told, and no later', () => {
    const actAfter = (hours: number) => {
      const time = shiftTime(read().event_time, hours * 3_600_000);
      const work = { chain_id: 'chain-other', task: { id: 'task-other', purpose: purposeOf() } };
      return send(purposeOf(), { ...work, event_time: time, observed_time: time });
    };
    expect(alarmOf(actAfter(23))).toMatchObject({
      severity: 'medium',
      evidence: [{ eventId: read().event_id }],
    });
    expect(alarmOf(actAfter(25))).toBeUndefined();
  });

  it('is kept for its latest pieces of work and no others', () => {
    const transaction = new MapTransaction();
    for (let n = 0; n < 3 * CHAINS_STORED_MAX; n += 1) {
      const work = { chain_id: `chain-${n}` };
      instructionMatch.learn(transaction, event(2 * n, work), 'flagged');
      instructionMatch.learn(transaction, event(2 * n + 1, work), 'flagged');
    }
    const retained = [...transaction.entries].filter(
      ([key, value]) => key.includes('|context|') && value !== undefined,
    );
    expect(retained).toHaveLength(CHAINS_STORED_MAX);
    expect(retained.at(-1)?.[0]).toContain(`chain-${3 * CHAINS_STORED_MAX - 1}`);
  });

  it.each(['tool_list', 'prompt_get', 'model_call'])(
    'in a %s may be obeyed, and is no act',
    (activity) => {
      const described = { tool: { name: 'calculator', passages: [planted] }, result: undefined };
      const listed = read({}, { activity, ...described });
      expect(scoreOf(listed)).toBeNull();
      expect(alarmOf(send(purposeOf()), listed)?.severity).toBe('high');
    },
  );
});

it('whom it often wrote to ties no call to text that names them; what was flagged, denied or failed teaches nothing', () => {
  const severityAfter = (flagged: boolean, outcome: AuditEvent['outcome']) => {
    const transaction = new MapTransaction();
    for (let n = 10; n < 20; n += 1) {
      const work = { chain_id: `chain-${n}`, task: { id: `task-${n}` }, outcome };
      const usual = { ...send(undefined, work), event_id: event(n).event_id };
      instructionMatch.learn(
        transaction,
        { ...usual, args: { ...usual.args, hash: `h-${n}` } },
        flagged ? 'flagged' : 'clear',
      );
    }
    instructionMatch.learn(transaction, read({ mark: 0.9 }), 'flagged');
    return instructionMatch.score(transaction, send(purposeOf()))?.alarm?.severity;
  };
  expect(severityAfter(false, 'success')).toBe('medium');
  expect(severityAfter(true, 'success')).toBe('high');
  expect(severityAfter(false, 'denied')).toBe('high');
  expect(severityAfter(false, 'tool_error')).toBe('high');
});

it('a hijack is none the less one where the agent was hijacked on every day before', () => {
  const transaction = new MapTransaction();
  for (let day = 0; day < 30; day += 1) {
    const at = (of: AuditEvent): AuditEvent => {
      const time = shiftTime(of.event_time, day * 86_400_000);
      const event_id = event(100 * day + (of.source.seq ?? 0)).event_id;
      return { ...of, event_id, event_time: time, observed_time: time, chain_id: `chain-${day}` };
    };
    instructionMatch.learn(transaction, at(read()), 'flagged');
    const act = at(send(purposeOf()));
    expect(instructionMatch.score(transaction, act)?.alarm?.severity).toBe('high');
    instructionMatch.learn(transaction, act, 'flagged');
  }
});
