import type { Alert, TriageAct } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { buildAct, buildAlert, uuidOf } from '../../testing/triage-builders.ts';
import { NOTES_MAX } from './alert-triage.ts';
import { TriageBoard } from './triage-board.ts';

const PLACE = { partition: 0, offset: 0 };
const ID = uuidOf(1);
const CLOSE: TriageAct['change'] = { state: 'closed', classification: 'false_positive' };

function boardOf(...steps: readonly (ReturnType<typeof buildAlert> | TriageAct)[]): TriageBoard {
  const board = new TriageBoard();
  for (const step of steps) {
    if ('act_id' in step) board.takeAct(step);
    else board.takeAlert(step, PLACE);
  }
  return board;
}

describe('the life cycle of an alert', () => {
  it('goes from new through in progress to closed, each step with its author', () => {
    const board = boardOf(
      buildAlert(),
      buildAct({ act_id: uuidOf(1), change: { state: 'in_progress', assignee: 'ana' } }),
      buildAct({ act_id: uuidOf(2), by: 'bo', reason: 'month-end run', change: CLOSE }),
    );
    const entry = board.entry(ID);
    expect(entry?.state).toBe('closed');
    expect(entry?.triage.assignee).toBe('ana');
    expect(entry?.triage.closed).toMatchObject({ by: 'bo', classification: 'false_positive' });
    expect(entry?.triage.history.map(({ by, what }) => [by, ...what])).toEqual([
      ['ana', 'set to in progress', 'assigned to ana'],
      ['bo', 'closed as false positive'],
    ]);
  });

  it('a closed alert stays closed when it is told anew without more evidence', () => {
    const board = boardOf(buildAlert(), buildAct({ change: CLOSE }), buildAlert({ revision: 2 }));
    expect(board.entry(ID)).toMatchObject({ state: 'closed', reopened: false });
  });

  it.each([
    ['more of the same', { count: 2 }],
    ['graver', { severity: 'critical' }],
    ['a later call', { last_event_time: '2026-11-24T09:30:00Z' }],
  ] as const)('a closed alert is new again when there is %s', (_, grown) => {
    const board = boardOf(
      buildAlert(),
      buildAct({ change: CLOSE }),
      buildAlert({ revision: 2, ...grown }),
    );
    expect(board.entry(ID)).toMatchObject({ state: 'new', reopened: true });
  });

  it('the order in which alerts and acts are read changes nothing', () => {
    const steps = [
      buildAlert(),
      buildAct({ change: CLOSE }),
      buildAlert({ revision: 2, count: 9 }),
    ];
    const seen = [
      [0, 1, 2],
      [1, 0, 2],
      [1, 2, 0],
      [2, 1, 0],
    ].map((order) => {
      const { state, reopened, triage } = boardOf(...order.map((at) => steps[at]!)).entry(ID)!;
      return { state, reopened, triage };
    });
    for (const one of seen) expect(one).toEqual(seen[0]);
  });

  it('an act that is delivered twice counts once', () => {
    const act = buildAct({ change: { note: 'seen' } });
    expect(boardOf(buildAlert(), act, act).entry(ID)?.triage.notes).toHaveLength(1);
  });

  it('reopening by hand undoes the close, and closing without a classification closes nothing', () => {
    const closed = boardOf(
      buildAlert(),
      buildAct({ act_id: uuidOf(1), change: CLOSE }),
      buildAct({ act_id: uuidOf(2), change: { state: 'new' } }),
    );
    expect(closed.entry(ID)).toMatchObject({ state: 'new', triage: { closed: null } });
    const half = boardOf(buildAlert(), buildAct({ change: { state: 'closed' } }));
    expect(half.entry(ID)?.state).toBe('new');
  });

  it('what the detector withdrew is withdrawn, whatever people did before', () => {
    const act = buildAct({ change: { state: 'in_progress' } });
    const board = boardOf(buildAlert(), act, buildAlert({ revision: 2, state: 'withdrawn' }));
    expect(board.entry(ID)?.state).toBe('withdrawn');
  });

  it('notes of one alert are bounded', () => {
    const board = boardOf(buildAlert());
    for (let n = 0; n < NOTES_MAX + 5; n++) {
      board.takeAct(buildAct({ act_id: uuidOf(n + 1), change: { note: `note ${n}` } }));
    }
    expect(board.entry(ID)?.triage.notes).toHaveLength(NOTES_MAX);
  });
});

