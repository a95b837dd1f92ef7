/**
 * What is told of an agent to its peers' stage, once a day: all that it knows up to the day before. Only
 * registered, proven agents; nothing flagged.
 */
import {
  type AuditEvent,
  assuranceAtLeast,
  type BaselinePartial,
  peerGroupKey,
  type RegistryAgent,
  TOPICS,
} from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { peerGroupsOf } from '../baselines/peers/peer-groups.ts';
import { dateOfDay, dayOfTime as dayOf } from '../domain/day.ts';
import { ownPlaces } from '../rules/credentials/credential-places.ts';
import { FEATURES } from './features.ts';

interface Reported {
  readonly registered: RegistryAgent | undefined;
  readonly before: string | undefined;
  readonly now: string;
}

/** Before the event is scored or learnt. */
export function reportPeers(
  transaction: Transaction,
  event: AuditEvent,
  { registered, before, now }: Reported,
): readonly Output[] {
  if (before === undefined || dayOf(now) <= dayOf(before) || registered === undefined) return [];
  if (!assuranceAtLeast(event.agent.assurance, 'authenticated')) return [];
  const counts: Record<string, number> = {};
  const maxima: Record<string, number[]> = {};
  // First, so that they are not cut off.
  for (const [place, days] of ownPlaces(transaction, event)) counts[place] = days;
  for (const feature of FEATURES) {
    const shared = feature.share?.(transaction, event);
    for (const [value, count] of shared?.counts ?? []) counts[`${feature.name}/${value}`] = count;
    for (const [series, logs] of shared?.maxima ?? []) {
      if (logs.length > 0) maxima[series] = [...logs];
    }
  }
  if (Object.keys(counts).length === 0 && Object.keys(maxima).length === 0) return [];
  const { tenant_id: tenant } = event;
  return peerGroupsOf(event, registered).map((group) => ({
    topic: TOPICS.baselinePartials.name,
    key: peerGroupKey(tenant, group),
    type: 'event',
    value: {
      tenant_id: tenant,
      peer_group: group,
      agent_uid: event.agent.uid,
      window_start: `${dateOfDay(dayOf(before))}T00:00:00Z`,
      counts,
      reported_at: now,
      day_maxima: maxima,
    } satisfies BaselinePartial,
    id: `${event.event_id}/${group}`,
    subject: event.agent.uid,
    time: now,
  }));
}
