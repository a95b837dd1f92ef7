/**
 * Has this agent sent to or paid this counterparty before? Judged by domain where there is one, else
 * by the fingerprint of the destination, so that one new colleague is no new counterparty.
 * That peers send there makes it no less new to this agent: whoever got a few of them to write to it once
 * would else have taught all. And that none does says little, as each agent has its own. A destination that the
 * profile or the task's envelope names is none; a tool that it names says nothing of whom it pays. Its words name a
 * domain, which events hold in clear, and nothing else: an account or an address may be a person's.
 *
 * Method: predictive probability by Witten–Bell, then peers, then the shipped prior (`value-novelty.ts`).
 * Source: Witten, Bell 1991, method C; what makes something new a surprise was measured on fleets
 * (docs/measurements/fleet.md).
 * Limits: a domain stands for all addresses in it; a call to many destinations is judged by what its source sums
 * up; those of `value-novelty.ts`.
 */
import type { AuditEvent } from '@waywarden/schemas';
import { shorten } from '../short-text.ts';
import { excusedByEnvelope } from './envelope-excuse.ts';
import { isListed } from './novelty-excuse.ts';
import type { NoveltyOptions } from './novelty-options.ts';
import { LASTING } from './novelty-surprise.ts';
import { valueNovelty } from './value-novelty.ts';

const OUTGOING: ReadonlySet<string> = new Set(['send', 'pay', 'grant']);

const DOMAIN_LENGTH_MAX = 40;

function domainOf({ args }: AuditEvent): string | undefined {
  const domain = args?.features?.['destination_domain'];
  return typeof domain === 'string' ? domain : undefined;
}

function counterpartyOf(event: AuditEvent): string | undefined {
  if (!OUTGOING.has(event.effect)) return undefined;
  return domainOf(event) ?? event.target?.resource_id;
}

function deedOf(event: AuditEvent): string {
  const domain = domainOf(event);
  const whom = domain === undefined ? 'a new counterparty' : shorten(domain, DOMAIN_LENGTH_MAX);
  return `${event.effect} to ${whom}`;
}

export const FIRST_COUNTERPARTY: NoveltyOptions = {
  name: 'first_counterparty',
  ruleId: 'first-counterparty',
  // Money and rights are hard to get back.
  severity: ({ effect }) => (LASTING.has(effect) ? 'medium' : 'low'),
  weight: 0.02,
  isOwn: true,
  // Whoever plants a text chooses it: it settles late, and one that was alarmed on does not by itself.
  releasedAfter: { doubted: 14 },
  valueOf: counterpartyOf,
  excuse: (of) => {
    const { event, registered } = of;
    const named = registered?.profile?.destinations?.map((one) => one.toLowerCase());
    const to = counterpartyOf(event)?.toLowerCase() ?? '';
    const isInside = named?.some((one) => to.endsWith(`.${one}`)) === true;
    return isInside || isListed(named, to) ? 'quiet' : excusedByEnvelope(of, 'counterparty');
  },
  describe: (_, event, isDone) => `${isDone ? '' : 'to '}${deedOf(event)}`,
};

export const firstCounterparty = valueNovelty(FIRST_COUNTERPARTY);
