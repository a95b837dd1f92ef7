/**
 * What the profile stage guarantees as a whole, over lives in which every feature is reached (`features.test.ts` holds
 * each of them by itself): what comes twice is heard once, the same records give the same bytes, from state that was
 * stored as well, in whatever order an event lists what has none, and what is kept of an agent is bounded.
 */
import type { AuditEvent } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { describe, expect, it } from 'vitest';
import { RULES } from '../rules/all-rules.ts';
import { decideProfile } from '../stages/decide-profile.ts';
import { controlled, learnt } from '../testing/asked-features.ts';
import { freeze, StoredTransaction } from '../testing/guarded-drafts.ts';
import { mostStored } from '../testing/hostile-events.ts';
import { livedEvents } from '../testing/lived-world.ts';
import { MapTransaction } from '../testing/map-draft.ts';
import { alertsOf, feed } from '../testing/registry-world.ts';
import { pruned, turned } from '../testing/turned-events.ts';

const LIFE = freeze(livedEvents(20261127));
const DAY = 10;

function watermark(transaction: MapTransaction, seq: number, time: string): readonly Output[] {
  return decideProfile(transaction, {
    ...{ topic: 'audit', partition: 0, offset: 0, key: null, source: 'audit/i/0' },
    ...{ type: 'watermark', value: { seq, time } },
  });
}

/** All that comes of the events, each delivered so many times, with the log's time going on. */
function lived(
  events: readonly AuditEvent[],
  transaction: MapTransaction,
  deliveries = 1,
): readonly string[] {
  const texts: string[] = [];
  let day = '';
  for (const [n, one] of events.entries()) {
    if (one.event_time.slice(0, DAY) !== day) {
      day = one.event_time.slice(0, DAY);
      texts.push(JSON.stringify(watermark(transaction, n + 1, `${day}T00:00:00.000000000Z`)));
    }
    for (let times = 0; times < deliveries; times += 1) {
      const outputs = feed(transaction, one);
      if (times === 0) texts.push(JSON.stringify(outputs));
      else expect(outputs).toEqual([]);
    }
  }
  return texts;
}

/** Without the ids that are remembered to know repeats, whose number is bounded by `SEEN_EVENTS_MAX`. */
function ofAgents(transaction: MapTransaction): MapTransaction {
  const retained = new MapTransaction();
  for (const [key, value] of transaction.entries)
    if (!key.startsWith('seen')) retained.put(key, value);
  return retained;
}

describe('the profile stage', () => {
  const transaction = controlled();
  const once = lived(LIFE, transaction);

  it('alerts by every rule over the registry in these lives', () => {
    const kinds = new Set<string>();
    const fresh = controlled();
    for (const one of LIFE) for (const { rule_id: id } of alertsOf(feed(fresh, one))) kinds.add(id);
    expect(kinds.size).toBeGreaterThan(Object.keys(RULES).length);
  });

  it('hears once what is delivered twice, and what is replayed', () => {
    const twice = controlled();
    expect(lived(LIFE, twice, 2)).toEqual(once);
    expect(learnt(twice)).toBe(learnt(transaction));
    for (const one of LIFE.slice(-400)) expect(feed(twice, one)).toEqual([]);
    expect(learnt(twice)).toBe(learnt(transaction));
  });

  it('says and learns the same again, and changes neither events nor stored state', () => {
    const stored = new StoredTransaction();
    for (const [key, value] of controlled().entries) stored.put(key, value);
    expect(lived(structuredClone(LIFE), stored)).toEqual(once);
    const retained = [...stored.entries].map(
      ([key, text]) => [key, JSON.parse(String(text))] as const,
    );
    expect(JSON.stringify(retained)).toBe(JSON.stringify([...transaction.entries]));
  });

  it('raises the same alerts in whatever order an event lists what has none', () => {
    const alerts = (events: readonly AuditEvent[]) => {
      const fresh = controlled();
      return events.flatMap((one) => alertsOf(feed(fresh, one)).map(told));
    };
    expect(alerts(LIFE.map(turned))).toEqual(alerts(LIFE));
  });

  it('takes events of which little is told', () => {
    const events = pruned(LIFE);
    const first = lived(events, controlled());
    expect(lived(events, controlled())).toEqual(first);
  });

  it('keeps a bounded state of an agent of which everything is made up', () => {
    const retained = controlled();
    const keys = () => ofAgents(retained).entries.size;
    const grown = (span: readonly [number, number]) =>
      mostStored(
        (one) => feed(retained, one),
        () => learnt(ofAgents(retained)).length,
        span,
      );
    const before = grown([0, 1000]);
    const keysBefore = keys();
    // Texts of alerts and values that settle are of more lengths than one: a tenth is no growth.
    expect(grown([1000, 1500])).toBeLessThan(before * 1.1);
    expect(keys()).toBeLessThanOrEqual(keysBefore);
  });
});

/** An alert without the place of a passage, which says where it stood. */
const told = (alert: object) => JSON.stringify(alert).replaceAll(/passage \d+/g, 'passage');
