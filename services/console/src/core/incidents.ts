/**
 * Alerts of a queue by incident: what has one cause is looked at together, the gravest first. The queue's order
 * stands: an incident is where its first alert is, and its others follow that one.
 */
import type { QueueItem } from './view-model.ts';

export interface Incident {
  readonly lead: QueueItem;
  readonly others: readonly QueueItem[];
}

export function byIncident(items: readonly QueueItem[]): readonly Incident[] {
  const incidents = new Map<string, { lead: QueueItem; others: QueueItem[] }>();
  for (const item of items) {
    const known = incidents.get(item.incident_id);
    if (known === undefined) incidents.set(item.incident_id, { lead: item, others: [] });
    else known.others.push(item);
  }
  return [...incidents.values()];
}
