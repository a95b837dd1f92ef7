import { epochMs, formatLogTime, type TriageChange } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { buildAct, buildAlert, uuidOf } from '../../testing/triage-builders.ts';
import { slaOf, slaSettings, slaTargets, slaView } from './sla.ts';
import { TriageBoard } from './triage-board.ts';

const RAISED = '2026-11-24T09:00:00Z';
const at = (minutes: number) => epochMs(RAISED) + minutes * 60_000;
const isoAt = (minutes: number) => formatLogTime({ ms: at(minutes), ns: 0 });

/** A high alert: an hour until it is touched, a day until it is closed. */
function entryAfter(...acts: readonly (readonly [number, TriageChange])[]) {
  const board = new TriageBoard();
  board.takeAlert(buildAlert({ first_detected_at: RAISED }), { partition: 0, offset: 0 });
  for (const [n, [minutes, change]] of acts.entries()) {
    board.takeAct(buildAct({ act_id: uuidOf(6_000 + n), at: isoAt(minutes), change }));
  }
  const entry = board.entry(uuidOf(1));
  if (entry === undefined) throw new Error('It was taken.');
  return { board, entry };
}

const stateAt = (entry: ReturnType<typeof entryAfter>['entry'], minutes: number) =>
  slaView(slaOf(entry, slaTargets(), at(minutes)));
const taken: TriageChange = { state: 'in_progress', assignee: 'ana' };
const closed: TriageChange = { state: 'closed', classification: 'true_positive' };

describe('clocks of an alert', () => {
  it('run from when it is raised, warn in their last quarter, and are breached after', () => {
    const { entry } = entryAfter();
    expect(stateAt(entry, 44)).toMatchObject({ state: 'ok', next: 'touch', due: isoAt(60) });
    expect(stateAt(entry, 46)).toMatchObject({ state: 'at_risk' });
    expect(stateAt(entry, 61)).toMatchObject({ state: 'breached' });
  });

  it('stop at the first touch and at the close, and a late one stays breached', () => {
    const inTime = entryAfter([30, taken], [40, { note: 'looking' }], [600, closed]).entry;
    expect(stateAt(inTime, 100_000)).toMatchObject({
      ...{ state: 'ok', next: null, due: null, touched_at: isoAt(30), closed_at: isoAt(600) },
    });
    const late = entryAfter([90, taken]).entry;
    expect(stateAt(late, 91)).toMatchObject({ state: 'breached', next: 'close' });
  });

  it('begin anew where new evidence opens it again', () => {
    const { board } = entryAfter([10, closed]);
    const raisedAgain = { revision: 2, count: 9, detected_at: isoAt(3_000) };
    const again = buildAlert({ ...raisedAgain, first_detected_at: RAISED });
    board.takeAlert(again, { partition: 0, offset: 1 });
    const entry = board.entry(uuidOf(1))!;
    expect(stateAt(entry, 3_001)).toMatchObject({ state: 'ok', due: isoAt(3_060) });
    expect(stateAt(entry, 3_061)).toMatchObject({ state: 'breached', touched_at: null });
  });

  it('run on through further evidence, and from when somebody takes it again', () => {
    const { board } = entryAfter([10, closed]);
    for (const [n, minutes] of [3_000, 3_050].entries()) {
      const more = { revision: 2 + n, count: 9 + n, detected_at: isoAt(minutes) };
      board.takeAlert(buildAlert({ ...more, first_detected_at: RAISED }), {
        ...{ partition: 0, offset: 1 + n },
      });
    }
    expect(stateAt(board.entry(uuidOf(1))!, 3_061)).toMatchObject({ state: 'breached' });
    board.takeAct(buildAct({ act_id: uuidOf(6_100), at: isoAt(3_070), change: taken }));
    expect(stateAt(board.entry(uuidOf(1))!, 3_071)).toMatchObject({
      ...{ state: 'ok', next: 'close', due: isoAt(3_070 + 1_440) },
    });
  });

  it('are of no hygiene finding, and of no severity that has none', () => {
    const board = new TriageBoard();
    board.takeAlert(buildAlert({ hygiene: true }), { partition: 0, offset: 0 });
    expect(slaOf(board.entry(uuidOf(1))!, slaTargets(), at(99_999))).toBe(null);
    const none = slaTargets(slaSettings.parse({ high: null }));
    expect(slaOf(entryAfter().entry, none, at(99_999))).toBe(null);
    expect(slaTargets(slaSettings.parse({ low: { touch: '1d', close: '2d' } })).low).toEqual({
      touchMs: 86_400_000,
      closeMs: 172_800_000,
    });
  });
});
