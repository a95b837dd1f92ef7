/**
 * The risk review of an agent has expired, or class, grants or tools differ from what was reviewed. Asked when it
 * acts.
 */
import type { RegistryAgent } from '@waywarden/schemas';
import { classRow, epochMs, isPrivileged, sourceNameOf } from '@waywarden/schemas';
import { type Finding, type FindingRule, finding, nameOf } from '../../alerting/finding.ts';
import { dateOfTime } from '../../domain/day.ts';
import { listed } from '../../domain/registry/envelope.ts';
import { registryMs } from '../../domain/registry/registry-date.ts';
import type { ReviewedContent } from '../../domain/registry/reviewed-content.ts';
import { SEVERITIES } from '../../domain/severities.ts';

interface Change {
  readonly what: string;
  readonly expected: string;
  readonly observed: string;
}

function listChange(
  what: string,
  before: readonly string[] | null,
  now: readonly string[] | null,
): readonly Change[] {
  const known = new Set(before ?? []);
  const added = (now ?? []).filter((one) => !known.has(one));
  // An unknown list is not less.
  const opened = before !== null && now === null;
  if (added.length === 0 && !opened) return [];
  const expected = before === null ? 'none declared' : listed(before) || 'none';
  return [{ what, expected, observed: opened ? 'no longer declared' : `added ${listed(added)}` }];
}

function changesSince(agent: RegistryAgent, reviewed: ReviewedContent): readonly Change[] {
  const { class: now } = agent;
  return [
    ...(now === reviewed.class ? [] : [{ what: 'class', expected: reviewed.class, observed: now }]),
    ...listChange('grants', reviewed.grants, agent.grants ?? null),
    ...listChange('tools', reviewed.tools, agent.profile?.tools ?? null),
  ];
}

export const reviewLapsed: FindingRule = (_transaction, event, context): Finding | undefined => {
  const { registered, reviewed, classes, now } = context;
  const review = registered?.risk_review;
  if (registered === undefined || review === undefined || reviewed === undefined) return undefined;
  const expired = epochMs(now) >= registryMs(review.expires);
  const changes = changesSince(registered, reviewed);
  if (!expired && changes.length === 0) return undefined;
  const who = nameOf(event);
  const what = listed(changes.map((one) => one.what));
  const why = [
    ...(expired ? [`the review by ${review.by} expired on ${review.expires}`] : []),
    ...changes.map((one) => `${one.what}: reviewed ${one.expected}, now ${one.observed}`),
  ].join('; ');
  const weighty =
    (registered.grants ?? ['*']).some((grant) => grant === '*' || isPrivileged(grant)) ||
    registered.criticality === 'high' ||
    registered.criticality === 'critical' ||
    (changes.length > 0 && classRow(classes, registered.class).approval === 'at_change');
  const severity = SEVERITIES['review-lapsed'][weighty ? 'weighty' : 'plain'];
  return finding({
    kind: 'review_lapsed',
    ruleId: 'review-lapsed',
    severity,
    dedupeKey: `${review.at}|${why}|${severity}`,
    renews: 'work',
    title: expired
      ? `${who} works although its risk review expired on ${dateOfTime(review.expires)}`
      : `${who} works with other ${what} than were reviewed`,
    summary: `${who} acted on ${dateOfTime(now)} and was reviewed by ${review.by} on ${dateOfTime(review.at)}, but ${why}. It needs a new review, or what changed must be taken back.`,
    expected: expired
      ? `a review valid on ${dateOfTime(now)}`
      : listed(changes.map((c) => c.expected)),
    observed: expired ? `expired on ${review.expires}` : listed(changes.map((c) => c.observed)),
    causeKey: `review|${event.agent.uid}`,
    sources: [sourceNameOf(event)],
    taxonomy: { nist: ['GOVERN-1.5'] },
  });
};
