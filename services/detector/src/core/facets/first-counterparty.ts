/**
 * Has this agent sent to or paid this counterparty before? Judged by domain where there is one, else
 * by the fingerprint of the destination, so that one new colleague is no new counterparty.
 * That peers send there makes it no less new to this agent: whoever got a few of them to write to it once
 * would else have taught all. And that none does says little, as each agent has its own.
 */
import { valueNovelty } from './value-novelty.ts';

const OUTGOING: ReadonlySet<string> = new Set(['send', 'pay', 'grant']);

export const firstCounterparty = valueNovelty({
  name: 'first_counterparty',
  ruleId: 'first-counterparty',
  severity: 'low',
  weight: 0.02,
  isOwn: true,
  // Whoever plants a text chooses it: it settles late, and one that was alarmed on does not by itself.
  releasedAfter: { doubted: 14 },
  valueOf: (event) => {
    if (!OUTGOING.has(event.effect)) return undefined;
    const domain = event.args?.features?.['destination_domain'];
    if (typeof domain === 'string') return domain;
    return event.target?.resource_id;
  },
  describe: (_, event) => `${event.effect} to a new counterparty`,
});
