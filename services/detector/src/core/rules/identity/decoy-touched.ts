/**
 * A decoy was touched: critical from the first touch, denied or only requested. Each day is an alert of its own.
 * Limit: arguments that a source derives itself are not seen.
 */
import {
  type AuditEvent,
  calledTool,
  comparable,
  isToolElsewhere,
  namedTool,
  type Registry,
  sameName,
  sourceNameOf,
  standsIn,
} from '@waywarden/schemas';
import { type FindingRule, finding } from '../../alerting/finding.ts';
import { dateOfTime } from '../../domain/day.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { decoyTouchedWords, TOUCH_WORDS } from '../../wording/identity.ts';

type Decoy = Registry['decoys'][number];

/** As ingest marks it; no body can. */
function isNamed({ unmapped }: AuditEvent, name: string): boolean {
  const marks = unmapped?.['ingest.marks'];
  return Array.isArray(marks) && marks.includes(`decoy_named:${name}`);
}

const ABOUT_TOOLS: ReadonlySet<string> = new Set(['tool_list', 'config_change']);

/** Behind its name. */
const WITHIN_RECORD = /^[?#@;:/]/;

function isRecord(given: string, record: string): boolean {
  const own = given.slice(0, record.length);
  return sameName(own, record) && (own === given || WITHIN_RECORD.test(given.slice(record.length)));
}

function touchOfKey(key: string, { target, credential }: AuditEvent): string | undefined {
  if (credential?.uid === key || credential?.fp === key) return TOUCH_WORDS.credential(key);
  if (credential?.parent_uid === key) return TOUCH_WORDS.madeFrom(key);
  const asked = target?.resource_id;
  if (asked === undefined) return undefined;
  return asked === key || standsIn(asked.toLowerCase(), key) ? TOUCH_WORDS.target(key) : undefined;
}

/** Undefined when it did not. */
function touch(registry: Registry, decoy: Decoy, event: AuditEvent): string | undefined {
  const { tool, target } = event;
  const { tool: trap, resource_id: record, credential_uid: key } = decoy;
  const isCalled = trap !== undefined && tool !== undefined && !ABOUT_TOOLS.has(event.activity);
  if (isCalled && isDecoyTool(registry, trap, tool)) return TOUCH_WORDS.tool(trap.name);
  const asked = target?.resource_id;
  if (record !== undefined && asked !== undefined && isRecord(asked, record)) {
    return TOUCH_WORDS.record(record);
  }
  const byKey = key === undefined ? undefined : touchOfKey(key, event);
  if (byKey !== undefined) return byKey;
  if (record !== undefined && isNamed(event, record)) {
    return TOUCH_WORDS.recordArgument(record);
  }
  return key !== undefined && isNamed(event, key) ? TOUCH_WORDS.credentialArgument(key) : undefined;
}

export function touchesDecoy(registry: Registry, event: AuditEvent): boolean {
  return registry.decoys.some((decoy) => touch(registry, decoy, event) !== undefined);
}

export const decoyTouched: FindingRule = (_transaction, event, { registry, now }) => {
  let what: string | undefined;
  for (const decoy of registry.decoys) {
    const touched = touch(registry, decoy, event);
    // The first by name, so that the same touch is one alert.
    if (touched !== undefined && (what === undefined || touched < what)) what = touched;
  }
  if (what === undefined) return undefined;
  return finding({
    kind: 'decoy_touched',
    ruleId: 'decoy-touched',
    severity: RULE_SEVERITIES['decoy-touched'].plain,
    dedupeKey: `${what}|${dateOfTime(now)}`,
    renews: 'work',
    ...decoyTouchedWords(event, what),
    quarantines: true,
    sources: [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI03'], attack: ['T1083'] },
  });
};

type DecoyTool = NonNullable<Registry['decoys'][number]['tool']>;

interface Trap {
  readonly name: string;
  readonly server: string | undefined;
  readonly joined: readonly string[];
  readonly isReportedBare: boolean;
}

const JOINTS = ['/', '__', '.', ':'] as const;
const flat = (name: string) => name.replace(/[^\p{L}\p{N}]+/gu, '_');

function trapOf(registry: Registry, tool: DecoyTool): Trap {
  const named = namedTool(tool.name);
  const name = comparable(named.tool);
  const serverName = tool.server ?? named.server;
  const server = serverName === undefined ? undefined : comparable(serverName);
  const joined =
    server === undefined
      ? []
      : [...JOINTS.map((joint) => `${server}${joint}${name}`), `mcp_${flat(`${server}_${name}`)}`];
  return { name, server, joined, isReportedBare: !isToolElsewhere(registry, tool) };
}

const known = new WeakMap<Registry, Map<DecoyTool, Trap>>();

function trapIn(registry: Registry, tool: DecoyTool): Trap {
  const traps = known.get(registry) ?? new Map<DecoyTool, Trap>();
  known.set(registry, traps);
  const trap = traps.get(tool) ?? trapOf(registry, tool);
  traps.set(tool, trap);
  return trap;
}

/** Whether a call's tool is a decoy's, however its host writes the name. */
function isDecoyTool(
  registry: Registry,
  decoy: DecoyTool,
  tool: NonNullable<AuditEvent['tool']>,
): boolean {
  const { name, server, joined, isReportedBare } = trapIn(registry, decoy);
  const plainName = comparable(tool.name);
  if (
    joined.includes(plainName) ||
    (plainName.startsWith('mcp_') && joined.includes(flat(plainName)))
  )
    return true;
  const called = calledTool(tool.name, tool.server);
  if (server === undefined) {
    return comparable(called.tool) === name || comparable(namedTool(tool.name).tool) === name;
  }
  if (comparable(called.tool) !== name) return false;
  return called.server === undefined ? isReportedBare : comparable(called.server) === server;
}
