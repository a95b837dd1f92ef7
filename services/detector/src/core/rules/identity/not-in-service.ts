/** An agent acts that the registry knows as proposed, suspended or retired. */
import { sourceNameOf } from '@waywarden/schemas';
import { type Finding, type FindingRule, finding, hadEffect } from '../../alerting/finding.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { isOutOfService, notInServiceWords } from '../../wording/identity.ts';

export const notInService: FindingRule = (
  _transaction,
  event,
  { registered, now },
): Finding | undefined => {
  const state = registered?.state;
  if (state === undefined || !isOutOfService(state)) return undefined;
  const gone = state !== 'proposed';
  const severity =
    RULE_SEVERITIES['agent-not-in-service'][gone ? 'gone' : hadEffect(event) ? 'effect' : 'plain'];
  return finding({
    kind: 'unregistered_agent',
    ruleId: 'agent-not-in-service',
    severity,
    dedupeKey: `${state}|${severity}`,
    causeKey: `service|${event.agent.uid}`,
    ...notInServiceWords(event, state, now),
    sources: [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI03'] },
  });
};
