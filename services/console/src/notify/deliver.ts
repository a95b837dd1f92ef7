/** Sends one notice to one receiver: `sent`, `again` (it may take it later) or `refused` (it never will), with why. */
import { createTransport } from 'nodemailer';
import { Webhook } from 'standardwebhooks';
import {
  mailOf,
  type Notice,
  noticeId,
  pagerDutyBody,
  slackBody,
  webhookBody,
} from '../core/notify/notify-message.ts';
import type { NotifyReceiver } from './notify-settings.ts';

const TIMEOUT_MS = 10_000;
const AGAIN: ReadonlySet<number> = new Set([408, 425, 429]);

export interface NoticeDelivery {
  readonly outcome: 'sent' | 'again' | 'refused';
  readonly why: string;
}

async function post(
  url: string,
  body: string,
  headers: Record<string, string>,
): Promise<NoticeDelivery> {
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

/** Standard Webhooks: the id is the same at each try, so a receiver takes it once. */
function signed(notice: Notice, secret: string, nowMs: number) {
  const id = `msg_${noticeId(notice.alert)}`;
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
  receiver: NotifyReceiver & { kind: 'email' },
  notice: Notice,
): Promise<NoticeDelivery> {
  const transport = createTransport({ url: receiver.smtp, connectionTimeout: TIMEOUT_MS });
  try {
    const messageId = `<${noticeId(notice.alert)}@waywarden>`;
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
  receiver: NotifyReceiver,
  notice: Notice,
  nowMs: number,
): Promise<NoticeDelivery> {
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
