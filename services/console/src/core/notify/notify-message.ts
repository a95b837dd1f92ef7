/** An alert as the message that each kind of receiver takes; pure, so that what is sent can be looked at. */
import type { Alert } from '@waywarden/schemas';
import { kindWords, shortName } from '../words.ts';

const PAGERDUTY_SEVERITY = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'warning',
  info: 'info',
} as const;
const SUMMARY_LENGTH_MAX = 1_024;
const BLOCK_LENGTH_MAX = 2_900;

export type News = 'raised' | 'withdrawn' | 'closed' | 'reopened';

export interface Notice {
  /** The same for one piece of news, whoever sends it again. */
  readonly id: string;
  readonly news: News;
  readonly alert: Alert;
  /** Address of its page. */
  readonly url: string;
  readonly owner: string | null;
}

/** One of an alert at each severity, and one of its end. */
export const noticeId = ({ alert_id: id, severity, state }: Alert): string =>
  `${id}.${state === 'withdrawn' ? 'withdrawn' : severity}`;

/** One notice of each closing, and one of its end. */
export const workId = (alertId: string, news: News, closedRevision: number): string =>
  `${alertId}.${news}.${closedRevision}`;

export function webhookBody({ alert, news, url, owner }: Notice): object {
  return {
    type: `alert.${news}`,
    timestamp: alert.detected_at,
    data: {
      ...{ alert_id: alert.alert_id, incident_id: alert.incident_id, revision: alert.revision },
      ...{ tenant_id: alert.tenant_id, kind: alert.kind, rule_id: alert.rule_id },
      ...{
        severity: alert.severity,
        title: alert.title,
        summary: alert.summary,
        count: alert.count,
      },
      ...{ agent_uid: alert.subject.agent_uid, owner, url },
    },
  };
}

/** What no longer stands is no second alarm. */
const heading = ({ news, alert }: Notice): string =>
  news === 'raised' ? alert.severity : news === 'reopened' ? `${alert.severity}, again` : news;

/** Slack's control characters; everything else of an agent's text stays text. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function slackBody(notice: Notice): object {
  const { alert, url, owner } = notice;
  const title = `${heading(notice).toUpperCase()}: ${alert.title}`;
  const facts = [
    `*Kind* ${kindWords(alert.kind)}`,
    `*Agent* ${escaped(shortName(alert.subject.agent_uid))}`,
    ...(owner === null ? [] : [`*Owner* ${escaped(owner)}`]),
  ];
  return {
    text: escaped(title),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title.slice(0, 150) } },
      {
        type: 'section',
        text: { type: 'mrkdwn', text: escaped(alert.summary).slice(0, BLOCK_LENGTH_MAX) || ' ' },
      },
      { type: 'context', elements: [{ type: 'mrkdwn', text: facts.join('  ·  ') }] },
      {
        type: 'actions',
        elements: [
          {
            type: 'button',
            text: { type: 'plain_text', text: 'Open the alert' },
            url,
            style: 'primary',
          },
        ],
      },
    ],
  };
}

export function pagerDutyBody({ alert, news, url, owner }: Notice, routingKey: string): object {
  const isOver = news === 'withdrawn' || news === 'closed';
  return {
    routing_key: routingKey,
    event_action: isOver ? 'resolve' : 'trigger',
    dedup_key: alert.alert_id,
    ...(isOver
      ? {}
      : {
          payload: {
            summary: alert.title.slice(0, SUMMARY_LENGTH_MAX),
            source: alert.subject.agent_uid,
            severity: PAGERDUTY_SEVERITY[alert.severity],
            timestamp: alert.detected_at,
            component: alert.rule_id,
            class: alert.kind,
            custom_details: { summary: alert.summary, owner, count: alert.count },
          },
          links: [{ href: url, text: 'The alert in Waywarden' }],
          client: 'Waywarden',
          client_url: url,
        }),
  };
}

/** One line: a header of a mail that ends early would let its text write the next one. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

export function mailOf(notice: Notice): { readonly subject: string; readonly text: string } {
  const { alert, url, owner } = notice;
  const lines = [
    alert.title,
    '',
    alert.summary,
    '',
    `Severity: ${alert.severity}`,
    `Kind: ${kindWords(alert.kind)}`,
    `Agent: ${alert.subject.agent_uid}`,
    ...(owner === null ? [] : [`Owner: ${owner}`]),
    '',
    url,
  ];
  return { subject: oneLine(`[${heading(notice)}] ${alert.title}`), text: lines.join('\n') };
}
