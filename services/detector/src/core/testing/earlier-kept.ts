/** What is known of an agent, put back to where an earlier version kept it. Test code. */
import type { AuditEvent } from '@waywarden/schemas';
import { agentPrint, readAgentKey } from '../kept/agent-key.ts';
import { EARLIER_LAYOUTS, EARLIER_NAMES } from '../kept/earlier-keys.ts';
import { eachKnown } from '../kept/known-of-agent.ts';
import type { MapDraft } from './map-draft.ts';

type Whose = Pick<AuditEvent, 'tenant_id'> & { readonly agent: { readonly uid: string } };

/** `layout`: 0 is the latest of the earlier ones. */
export function keepAsBefore(draft: MapDraft, whose: Whose, layout = 0): void {
  const keyOf = EARLIER_LAYOUTS[layout];
  if (keyOf === undefined) throw new Error('There is no such layout.');
  for (const [key, value] of [...draft.entries]) {
    const of = readAgentKey(key);
    if (of === undefined || !agentPrint(whose).startsWith(of.agent)) continue;
    for (const [name, one] of eachKnown(of.name, value)) {
      const earlier = EARLIER_NAMES.find((known) => known === name);
      if (earlier === undefined) continue;
      draft.delete(key);
      draft.put(keyOf(whose, earlier), one);
    }
  }
}
