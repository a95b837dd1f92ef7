/** An agent acts that the registry knows as proposed, suspended or retired. */
import { sourceNameOf } from '@waywarden/schemas';
import {
  deedOf,
  type Finding,
  type FindingRule,
  finding,
  hadEffect,
  nameOf,
} from '../../alerting/finding.ts';
import { dateOfTime } from '../../domain/day.ts';
import { SEVERITIES } from '../../domain/severities.ts';
import { modelDeed } from './model-deed.ts';

const STATES: Readonly<Record<string, string>> = {
  proposed: 'only proposed, and nobody has reviewed it',
  suspended: 'suspended',
  retired: 'retired',
};

export const notInService: FindingRule = (
  _transaction,
  event,
  { registered, now },
): Finding | undefined => {
  const state = registered?.state;
  const words = state === undefined ? undefined : STATES[state];
  if (state === undefined || words === undefined) return undefined;
  const who = nameOf(event);
  const gone = state !== 'proposed';
  const model = modelDeed(event);
  const severity =
    SEVERITIES['agent-not-in-service'][gone ? 'gone' : hadEffect(event) ? 'effect' : 'plain'];
  return finding({
    kind: 'unregistered_agent',
    ruleId: 'agent-not-in-service',
    severity,
    dedupeKey: `${state}|${severity}`,
    causeKey: `service|${event.agent.uid}`,
    title: `${who} ${model?.does ?? 'acts'} although the registry calls it ${state}`,
    summary:
      `On ${dateOfTime(now)} ${who} ${model?.did ?? deedOf(event)}, but in the registry it is ${words}. ` +
      (gone
        ? 'Its access should have ended with that; what it still uses was not taken back.'
        : 'It works under nobody’s review until its state is live.'),
    expected: 'state live or reviewed',
    observed: state,
    sources: [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI03'] },
  });
};
