// The way of an event to the detector: running numbers, outages, delays, duplicates, order of arrival.
import { HOUR, MIN } from './clock.ts';
import type { Company } from './company.ts';
import { hashUnit } from './rng.ts';
import type { Rec } from './types.ts';

/** Depends on the event alone, so that an attack elsewhere doesn't change it. */
function delay(rec: Rec): number {
  const u = hashUnit(`${rec.e.native_id}/delay`);
  const v = hashUnit(`${rec.e.native_id}/late`);
  const usual = 300 + 4000 * u ** 3;
  if (v < 0.001) return usual + 6 * HOUR * u;
  if (v < 0.012) return usual + 20 * MIN * u;
  return usual;
}

function number(recs: readonly Rec[]): void {
  const next = new Map<string, number>();
  for (const r of recs) {
    if (!r.source.has.has('seq')) continue;
    const n = next.get(r.source.instance) ?? 1;
    r.e.source = { ...r.e.source, seq: n };
    next.set(r.source.instance, n + 1);
  }
}

/** Takes the records in order of their time; gives what arrives, in order of arrival. */
export function deliver(company: Company, recs: Rec[]): Rec[] {
  number(recs);
  const out: Rec[] = [];
  for (const r of recs) {
    const outage = company.outages.find(
      (o) => o.source === r.source && o.from <= r.t && r.t < o.to,
    );
    if (outage && !outage.backfill) continue;
    r.arrives = Math.max(r.arrives, r.t) + delay(r);
    if (outage) r.arrives = Math.max(r.arrives, outage.to + 3 * MIN * hashUnit(r.e.native_id));
    out.push(r);
    const again = hashUnit(`${r.e.native_id}/again`);
    if (again < 0.006) out.push({ ...r, arrives: r.arrives + 500 + again * 1e7 });
  }
  return out.sort(
    (a, b) =>
      a.arrives - b.arrives ||
      (a.e.native_id < b.e.native_id ? -1 : a.e.native_id > b.e.native_id ? 1 : 0),
  );
}
