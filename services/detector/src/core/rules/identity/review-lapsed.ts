/**
 * The risk review of an agent has expired, or class, grants or tools differ from what was reviewed. Asked when it
 * acts.
 */
import {
  classRow,
  epochMs,
  isPrivileged,
  type RegistryAgent,
  sourceNameOf,
} from '@waywarden/schemas';
import { type Finding, type FindingRule, finding, nameOf } from '../../alerting/finding.ts';
import { registryMs } from '../../domain/day.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import type { ReviewedContent } from '../../state/tenant-control.ts';
import { type ReviewedChange, reviewLapsedWords } from '../../wording/identity.ts';

function listChange(
  what: string,
  before: readonly string[] | null,
  now: readonly string[] | null,
): readonly ReviewedChange[] {
  const known = new Set(before ?? []);
  const added = (now ?? []).filter((one) => !known.has(one));
  // An unknown list is not less.
  const opened = before !== null && now === null;
  if (added.length === 0 && !opened) return [];
  return [{ what, before, now: opened ? null : added }];
}

function changesSince(agent: RegistryAgent, reviewed: ReviewedContent): readonly ReviewedChange[] {
  const { class: now } = agent;
  return [
    ...(now === reviewed.class ? [] : [{ what: 'class', before: reviewed.class, now }]),
    ...listChange('grants', reviewed.grants, agent.grants ?? null),
    ...listChange('tools', reviewed.tools, agent.profile?.tools ?? null),
  ];
}

export const reviewLapsed: FindingRule = (_transaction, event, context): Finding | undefined => {
  const { registered, reviewed, classes, now } = context;
  const review = registered?.risk_review;
  if (registered === undefined || review === undefined || reviewed === undefined) return undefined;
  const isExpired = epochMs(now) >= registryMs(review.expires);
  const changes = changesSince(registered, reviewed);
  if (!isExpired && changes.length === 0) return undefined;
  const lapsed = { who: nameOf(event), now, review, isExpired, changes };
  const { why, ...words } = reviewLapsedWords(lapsed);
  const weighty =
    (registered.grants ?? ['*']).some((grant) => grant === '*' || isPrivileged(grant)) ||
    registered.criticality === 'high' ||
    registered.criticality === 'critical' ||
    (changes.length > 0 && classRow(classes, registered.class).approval === 'at_change');
  const severity = RULE_SEVERITIES['review-lapsed'][weighty ? 'weighty' : 'plain'];
  return finding({
    kind: 'review_lapsed',
    ruleId: 'review-lapsed',
    severity,
    dedupeKey: `${review.at}|${why}|${severity}`,
    renews: 'work',
    ...words,
    causeKey: `review|${event.agent.uid}`,
    sources: [sourceNameOf(event)],
    taxonomy: { nist: ['GOVERN-1.5'] },
  });
};
