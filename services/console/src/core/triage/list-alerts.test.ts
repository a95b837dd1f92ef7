import type { Alert } from '@waywarden/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAct, buildAlert, uuidOf } from '../../testing/triage-builders.ts';
import { type AlertQuery, alertFilter, alertQuery, SORTS } from './alert-query.ts';
import { cursorKey, cursorText, type ListRequest, listAlerts } from './list-alerts.ts';
import { slaOf, slaTargets } from './sla.ts';
import { TriageBoard } from './triage-board.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');
const OWNERS = new Map([['spiffe://acme/agent/mail-1', 'support@acme']]);

function boardOf(alerts: readonly Partial<Alert>[]): TriageBoard {
  const board = new TriageBoard();
  for (const [n, fields] of alerts.entries()) {
    board.takeAlert(buildAlert({ alert_id: uuidOf(n + 1), ...fields }), {
      partition: 0,
      offset: n,
    });
  }
  return board;
}

function ask(board: TriageBoard, query: Record<string, string> = {}, after?: ListRequest['after']) {
  const parsed: AlertQuery = alertQuery.parse(query);
  const defaults = { state: 'open', hygiene: 'exclude' } as const;
  return listAlerts(board.entries(), {
    filter: alertFilter(parsed, { nowMs: NOW_MS, me: 'ana', defaults }),
    sort: parsed.sort ?? 'severity',
    group: parsed.group ?? 'none',
    limit: parsed.limit ?? 50,
    after,
    ownerOf: (agent) => OWNERS.get(agent),
    slaOf: (entry) => slaOf(entry, slaTargets(), NOW_MS),
  });
}

const idsOf = (list: ReturnType<typeof ask>) => list.groups.map(({ lead }) => lead.row.id);

