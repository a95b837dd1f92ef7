/** Sends one notice to people: a webhook, Slack, PagerDuty, e-mail. */
import { createTransport } from 'nodemailer';
import { Webhook } from 'standardwebhooks';
import {
  mailOf,
  type Notice,
  pagerDutyBody,
  slackBody,
  webhookBody,
} from '../core/notify/notify-message.ts';
import type { NoticeReceiver } from './notify-settings.ts';

/** Standard Webhooks: the id is the same at each try, so a receiver takes it once. */
function signed(notice: Notice, secret: string, nowMs: number) {
  const id = `msg_${notice.id}`;
  const body = JSON.stringify(webhookBody(notice));
  const at = new Date(nowMs);
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(nowMs / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
  return { body, headers };
}

async function mail(
  receiver: NoticeReceiver & { kind: 'email' },
  notice: Notice,
): Promise<SendOutcome> {
  const transport = createTransport({ url: receiver.smtp, connectionTimeout: TIMEOUT_MS });
  try {
    const messageId = `<${notice.id}@waywarden>`;
    await transport.sendMail({
      from: receiver.from,
      to: receiver.to,
      messageId,
      ...mailOf(notice),
    });
    return { outcome: 'sent', why: '' };
  } catch (error) {
    const code = (error as { readonly responseCode?: number }).responseCode ?? 0;
    const why = error instanceof Error ? error.message : String(error);
    return { outcome: code >= 500 ? 'refused' : 'again', why };
  } finally {
    transport.close();
  }
}

export async function deliverNotice(
  receiver: NoticeReceiver,
  notice: Notice,
  nowMs: number,
): Promise<SendOutcome> {
  switch (receiver.kind) {
    case 'webhook': {
      const { body, headers } = signed(notice, receiver.secret, nowMs);
      return post(receiver.url, body, headers);
    }
    case 'slack':
      return post(receiver.url, JSON.stringify(slackBody(notice)), {});
    case 'pagerduty':
      return post(receiver.url, JSON.stringify(pagerDutyBody(notice, receiver.routing_key)), {});
    case 'email':
      return mail(receiver, notice);
  }
}

/** What became of one try, and the POST that several kinds of receivers share. */
export const TIMEOUT_MS = 10_000;
/** Also what a person mends: a token that expired, an address that moved. */
const AGAIN: ReadonlySet<number> = new Set([401, 403, 404, 408, 425, 429]);

/** `sent`, `again` (it may take it later) or `refused` (it never will), with why. */
export interface SendOutcome {
  readonly outcome: 'sent' | 'again' | 'refused';
  readonly why: string;
}

export async function post(
  url: string,
  body: string,
  headers: Record<string, string>,
): Promise<SendOutcome> {
  try {
    const response = await fetch(url, {
      ...{ method: 'POST', body, redirect: 'error' },
      headers: { 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return { outcome: 'sent', why: '' };
    const isLater = response.status >= 500 || AGAIN.has(response.status);
    return { outcome: isLater ? 'again' : 'refused', why: `answered ${response.status}` };
  } catch (error) {
    return { outcome: 'again', why: error instanceof Error ? error.message : String(error) };
  }
}
