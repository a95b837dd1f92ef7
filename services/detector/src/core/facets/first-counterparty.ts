/**
 * Has this agent sent to or paid this counterparty before? Judged by domain where there is one, else
 * by the fingerprint of the destination, so that one new colleague is no new counterparty.
 * That peers send there makes it no less new to this agent: whoever got a few of them to write to it once
 * would else have taught all. And that none does says little, as each agent has its own. A destination that the
 * profile or the task's envelope names is none; a tool that it names says nothing of whom it pays.
 *
 * Method: predictive probability by Witten–Bell, then peers, then the shipped prior (`value-novelty.ts`).
 * Source: Witten, Bell 1991, method C; what makes something new a surprise was measured on fleets
 * (docs/measurements/fleet.md).
 * Limits: a domain stands for all addresses in it; a call to many destinations is judged by what its source sums
 * up; those of `value-novelty.ts`.
 */
import type { AuditEvent } from '@waywarden/schemas';
import { excusedByEnvelope } from './envelope-excuse.ts';
import { isListed } from './novelty-excuse.ts';
import { LASTING } from './novelty-surprise.ts';
import { valueNovelty } from './value-novelty.ts';

const OUTGOING: ReadonlySet<string> = new Set(['send', 'pay', 'grant']);

function counterpartyOf(event: AuditEvent): string | undefined {
  if (!OUTGOING.has(event.effect)) return undefined;
  const domain = event.args?.features?.['destination_domain'];
  if (typeof domain === 'string') return domain;
  return event.target?.resource_id;
}

export const firstCounterparty = valueNovelty({
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
  describe: (_, { effect }, isDone) => `${isDone ? '' : 'to '}${effect} to a new counterparty`,
});
