/**
 * A decoy was touched: a tool, record or credential that stands in the registry only to be found.
 * Nobody has a reason to use one, so the first touch is critical without any history, and a touch
 * that was denied is one too, and one that was only asked for: the attempt is what tells. An alert of
 * yesterday makes no touch of today quiet: each day is an alert of its own, and each further task a revision.
 *
 * It is asked of every event, acts or not: a thief's first deed with a key is to list tools. Only that a tool is named
 * where tools are listed, or a change of it is declared, is no use of it.
 *
 * What stands only in a call's arguments is told by ingest, which sees them in clear (its `named-decoys.ts`); these
 * are kept as keyed hashes.
 *
 * Method: a rule without history: names that stand in the registry. Source: the registry's `decoys`.
 * Limit: the arguments of a source that derives them itself are not seen.
 */
import { type AuditEvent, type Registry, sourceNameOf } from '@waywarden/schemas';
import { dayOf, type Finding, type FindingRule, finding, nameOf } from './finding.ts';

type Decoy = Registry['decoys'][number];

/** As ingest marks it; no body can. */
function isNamed({ unmapped }: AuditEvent, name: string | undefined): boolean {
  const marks = unmapped?.['ingest.marks'];
  return name !== undefined && Array.isArray(marks) && marks.includes(`decoy_named:${name}`);
}

/** Here a tool stands as what a server has, or as what was changed of it. */
const ABOUT_TOOLS: ReadonlySet<string> = new Set(['tool_list', 'config_change']);

/** What of the decoy the event touched, in words; undefined when it did not. */
function touch(decoy: Decoy, event: AuditEvent): string | undefined {
  const { tool, target, credential } = event;
  const { tool: trap, resource_id: record, credential_uid: key } = decoy;
  if (trap !== undefined && tool?.name === trap.name && !ABOUT_TOOLS.has(event.activity)) {
    if (trap.server === undefined || trap.server === tool.server) return `the tool ${trap.name}`;
  }
  if (record !== undefined && target?.resource_id === record) return `the record ${record}`;
  const isKey = key !== undefined && (credential?.uid === key || credential?.fp === key);
  if (isKey) return `the credential ${key}`;
  if (isNamed(event, record)) return `the record ${record}, by an argument`;
  return isNamed(event, key) ? `the credential ${key}, by an argument` : undefined;
}

/** Whether it touches any, as it stands before anything else is known of the event. */
export function touchesDecoy(decoys: readonly Decoy[], event: AuditEvent): boolean {
  return decoys.some((decoy) => touch(decoy, event) !== undefined);
}

function endOf({ outcome, phase }: AuditEvent): string {
  if (outcome === 'denied') return ' The call was denied.';
  return phase === 'requested' ? ' The call was asked for; whether it ran is not told yet.' : '';
}

export const decoyTouched: FindingRule = (
  _draft,
  event,
  { registry, now },
): Finding | undefined => {
  const touched = registry.decoys.flatMap((decoy) => touch(decoy, event) ?? []);
  // Of several the first by name, in whatever order the registry lists them: the same touch is one alert.
  const [what] = touched.sort();
  if (what === undefined) return undefined;
  const who = nameOf(event);
  return finding({
    kind: 'decoy_touched',
    ruleId: 'decoy-touched',
    severity: 'critical',
    dedupeKey: `${what}|${dayOf(now)}`,
    renews: true,
    title: `${who} touched a decoy: ${what}`,
    summary: `${who} used ${what}, which the registry lists as a decoy: it serves no work, so nobody who does his own comes upon it.${endOf(event)}`,
    expected: 'never touched by anybody',
    observed: what,
    quarantines: true,
    sources: [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI03'], attack: ['T1083'] },
  });
};
