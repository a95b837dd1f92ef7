import type { Alert, Registry } from '@waywarden/schemas';
import { registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { buildAct, buildAlert, uuidOf } from '../../testing/triage-builders.ts';
import { TriageBoard } from './triage-board.ts';
import {
  effectOf,
  exceededOf,
  isTuned,
  measuredOf,
  narrowScope,
  ruleChangeProblem,
  withApproval,
  withoutEntry,
  withProfile,
} from './tuning.ts';

const AGENT = 'spiffe://acme/agent/mail-1';
const reasons = (observed: string): Alert['reasons'] => [
  { feature: 'rule', text: 'outside', observed },
];
const registry: Registry = registrySchema.parse({
  version: 1,
  agents: [{ uid: AGENT, class: 'assistive', profile: { tools: ['mail/send'] } }],
  workflows: [{ name: 'month-end' }],
});
const approval = {
  ...{ combination: 'payment-release', by: 'ana', reason: 'month-end' },
  ...{ from: '2026-11-24', expires: '2027-02-22' },
};

function boardOf(classifications: readonly (string | undefined)[]): TriageBoard {
  const board = new TriageBoard();
  for (const [n, classification] of classifications.entries()) {
    const alert_id = uuidOf(n + 1);
    board.takeAlert(buildAlert({ alert_id }), { partition: 0, offset: n });
    if (classification === undefined) continue;
    const change = { state: 'closed', classification } as never;
    board.takeAct(
      buildAct({
        act_id: uuidOf(6_000 + n),
        alerts: [{ ...buildAct().alerts![0]!, alert_id }],
        change,
      }),
    );
  }
  return board;
}

const effect = (board: TriageBoard, contained: readonly number[] = []) =>
  effectOf([...board.entries()], {
    ...{ alertId: uuidOf(1), days: 30, alike: 5, tried: 5, notReplayed: 0 },
    restsOn: 'alerts',
    contained: new Set(contained.map(uuidOf)),
    item: ({ row }) => ({ alert_id: row.id }) as never,
  });

describe('what a change would hide', () => {
  it('counts the true ones and those that nobody judged, without the alert itself, the true ones first', () => {
    const board = boardOf(['false_positive', undefined, 'true_positive', 'benign_expected']);
    const found = effect(board);
    expect(found).toMatchObject({ gone: 4, true_positives: 1, unjudged: 1, contained: 0 });
    expect(found.shown.map((one) => one.alert_id).slice(0, 2)).toEqual([uuidOf(3), uuidOf(2)]);
  });

  it('is refused to rules where a true positive or an unjudged containment would go', () => {
    expect(ruleChangeProblem(effect(boardOf(['false_positive', 'true_positive'])))).toContain(
      'true positive',
    );
    const unjudged = boardOf(['false_positive', undefined]);
    expect(ruleChangeProblem(effect(unjudged, [2]))).toContain('Access was taken');
    // What was judged false or benign was no containment that anybody wants.
    expect(ruleChangeProblem(effect(boardOf(['false_positive', 'benign_expected']), [1, 2]))).toBe(
      undefined,
    );
    expect(ruleChangeProblem(effect(unjudged))).toBe(undefined);
  });
});

describe('the value that an alert of a threshold names', () => {
  const measured = (kind: string, observed: string) =>
    measuredOf({ kind, reasons: reasons(observed) });

  it('is read so that more is worse, and is none where no number stands', () => {
    expect(measured('class_drift', '12 calls in a row')).toBe(12);
    expect(measured('credential_static', 'at least 2 h')).toBe(2 * 3_600_000);
    const hasty = measured('approval_quality', 'median 400 ms over 20, none refused');
    const slower = measured('approval_quality', 'median 900 ms over 20, none refused');
    expect(Number(hasty)).toBeGreaterThan(Number(slower));
    expect(measured('credential_static', 'used 5 min after it expired')).toBe(undefined);
  });
});

describe('the narrowest change', () => {
  it('of a suppression names agent, kind, rule and tool', () => {
    const board = boardOf([undefined]);
    board.takeWork(uuidOf(1), { workflow: 'w', tools: ['mail/send', 'crm/read'] });
    expect(narrowScope(board.entry(uuidOf(1))!, buildAlert())).toEqual({
      ...{ kind: 'hijack_suspected', rule_id: 'hijack', agent_uid: AGENT, tool: 'mail/send' },
    });
  });

  it('of a profile declares what was exceeded, and only lists', () => {
    expect(exceededOf({ reasons: reasons('tools: erp/pay; environments: prod') })).toEqual({
      tools: ['erp/pay'],
      environments: ['prod'],
    });
    expect(exceededOf({ reasons: reasons('tools: erp/pay; schedule: another time') })).toBe(
      undefined,
    );
    const widened = { tools: ['erp/pay'] };
    expect(isTuned({ reasons: reasons('tools: erp/pay') }, widened)).toBe(true);
    expect(isTuned({ reasons: reasons('tools: erp/pay; environments: prod') }, widened)).toBe(
      false,
    );
  });

  it('is reverted to exactly what was before', () => {
    const profile = { tools: ['erp/pay'] };
    const wide = withProfile(registry, AGENT, profile)!;
    expect(wide.agents[0]?.profile?.tools).toEqual(['mail/send', 'erp/pay']);
    expect(withoutEntry(wide, { agent: AGENT, profile })).toEqual(registry);
    const entry = { workflow: 'month-end', approval };
    const approved = withApproval(registry, entry);
    expect(approved.workflows[0]?.approvals).toEqual([approval]);
    expect(withoutEntry(approved, entry)?.workflows[0]?.approvals).toEqual([]);
    expect(withoutEntry(registry, entry)).toBe(undefined);
  });
});
