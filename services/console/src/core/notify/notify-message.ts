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

export interface Notice {
  readonly alert: Alert;
  /** Address of its page. */
  readonly url: string;
  readonly owner: string | null;
}

/** The same for one alert at one severity, whoever sends it again. */
export const noticeId = ({ alert_id: id, severity, state }: Alert): string =>
  `${id}.${state === 'withdrawn' ? 'withdrawn' : severity}`;

export function webhookBody({ alert, url, owner }: Notice): object {
  return {
    type: alert.state === 'withdrawn' ? 'alert.withdrawn' : 'alert.raised',
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
const heading = ({ state, severity }: Alert): string =>
  state === 'withdrawn' ? 'withdrawn' : severity;

/** Slack's control characters; everything else of an agent's text stays text. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function slackBody({ alert, url, owner }: Notice): object {
  const title = `${heading(alert).toUpperCase()}: ${alert.title}`;
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

export function pagerDutyBody({ alert, url, owner }: Notice, routingKey: string): object {
  const isOver = alert.state === 'withdrawn';
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

export function mailOf({ alert, url, owner }: Notice): {
  readonly subject: string;
  readonly text: string;
} {
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
  return { subject: oneLine(`[${heading(alert)}] ${alert.title}`), text: lines.join('\n') };
}
