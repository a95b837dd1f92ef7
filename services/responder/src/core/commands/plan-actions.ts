/** What a rule asks for: its actions, or the first rung with a complete target (`class_ladder`). */
import { type Alert, CLASS_LADDER, classRow, type Rule } from '@waywarden/schemas';
import { classOf } from '../guards/match-rule.ts';
import { narrowest } from '../model/action-strength.ts';
import { type PlannedAction, planAction } from '../model/action-target.ts';
import { actorClassOf } from '../model/actor-class.ts';
import type { ResponseContext } from '../model/response-context.ts';

type Rules = Pick<ResponseContext, 'policy' | 'registry'>;

function firstRung(alert: Alert, { policy, registry }: Rules): PlannedAction {
  const { tenant_id, subject } = alert;
  const { ladder } = classRow(policy.classes, actorClassOf(classOf(alert, registry)));
  const base = { tenant_id, agent_uid: subject.agent_uid };
  for (const action of ladder) {
    // Only by the alert's cut.
    const planned =
      action === 'block_tool'
        ? planAction(alert, action, 'tool')
        : narrowest(action, base, subject);
    if (planned !== undefined && planned.problems.length === 0) return planned;
  }
  const problems = ['no rung of the ladder of its class has a target that is known'];
  return { action: CLASS_LADDER, target: { level: 'agent', ...base }, problems };
}

export function planActions(alert: Alert, rule: Rule, rules: Rules): readonly PlannedAction[] {
  return rule.actions.map(({ action, level }) =>
    action === CLASS_LADDER ? firstRung(alert, rules) : planAction(alert, action, level),
  );
}