describe('a suppression', () => {
  const scope = { kind: 'hijack_suspected', agent_uid: 'spiffe://acme/agent/mail-1' };
  const suppress = buildAct({
    ...{ act: 'suppress', suppression_id: uuidOf(70), scope, at: '2026-11-24T08:00:00Z' },
    expires: '2026-11-25T08:00:00Z',
  });

  it('hides what is raised while it is in force, and nothing before or after', () => {
    const board = boardOf(suppress);
    const times = ['2026-11-24T07:59:59Z', '2026-11-24T09:00:00Z', '2026-11-25T08:00:00Z'];
    for (const [at, detected_at] of times.entries()) {
      board.takeAlert(buildAlert({ alert_id: uuidOf(at + 1), detected_at }), PLACE);
    }
    expect([1, 2, 3].map((n) => board.entry(uuidOf(n))?.state)).toEqual([
      'new',
      'suppressed',
      'new',
    ]);
  });

  it('hides nothing from who has taken it', () => {
    const taken = buildAct({ change: { state: 'in_progress', assignee: 'ana' } });
    const board = boardOf(buildAlert({ detected_at: '2026-11-24T07:00:00Z' }), taken, suppress);
    board.takeAlert(buildAlert({ revision: 2, detected_at: '2026-11-24T09:00:00Z' }), PLACE);
    expect(board.entry(uuidOf(1))?.state).toBe('in_progress');
  });

  it('ends when somebody ends it: what is raised then shows', () => {
    const end = buildAct({
      ...{ act_id: uuidOf(8), act: 'unsuppress', suppression_id: uuidOf(70) },
      at: '2026-11-24T08:30:00Z',
    });
    const board = boardOf(suppress, buildAlert({ detected_at: '2026-11-24T09:00:00Z' }), end);
    expect(board.entry(ID)?.state).toBe('new');
    expect(board.suppressions()[0]).toMatchObject({ endedBy: 'ana' });
  });

  it('gives back what grows graver than it was when it was suppressed, in whichever order it is read', () => {
    const at = (n: number) => `2026-11-24T0${n}:30:00Z`;
    const raised = (revision: number, severity: Alert['severity'], hour: number) =>
      buildAlert({ revision, severity, detected_at: at(hour) });
    const grown = [raised(1, 'medium', 8), raised(2, 'critical', 9)] as const;
    for (const steps of [
      [suppress, ...grown],
      [grown[0], suppress, grown[1]],
      [...grown, suppress],
    ])
      expect(boardOf(...steps).entry(ID)?.state).toBe('new');
    const before = boardOf(raised(1, 'medium', 7), suppress, raised(2, 'high', 9));
    expect(before.entry(ID)?.state).toBe('new');
    const same = boardOf(raised(1, 'high', 7), suppress, raised(2, 'high', 8));
    expect(same.entry(ID)?.state).toBe('suppressed');
    const milder = boardOf(suppress, raised(1, 'high', 8), raised(2, 'medium', 9));
    expect(milder.entry(ID)?.state).toBe('suppressed');
  });

  it('shows what may have grown graver since: its first revision is gone', () => {
    const later = buildAlert({
      ...{ revision: 2, severity: 'high' },
      first_detected_at: '2026-11-24T08:10:00Z',
      detected_at: '2026-11-24T09:30:00Z',
    });
    expect(boardOf(suppress, later).entry(ID)?.state).toBe('new');
  });

  it('never hides what is critical, that a containment leaks, or that telemetry is missing', () => {
    const critical = boardOf(suppress, buildAlert({ severity: 'critical' }));
    expect(critical.entry(ID)?.state).toBe('new');
    const wide = { ...suppress, scope: { rule_id: 'hijack', agent_uid: scope.agent_uid } };
    const board = boardOf(wide, buildAlert({ kind: 'containment_leak' }));
    expect(board.entry(ID)?.state).toBe('new');
  });
});

describe('the board', () => {
  it('drops the oldest that nobody has to look at first, and counts them', () => {
    const board = new TriageBoard(10);
    board.takeAct(buildAct({ change: CLOSE }));
    for (let n = 1; n <= 12; n++) {
      const detected_at = `2026-11-24T09:00:${String(n).padStart(2, '0')}Z`;
      board.takeAlert(buildAlert({ alert_id: uuidOf(n), detected_at }), PLACE);
    }
    expect(board.size).toBe(10);
    expect(board.left).toBe(2);
    expect([1, 2, 3].map((n) => board.entry(uuidOf(n)) !== undefined)).toEqual([
      false,
      false,
      true,
    ]);
  });
});
