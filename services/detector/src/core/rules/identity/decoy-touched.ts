/**
 * A decoy was touched: critical from the first touch, denied or only requested. Each day is an alert of its own.
 * Limit: arguments that a source derives itself are not seen.
 */
import {
  type AuditEvent,
  type Registry,
  sameName,
  sourceNameOf,
  standsIn,
} from '@waywarden/schemas';
import { type Finding, type FindingRule, finding, nameOf } from '../../alerting/finding.ts';
import { dateOfTime } from '../../domain/day.ts';
import { SEVERITIES } from '../../domain/severities.ts';
import { isDecoyTool } from './decoy-tool.ts';

type Decoy = Registry['decoys'][number];

/** As ingest marks it; no body can. */
function isNamed({ unmapped }: AuditEvent, name: string | undefined): boolean {
  const marks = unmapped?.['ingest.marks'];
  return name !== undefined && Array.isArray(marks) && marks.includes(`decoy_named:${name}`);
}

const ABOUT_TOOLS: ReadonlySet<string> = new Set(['tool_list', 'config_change']);

/** Behind its name. */
const WITHIN_RECORD = /^[?#@;:/]/;

function isRecord(given: string, record: string): boolean {
  const own = given.slice(0, record.length);
  return sameName(own, record) && (own === given || WITHIN_RECORD.test(given.slice(record.length)));
}

function touchOfKey(key: string, { target, credential }: AuditEvent): string | undefined {
  if (credential?.uid === key || credential?.fp === key) return `the credential ${key}`;
  if (credential?.parent_uid === key) return `the credential ${key}, by a token made from it`;
  const asked = target?.resource_id;
  if (asked === undefined) return undefined;
  return asked === key || standsIn(asked.toLowerCase(), key)
    ? `the credential ${key}, as a target`
    : undefined;
}

/** Undefined when it did not. */
function touch(registry: Registry, decoy: Decoy, event: AuditEvent): string | undefined {
  const { tool, target } = event;
  const { tool: trap, resource_id: record, credential_uid: key } = decoy;
  const isCalled = trap !== undefined && tool !== undefined && !ABOUT_TOOLS.has(event.activity);
  if (isCalled && isDecoyTool(registry, trap, tool)) return `the tool ${trap.name}`;
  const asked = target?.resource_id;
  if (record !== undefined && asked !== undefined && isRecord(asked, record)) {
    return `the record ${record}`;
  }
  const byKey = key === undefined ? undefined : touchOfKey(key, event);
  if (byKey !== undefined) return byKey;
  if (isNamed(event, record)) return `the record ${record}, by an argument`;
  return isNamed(event, key) ? `the credential ${key}, by an argument` : undefined;
}

export function touchesDecoy(registry: Registry, event: AuditEvent): boolean {
  return registry.decoys.some((decoy) => touch(registry, decoy, event) !== undefined);
}

function endOf({ outcome, phase }: AuditEvent): string {
  if (outcome === 'denied') return ' The call was denied.';
  return phase === 'requested' ? ' The call was asked for; whether it ran is not told yet.' : '';
}

export const decoyTouched: FindingRule = (
  _transaction,
  event,
  { registry, now },
): Finding | undefined => {
  let what: string | undefined;
  for (const decoy of registry.decoys) {
    const touched = touch(registry, decoy, event);
    // The first by name, so that the same touch is one alert.
    if (touched !== undefined && (what === undefined || touched < what)) what = touched;
  }
  if (what === undefined) return undefined;
  const who = nameOf(event);
  return finding({
    kind: 'decoy_touched',
    ruleId: 'decoy-touched',
    severity: SEVERITIES['decoy-touched'].plain,
    dedupeKey: `${what}|${dateOfTime(now)}`,
    renews: 'work',
    title: `${who} touched a decoy: ${what}`,
    summary: `${who} used ${what}, which the registry lists as a decoy: it serves no work, so nobody who does his own comes upon it.${endOf(event)}`,
    expected: 'never touched by anybody',
    observed: what,
    quarantines: true,
    sources: [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI03'], attack: ['T1083'] },
  });
};
