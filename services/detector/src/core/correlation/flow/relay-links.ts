/** Puts links into the topic of the steps, which the assembly stage reads, so that their order can be repeated. */
import { chainKey, type PrivilegeLink, TOPICS } from '@waywarden/schemas';
import type { Output, StageRecord, Transaction } from '@waywarden/stage';

/** Without calls: its producer's, which adds them. */
export function chainOfLink(link: PrivilegeLink): string {
  return link.calls === undefined && link.ask !== true ? link.from_chain_id : link.chain_id;
}

function placeOf(link: PrivilegeLink): Pick<Output, 'key' | 'partition'> {
  if (link.hub === true) return { key: null, partition: 'all' };
  return { key: chainKey(link.tenant_id, chainOfLink(link)) };
}

export function relayLink(_transaction: Transaction, record: StageRecord): readonly Output[] {
  if (record.type !== 'event') return [];
  const link = record.value as PrivilegeLink;
  return [
    {
      topic: TOPICS.privilegeSteps.name,
      ...placeOf(link),
      type: 'event',
      value: link,
      id: `link/${link.from_event}/${link.to_event}/${link.via}/${record.partition}/${record.offset}`,
      time: link.event_time,
    },
  ];
}