describe('a list of alerts', () => {
  it('knows which are past due, and sorts by what runs out next', () => {
    const board = boardOf([
      { severity: 'low', first_detected_at: '2026-11-24T09:00:00Z' },
      { severity: 'critical', first_detected_at: '2026-11-24T11:48:00Z' },
      { severity: 'high', first_detected_at: '2026-11-24T09:00:00Z' },
      { severity: 'info' },
    ]);
    expect(idsOf(ask(board, { sla: 'breached' }))).toEqual([uuidOf(3)]);
    expect(idsOf(ask(board, { sla: 'at_risk,none' }))).toEqual([uuidOf(2), uuidOf(4)]);
    expect(idsOf(ask(board, { sort: 'due' }))).toEqual([3, 2, 1, 4].map(uuidOf));
    expect(() => alertQuery.parse({ sla: 'late' })).toThrow();
  });

  it('is the gravest first, without what is closed, withdrawn, suppressed or hygiene', () => {
    const board = boardOf([
      { severity: 'low' },
      { severity: 'critical' },
      { state: 'withdrawn' },
      { hygiene: true },
      {},
    ]);
    const close = { state: 'closed', classification: 'duplicate' } as const;
    const seen = {
      alert_id: uuidOf(5),
      revision: 1,
      count: 1,
      severity: 'high',
      last_event_time: '2026-11-24T09:00:00Z',
    } as const;
    board.takeAct(buildAct({ change: close, alerts: [seen] }));
    expect(idsOf(ask(board))).toEqual([uuidOf(2), uuidOf(1)]);
    expect(ask(board, { state: 'all', hygiene: 'include' }).total).toBe(5);
    expect(idsOf(ask(board, { state: 'closed', classification: 'duplicate' }))).toEqual([
      uuidOf(5),
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ['severity', { severity: 'critical,high' }],
    ['kind', { kind: 'class_drift' }],
    ['rule', { rule: 'drift' }],
    ['agent', { agent: 'a2' }],
    ['workflow', { workflow: 'billing' }],
    ['tool', { tool: 'erp/pay' }],
    ['tag', { tag: 'q4' }],
    ['assignee', { assignee: 'me' }],
    ['a word of the title', { q: 'DRIFTED' }],
    ['a word of a note', { q: 'chg-1234' }],
    ['two words in any order', { q: 'agent2 drifted' }],
    ['time', { from: '1h' }],
  ])('filters by %s', (_, query) => {
    const board = boardOf([
      { severity: 'low', last_event_time: '2026-11-24T09:00:00Z' },
      {
        ...{ severity: 'high', kind: 'class_drift', rule_id: 'drift', title: 'agent2 drifted' },
        ...{ subject: { agent_uid: 'a2' }, last_event_time: '2026-11-24T11:30:00Z' },
      },
    ]);
    board.takeWork(uuidOf(2), { workflow: 'billing', tools: ['erp/pay'] });
    const seen = {
      alert_id: uuidOf(2),
      revision: 1,
      count: 1,
      severity: 'high',
      last_event_time: '2026-11-24T09:00:00Z',
    } as const;
    const change = { assignee: 'ana', tags_add: ['q4'], note: 'see CHG-1234' };
    board.takeAct(buildAct({ alerts: [seen], change }));
    expect(idsOf(ask(board, query))).toEqual([uuidOf(2)]);
  });

  it('filters by owner, and by nobody’s', () => {
    const board = boardOf([{}, { subject: { agent_uid: 'stranger' } }]);
    expect(idsOf(ask(board, { owner: 'support@acme' }))).toEqual([uuidOf(1)]);
    expect(ask(board, { assignee: 'none' }).total).toBe(2);
  });

  it('180 equal hijacks of 180 agents are one row, and an incident is one', () => {
    const board = boardOf(
      Array.from({ length: 180 }, (_, n) => ({
        title: `mail-${n} obeyed text in mail ${n * 17} instead of its task`,
        subject: { agent_uid: `spiffe://acme/agent/mail-${n}` },
        incident_id: uuidOf(1000 + (n % 3)),
      })),
    );
    const campaigns = ask(board, { group: 'campaign' });
    expect(campaigns).toMatchObject({ rows: 1, total: 180 });
    expect(campaigns.groups[0]).toMatchObject({ count: 180 });
    expect(ask(board, { group: 'incident' }).rows).toBe(3);
  });

  it('pages by cursor give each alert once, whatever is asked and whatever comes meanwhile', () => {
    const anyAlert = fc.record({
      severity: fc.constantFrom('low', 'high', 'critical' as const),
      count: fc.integer({ min: 1, max: 3 }),
      last_event_time: fc.constantFrom('2026-11-24T09:00:00Z', '2026-11-24T10:00:00Z'),
    });
    fc.assert(
      fc.property(
        fc.array(anyAlert, { maxLength: 40 }),
        fc.constantFrom(...SORTS),
        fc.integer({ min: 1, max: 7 }),
        (alerts, sort, limit) => {
          const board = boardOf(alerts as readonly Partial<Alert>[]);
          const seen: string[] = [];
          let after: ListRequest['after'];
          do {
            const page = ask(board, { sort, limit: String(limit) }, after);
            seen.push(...idsOf(page));
            after = page.next === undefined ? undefined : cursorKey(cursorText(page.next));
          } while (after !== undefined);
          expect(seen).toHaveLength(alerts.length);
          expect(new Set(seen).size).toBe(alerts.length);
          expect(seen).toEqual(idsOf(ask(board, { sort, limit: '200' })));
        },
      ),
    );
  });

  it('counts what fits, by value', () => {
    const board = boardOf([{ severity: 'low' }, { severity: 'low' }, { severity: 'high' }]);
    expect(ask(board).breakdown.severity).toEqual([
      ['low', 2],
      ['high', 1],
    ]);
  });
});

describe('a query', () => {
  it.each([
    [{ bogus: '1' }, 'bogus'],
    [{ severity: 'grave' }, '"grave" is none of info, low, medium, high, critical'],
    [{ from: 'yesterday' }, 'an age such as 24h'],
    [{ limit: '0' }, '>=1'],
    [{ state: 'done' }, '"done" is none of'],
  ])('that nobody understands is refused with what is known: %j', (query, said) => {
    expect(JSON.stringify(alertQuery.safeParse(query).error?.issues)).toContain(
      JSON.stringify(said).slice(1, -1),
    );
  });

  it('a cursor that was made up is none', () => {
    for (const text of ['', 'x', '1~2', '1~2~', 'a~b~c', '1~2~c~d', '1e99999~0~x', 'NaN~0~x']) {
      expect(cursorKey(text)).toBeUndefined();
    }
  });
});
