/** What the facet keeps of an agent's pieces of work; the match itself is tested beside it. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { keepOddTask } from '../profile/odd-task.ts';
import { scoreCall } from '../profile/score-call.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { CHAINS_KEPT_MAX, instructionMatch } from './instruction-match.ts';

describe('what an agent read', () => {
  it('is kept for its latest pieces of work and no others', () => {
    const draft = new MapDraft();
    for (let n = 0; n < 3 * CHAINS_KEPT_MAX; n += 1) {
      const work = { chain_id: `chain-${n}` };
      instructionMatch.learn(draft, event(2 * n, work), true);
      instructionMatch.learn(draft, event(2 * n + 1, work), true);
    }
    const kept = [...draft.entries].filter(
      ([key, value]) => key.includes('|context|') && value !== undefined,
    );
    expect(kept).toHaveLength(CHAINS_KEPT_MAX);
    expect(kept.at(-1)?.[0]).toContain(`chain-${3 * CHAINS_KEPT_MAX - 1}`);
  });
});

describe('the alarm', () => {
  const stranger = 'id-of-a-stranger';
  const read = event(1, {
    tool: { name: 'read_page', action: 'read' },
    result: {
      passages: [{ kind: 'mention', actions: [], meta: [], tokens: ['ledger'], ids: [stranger] }],
      free_text_ids: [stranger],
    },
  });
  const send = (tokens: readonly string[] | undefined) =>
    event(2, {
      effect: 'send',
      tool: { name: 'send_email', action: 'send' },
      ...(tokens === undefined
        ? {}
        : {
            task: {
              id: 'task-1',
              purpose: { terms: ['read'], tokens: [...tokens], values: [], delegates: false },
            },
          }),
      args: {
        items: [{ path: 'to', class: 'atom', tokens: ['ledger'], ids: [stranger], id_like: true }],
      },
    });
  const alarmOf = (act: ReturnType<typeof send>) => {
    const draft = new MapDraft();
    instructionMatch.learn(draft, read, true);
    return instructionMatch.score(draft, act)?.alarm;
  };

  it('needs no wrapper and no known verb where it is known that something else was asked', () => {
    expect(alarmOf(send(['summary', 'week']))).toMatchObject({
      kind: 'hijack_suspected',
      basis: 'text',
    });
  });

  it('says what was expected, and the sum that is held against the limit', () => {
    const draft = new MapDraft();
    instructionMatch.learn(draft, read, true);
    const score = instructionMatch.score(draft, send(['summary', 'week']));
    const reasons = score?.reasons ?? [];
    expect(reasons.length).toBeGreaterThan(1);
    expect(new Set(reasons.map(({ level }) => level))).toEqual(new Set(['shipped']));
    for (const { expected, observed, threshold } of reasons) {
      expect(expected).toContain(`less than ${threshold} points in sum`);
      const sum = Number(/ (?:of|beside) (\d+\.\d\d)/.exec(observed ?? '')?.[1]);
      expect(sum).toBeGreaterThanOrEqual(threshold ?? Number.POSITIVE_INFINITY);
    }
    expect(score?.alarm?.summary).toContain('in a passage that names no action that is known');
    expect(reasons.map(({ text }) => text).join()).toContain('which names no action that is known');
  });

  it('needs more where the request is not known: it may have asked for just this', () => {
    expect(alarmOf(send(undefined))).toBeUndefined();
    expect(alarmOf(send([]))).toBeUndefined();
  });

  it('stays silent where the request names who it goes to', () => {
    expect(alarmOf(send(['ledger', stranger]))).toBeUndefined();
  });
});

describe('a file that is written where a text wants something added', () => {
  const link = 'id-of-a-link';
  const purpose = { terms: ['read', 'create'], tokens: ['notes'], values: [], delegates: false };
  const items = [{ path: 'content', class: 'phrase' as const, tokens: ['ledger'], ids: [link] }];
  const alarmOf = (effect: AuditEvent['effect'], meta: readonly string[]) => {
    const draft = new MapDraft();
    const wanted = { kind: 'imperative' as const, actions: ['append'], tokens: ['ledger', 'file'] };
    const passages = [{ ...wanted, meta: [...meta], ids: [link] }];
    const read = event(1, {
      tool: { name: 'read_page', action: 'read' },
      result: { passages, free_text_ids: [link] },
    });
    instructionMatch.learn(draft, read, true);
    const tool = { name: 'write_file', action: 'send' as const, object_tokens: ['file'] };
    const act = event(2, { effect, tool, task: { id: 'task-1', purpose }, args: { items } });
    return instructionMatch.score(draft, act)?.alarm?.kind;
  };

  it('is told where the text is marked as planted', () => {
    expect(alarmOf('create', ['override'])).toBe('hijack_suspected');
    expect(alarmOf('update', ['addresses_ai'])).toBe('hijack_suspected');
  });

  it('is a quotation of any other, and so is what is sent to somebody', () => {
    expect(alarmOf('create', [])).toBeUndefined();
    expect(alarmOf('send', [])).toBeUndefined();
    expect(alarmOf('send', ['override'])).toBeUndefined();
  });
});

it('ranks its points among what calls of the agent scored, once fifty did', () => {
  const draft = new MapDraft();
  const chances = (one: ReturnType<typeof event>) => instructionMatch.chances?.(draft, one) ?? [];
  for (let n = 0; n < 99; n += 1) {
    const one = event(n, { task: { id: `task-${n}` } });
    expect(chances(one)).toHaveLength(n < 50 ? 0 : 1);
    const { task } = scoreCall(draft, one);
    if (task !== undefined) keepOddTask(draft, task, false);
  }
  const read: Partial<AuditEvent> = {
    tool: { name: 'read_page', action: 'read' },
    result: {
      passages: [
        { kind: 'mention', actions: ['send'], meta: [], tokens: ['eve'], ids: ['id-eve'] },
      ],
      free_text_ids: ['id-eve'],
    },
  };
  const work = { task: { id: 'task-odd' }, chain_id: 'chain-odd' };
  instructionMatch.learn(draft, event(200, { ...work, ...read }), true);
  const obeying = event(201, {
    ...work,
    effect: 'send',
    tool: { name: 'send_email', action: 'send' },
    args: {
      items: [{ path: 'to', class: 'atom', tokens: ['eve'], ids: ['id-eve'], id_like: true }],
    },
  });
  expect(chances(event(202, work))[0]?.probability).toBe(1);
  expect(chances(obeying)[0]?.probability).toBeCloseTo(1 / 100);
});
