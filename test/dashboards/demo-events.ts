/**
 * The fleet of test/support with what dashboards show beside: classes, targets and their sensitivity,
 * durations, approvals, credentials, two sources of which one falls silent, late events, an agent
 * whose identity is only asserted, and input that ingest refuses.
 */
import { EventAcceptor, loadCatalogue, replayKeys } from '@waywarden/ingest';
import type { Assurance, InputEvent } from '@waywarden/schemas';
import { FLEET_REGISTRY, fleet } from '../support/fleet.ts';

export const TENANT = 'acme';
/** As many commands as the tests of containment tell apart. */
const STORIES = 6;
export const ORDINARY = 70;
/** How long before it was observed a late event happened. */
export const LATE_MS = 45 * 60_000;

const DAY_MS = 86_400_000;
/** When the fleet of test/support begins. */
const FLEET_START_MS = Date.UTC(2026, 0, 5, 9);
/**
 * The fleet's day is moved to yesterday, by whole days: the engine removes rows by its wall clock
 * (dead letters 30 days after they came), so the rows of a fixed day would be gone some day.
 */
const MOVED_MS = (Math.floor((Date.now() - FLEET_START_MS) / DAY_MS) - 1) * DAY_MS;

/** Within the fleet's minutes: when ingest is said to have refused what it refuses. */
const REFUSED_AT = new Date(FLEET_START_MS + MOVED_MS + 60_000).toISOString();

const CLASS_OF = new Map<string, string>(FLEET_REGISTRY.agents.map((a) => [a.uid, a.class]));

const SENSITIVITY_OF = {
  read: 'internal',
  create: 'internal',
  send: 'confidential',
  delete: 'restricted',
} as const;

function later(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}

/** A call as a gateway would report it: the same work, with its circumstances. */
function enriched(event: InputEvent, at: number): InputEvent {
  const { uid } = event.agent;
  const secret = event.capabilities?.some((one) => one.symbol === 'read:secret') === true;
  const known = SENSITIVITY_OF[event.effect as keyof typeof SENSITIVITY_OF] ?? 'unknown';
  return {
    ...event,
    agent: { ...event.agent, class: CLASS_OF.get(uid) as 'autonomous' | 'scheduled_job' },
    duration_ms: 5 + (at % 40),
    target: {
      system: 'office',
      resource_type: 'record',
      resource_id: `${event.tool?.name ?? ''}-${at % 3}`,
      sensitivity: secret ? 'secret' : known,
      environment: 'prod',
    },
    credential: {
      uid: `token-${uid}`,
      type: 'access_token',
      issued_at: later(event.event_time, -3_600_000 - at * 1000),
      expires_at: later(event.event_time, 3_600_000),
    },
    approval: { mode: at % 4 === 0 ? 'human' : 'policy' },
    ...(at % 25 === 24 ? { outcome: 'tool_error' as const } : {}),
  };
}

/** Events of ordinary work that a source tells of only much later. */
const LATE = new Set(['call-62', 'call-64', 'call-66']);

export function demoEvents(): readonly InputEvent[] {
  return fleet({ stories: STORIES, ordinary: ORDINARY })
    .map((event) => ({ ...event, event_time: later(event.event_time, MOVED_MS) }))
    .map(enriched)
    .map((event) =>
      LATE.has(event.native_id ?? '')
        ? { ...event, event_time: later(event.event_time, -LATE_MS) }
        : event,
    );
}

/** A hijack of which every claim is only asserted: a rule that enforces must withhold. */
export function assertedHijack(after: string): readonly InputEvent[] {
  return fleet({ stories: 1, ordinary: 0 })
    .slice(0, 2)
    .map((event, at) => ({
      ...event,
      native_id: `asserted-${at}`,
      event_time: later(after, at * 1000),
      task: { ...event.task, id: 'asserted' },
    }));
}

/** Calls of an agent that nobody registered and that only says who it is. */
export function strangerEvents(after: string): readonly InputEvent[] {
  return Array.from({ length: 5 }, (_, n) => ({
    native_id: `stranger-${n}`,
    event_time: later(after, n * 1000),
    activity: 'tool_call',
    phase: 'completed',
    effect: 'read',
    agent: { uid: "stranger' OR 1=1 --\\" },
    tool: { name: 'list_orders', server: 'office' },
    outcome: 'success',
  }));
}

/** The next call of a contained task: denied, as it should be, or not. */
export function callAfter(
  task: string,
  time: string,
  outcome: 'denied' | 'success' | 'tool_error',
): InputEvent {
  return {
    native_id: `after-${task}`,
    event_time: time,
    activity: 'tool_call',
    phase: 'completed',
    effect: 'delete',
    agent: { uid: 'triage' },
    task: { id: task },
    tool: { name: 'purge_inbox', server: 'office' },
    capabilities: [{ symbol: 'delete:data', basis: 'operator' }],
    outcome,
  };
}

/** The real way in, for one source. */
export function acceptorOf(instance: string, assurance: Assurance): EventAcceptor {
  return new EventAcceptor({
    tenant: TENANT,
    source: { kind: 'test', instance },
    assurance,
    trustFields: true,
    keys: replayKeys(),
    catalogue: loadCatalogue(),
    receivedAt: () => REFUSED_AT,
    now: (input) => later(input.event_time, LATE.has(input.native_id ?? '') ? LATE_MS : 40),
  });
}
