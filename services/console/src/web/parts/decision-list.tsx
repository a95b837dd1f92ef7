/** Every decision of the policy about an alert, with why nothing was ordered where nothing was. */
import type { Decision } from '@waywarden/schemas';
import { actionWords, budgetWords, reasonWords } from '../../core/words.ts';
import { Time } from './terms.tsx';

/** What was ordered stands in the card above; only the rule is new here. */
function outcome(decision: Decision, hasCommand: boolean): string {
  const would = decision.would_be_command;
  if (decision.withheld_reason === null) {
    return would === null || hasCommand
      ? 'ordered it.'
      : `ordered to ${actionWords(would.action, would.target)}.`;
  }
  const reasons = decision.withheld_reasons ?? [decision.withheld_reason];
  const what =
    would === null ? 'matched' : `would have ${actionWords(would.action, would.target, true)}`;
  const spent = decision.budget === undefined ? '' : ` (${budgetWords(decision.budget)})`;
  const instead =
    decision.degraded_to === undefined
      ? ''
      : ` Instead: ${decision.degraded_to.replaceAll('_', ' ')}.`;
  return `${what}. Withheld, because ${[...new Set(reasons)].map(reasonWords).join('; also ')}${spent}.${instead}`;
}

export function DecisionList({
  decisions,
  hasCommand,
}: {
  readonly decisions: readonly Decision[];
  readonly hasCommand: boolean;
}) {
  if (decisions.length === 0) {
    return hasCommand ? null : <p className="quiet">No rule of the policy matches this alert.</p>;
  }
  return (
    <ul className="plain decisions">
      {decisions.map((one) => (
        <li key={one.decision_id}>
          Rule <code>{one.rule_id}</code> ({one.mode}) {outcome(one, hasCommand)}{' '}
          {one.follows !== undefined && `${one.follows.why} `}
          <span className="quiet">
            <Time at={one.decided_at} short />
          </span>
        </li>
      ))}
    </ul>
  );
}
