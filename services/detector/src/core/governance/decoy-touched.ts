/**
 * A decoy was touched: a tool, record or credential that stands in the registry only to be found.
 * Nobody has a reason to use one, so the first touch is critical without any history, and a touch
 * that was denied is one too: the attempt is what tells.
 */
import { type AuditEvent, type Registry, sourceNameOf } from '@waywarden/schemas';
import { type Finding, type FindingRule, finding, nameOf } from './finding.ts';

type Decoy = Registry['decoys'][number];

/** What of the decoy the call touched, in words; undefined when it did not. */
function touch(decoy: Decoy, { tool, target, credential }: AuditEvent): string | undefined {
  const { tool: trap, resource_id: record, credential_uid: key } = decoy;
  if (trap !== undefined && tool?.name === trap.name) {
    if (trap.server === undefined || trap.server === tool.server) return `the tool ${trap.name}`;
  }
  if (record !== undefined && target?.resource_id === record) return `the record ${record}`;
  return key !== undefined && credential?.uid === key ? `the credential ${key}` : undefined;
}

export const decoyTouched: FindingRule = (_draft, event, { registry }): Finding | undefined => {
  for (const decoy of registry.decoys) {
    const what = touch(decoy, event);
    if (what === undefined) continue;
    const who = nameOf(event);
    return finding({
      kind: 'decoy_touched',
      ruleId: 'decoy-touched',
      severity: 'critical',
      dedupeKey: what,
      title: `${who} touched a decoy: ${what}`,
      summary: `${who} used ${what}, which the registry lists as a decoy: it serves no work, so nobody who does his own comes upon it.${event.outcome === 'denied' ? ' The call was denied.' : ''}`,
      expected: 'never touched by anybody',
      observed: what,
      quarantines: true,
      sources: [sourceNameOf(event)],
      taxonomy: { owasp: ['ASI03'], attack: ['T1083'] },
    });
  }
  return undefined;
};
