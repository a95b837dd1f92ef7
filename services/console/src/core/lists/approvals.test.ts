import type { Decision } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { pausedDecisions, pendingActs } from './approvals.ts';

const AT = '2026-11-24T09:00:00Z';
const NOW_MS = Date.parse('2026-11-24T09:05:00Z');

const decision = (fields: Partial<Decision>): Decision =>
  ({
    ...{ decision_id: 'd', tenant_id: 'acme', alert_ids: ['a'], alert_revision: 1, agent_uid: 'x' },
    ...{ rule_id: 'r', mode: 'enforce', would_be_command: null, withheld_reason: null, seq: 1 },
    ...{ policy_version: 'p', decided_at: AT, prev_hash: '0', hash: '1', ...fields },
  }) as Decision;

const act = (by: readonly string[], signed: object = { act: 'pause' }): Decision['act'] => ({
  ...{ act_id: 'i', act: 'pause', by: [...by], reason: 'because' },
  signed: { text: JSON.stringify(signed), signature: '', key: {}, key_print: '' },
});

describe('what a guard held back', () => {
  it('is listed when people may overrule every reason, the newest of an alert and rule', () => {
    const inHand = pausedDecisions([
      decision({ decision_id: '1', seq: 1, withheld_reason: 'blackout' }),
      decision({ decision_id: '2', seq: 2, withheld_reason: 'budget_exceeded' }),
      decision({ decision_id: '3', seq: 3, alert_ids: ['b'], withheld_reason: 'never_revoke' }),
      decision({
        decision_id: '4',
        seq: 4,
        alert_ids: ['c'],
        mode: 'shadow',
        withheld_reason: 'blackout',
      }),
      decision({
        ...{ decision_id: '5', seq: 5, alert_ids: ['e'], withheld_reason: 'blackout' },
        withheld_reasons: ['blackout', 'target_incomplete'],
      }),
    ]);
    expect(inHand.map((one) => one.decision_id)).toEqual(['2']);
  });

  it('is gone once somebody approved it, and stays while a second one is needed', () => {
    const waiting = decision({ seq: 1, withheld_reason: 'bystanders_affected' });
    const approval = { ...act(['ana']), act: 'approve' } as Decision['act'];
    const first = decision({
      seq: 2,
      rule_id: 'operator/approve',
      act: approval,
      withheld_reason: 'second_person_needed',
    });
    expect(pausedDecisions([waiting, first])).toHaveLength(1);
    expect(
      pausedDecisions([waiting, decision({ seq: 3, rule_id: 'operator/approve', act: approval })]),
    ).toEqual([]);
  });
});

it('what was declined is listed no longer, nor a first approval of it, until it is asked anew', () => {
  const of = { act: 'approve', decision_id: '1' };
  const asked = (seq: number) =>
    decision({ decision_id: `${seq}`, seq, withheld_reason: 'bystanders_affected' });
  const first = decision({
    ...{ seq: 2, rule_id: 'operator/approve', withheld_reason: 'second_person_needed' },
    act: { ...act(['ana'], of), act: 'approve' } as Decision['act'],
  });
  const declined = decision({
    ...{ seq: 3, rule_id: 'operator/decline' },
    act: { ...act(['ben'], { ...of, act: 'decline' }), act: 'decline' } as Decision['act'],
  });
  expect(pendingActs([asked(1), first], NOW_MS)).toHaveLength(1);
  expect(pendingActs([asked(1), first, declined], NOW_MS)).toEqual([]);
  expect(pausedDecisions([asked(1), first, declined])).toEqual([]);
  expect(pausedDecisions([asked(1), first, declined, asked(4)])).toHaveLength(1);
  const late = { ...declined, withheld_reason: 'nothing_to_approve' };
  expect(pausedDecisions([asked(1), asked(2), late])).toHaveLength(1);
  const other = decision({ ...asked(2), alert_ids: ['b'] });
  expect(pausedDecisions([asked(1), other, declined]).map((one) => one.alert_id)).toEqual(['b']);
});

describe('what two alerts ask for alike', () => {
  const command = {
    action: 'revoke_token',
    target: { level: 'task', tenant_id: 'acme', agent_uid: 'x', task_id: 't' },
  } as unknown as NonNullable<Decision['would_be_command']>;
  const asking = (seq: number, alert: string) =>
    decision({
      ...{ decision_id: `d-${seq}`, seq, alert_ids: [alert], would_be_command: command },
      withheld_reason: 'budget_exceeded',
    });

  it('of another rule on the same alert stays when one is approved', () => {
    const one = asking(1, 'a');
    const action = { ...one.would_be_command, action: 'disable_agent' };
    const other = { ...one, decision_id: 'other', rule_id: 'other', would_be_command: action };
    const approval = decision({
      ...{ decision_id: 'o', seq: 3, alert_ids: ['a'], rule_id: 'operator/approve' },
      act: { ...act(['ana'], { act: 'approve', decision_id: 'd-1' }), act: 'approve' } as never,
    });
    const left = pausedDecisions([one, other as Decision, approval]);
    expect(left.map(({ decision_id: id }) => id)).toEqual(['other']);
  });

  it('is listed once, gone with one approval, and listed again when it is asked for later', () => {
    const both = [asking(1, 'a'), asking(2, 'b')];
    expect(pausedDecisions(both).map((one) => one.decision_id)).toEqual(['d-2']);
    const approved = act(['ana'], { act: 'approve', decision_id: 'd-2' });
    const approval = decision({
      ...{ decision_id: 'o', seq: 3, alert_ids: ['b'], rule_id: 'operator/approve' },
      act: { ...approved, act: 'approve' } as Decision['act'],
    });
    expect(pausedDecisions([...both, approval])).toEqual([]);
    const later = pausedDecisions([...both, approval, asking(4, 'c')]);
    expect(later.map((one) => one.decision_id)).toEqual(['d-4']);
  });
});

describe('an act of one person', () => {
  const first = decision({
    rule_id: 'operator/pause',
    act: act(['ana']),
    withheld_reason: 'second_person_needed',
  });

  it('waits for a second one for fifteen minutes, with what to give', () => {
    expect(pendingActs([first], NOW_MS)).toMatchObject([{ by: ['ana'], again: { act: 'pause' } }]);
    expect(pendingActs([first], NOW_MS + 11 * 60_000)).toEqual([]);
  });

  it('waits no longer once somebody agreed', () => {
    const both = decision({ seq: 2, rule_id: 'operator/pause', act: act(['ana', 'bo']) });
    expect(pendingActs([first, both], NOW_MS)).toEqual([]);
  });

  it('whose signed text can’t be read is not offered for agreement', () => {
    const broken = {
      ...first,
      act: { ...first.act!, signed: { ...first.act!.signed!, text: '{' } },
    };
    expect(pendingActs([broken], NOW_MS)).toEqual([]);
  });
});
