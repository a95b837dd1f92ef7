/**
 * Whether a call stays inside an envelope, element by element: inside, outside or unknown. A finding counts
 * `outside` alone; an approval wants all inside.
 */
import {
  type AuditEvent,
  type Effect,
  matchesGrant,
  type Registry,
  SENSITIVITIES,
} from '@waywarden/schemas';
import { shorten } from '../short-text.ts';

type Workflow = Registry['workflows'][number];
export type Envelope = NonNullable<Workflow['envelope']>;

interface CallFacts {
  readonly capabilities: readonly { readonly symbol: string; readonly basis: string }[];
  readonly effect: Effect;
  readonly target:
    | {
        readonly system?: string | undefined;
        readonly resource_type?: string | undefined;
        readonly resource_id?: string | undefined;
        readonly sensitivity?: string | undefined;
        readonly environment?: string | undefined;
      }
    | undefined;
  readonly destinationDomain: string | undefined;
  readonly destinations: number;
}

export interface ElementVerdict {
  readonly element: string;
  readonly verdict: 'outside' | 'unknown';
  readonly expected: string;
  readonly observed: string;
  /** The element rests on a capability that was only inferred. */
  readonly inferred: boolean;
}

const SENDS: ReadonlySet<Effect> = new Set(['send', 'pay']);
const RANKED: readonly string[] = SENSITIVITIES.filter((one) => one !== 'unknown');

/** Below zero: not known. */
function rankOf(sensitivity: string | undefined): number {
  return sensitivity === undefined ? -1 : RANKED.indexOf(sensitivity);
}

export function listed(values: readonly string[]): string {
  return shorten(values.join(', '), 160);
}

/** `*`: any run of characters; linear in both lengths for each star. */
export function matchesName(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  if (parts.length === 1) return pattern === name;
  const last = parts.at(-1) ?? '';
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  const end = name.length - last.length;
  if (at > end) return false;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

function unknown(element: string, expected: string, observed: string): ElementVerdict {
  return { element, verdict: 'unknown', expected, observed, inferred: false };
}

function outside(element: string, expected: string, observed: string): ElementVerdict {
  return { element, verdict: 'outside', expected, observed, inferred: false };
}

function capabilities(envelope: Envelope, facts: CallFacts): readonly ElementVerdict[] {
  const allowed = envelope.capabilities;
  if (allowed === undefined) return [];
  const beyond = facts.capabilities.filter(
    ({ symbol }) => !allowed.some((pattern) => matchesGrant(pattern, symbol)),
  );
  if (beyond.length === 0) return [];
  const observed = listed(beyond.map(({ symbol }) => symbol).sort());
  const inferred = beyond.every(({ basis }) => basis === 'inferred');
  return [{ ...outside('capabilities', listed(allowed), observed), inferred }];
}

function namesOf(target: NonNullable<CallFacts['target']>): readonly string[] {
  const { system, resource_type: type, resource_id: id } = target;
  const joined = (a: string | undefined, b: string | undefined) =>
    a === undefined || b === undefined ? [] : [`${a}/${b}`];
  const single = [system, type, id].filter((one) => one !== undefined);
  return [...single, ...joined(system, type), ...joined(type, id), ...joined(system, id)];
}

function targets(envelope: Envelope, { target }: CallFacts): readonly ElementVerdict[] {
  const allowed = envelope.targets;
  if (allowed === undefined) return [];
  const names = target === undefined ? [] : namesOf(target);
  if (names.length === 0) return [unknown('targets', listed(allowed), 'the call names no target')];
  if (names.some((name) => allowed.some((pattern) => matchesName(pattern, name)))) return [];
  return [outside('targets', listed(allowed), names.at(-1) ?? '')];
}

function sensitivity(envelope: Envelope, { target }: CallFacts): readonly ElementVerdict[] {
  const most = envelope.sensitivity_max;
  if (most === undefined || most === 'unknown') return [];
  const expected = `at most ${most}`;
  const rank = rankOf(target?.sensitivity);
  if (rank < 0) return [unknown('sensitivity', expected, 'the call does not say how sensitive')];
  if (rank <= RANKED.indexOf(most)) return [];
  return [outside('sensitivity', expected, RANKED[rank] ?? '')];
}

function destinations(envelope: Envelope, facts: CallFacts): readonly ElementVerdict[] {
  const allowed = envelope.destinations;
  if (allowed === undefined || !SENDS.has(facts.effect)) return [];
  const domain = facts.destinationDomain?.toLowerCase();
  const expected = listed(allowed);
  if (domain === undefined) {
    return [unknown('destinations', expected, 'the call names no destination with a domain')];
  }
  const isInside = allowed.some((one) => {
    const inside = one.toLowerCase();
    return domain === inside || domain.endsWith(`.${inside}`) || matchesName(inside, domain);
  });
  if (!isInside) return [outside('destinations', expected, domain)];
  if (facts.destinations <= 1) return [];
  return [unknown('destinations', expected, `${facts.destinations}, of which one is told`)];
}

function environments(envelope: Envelope, { target }: CallFacts): readonly ElementVerdict[] {
  const allowed = envelope.environments;
  if (allowed === undefined) return [];
  const environment = target?.environment;
  if (environment === undefined) {
    return [unknown('environments', listed(allowed), 'the call names no environment')];
  }
  return allowed.includes(environment)
    ? []
    : [outside('environments', listed(allowed), environment)];
}

const ELEMENTS = [capabilities, targets, sensitivity, destinations, environments] as const;

export function destinationDomain({ args }: Pick<AuditEvent, 'args'>): string | undefined {
  const domain = args?.features?.['destination_domain'];
  return typeof domain === 'string' ? domain : undefined;
}

export function factsOf({ capabilities, effect, target, args }: AuditEvent): CallFacts {
  const destinations = args?.features?.['destinations'];
  return {
    capabilities,
    effect,
    target,
    destinationDomain: destinationDomain({ args }),
    destinations: typeof destinations === 'number' ? destinations : 1,
  };
}

export function envelopeOf(registry: Registry, workflow: string): Envelope | undefined {
  return registry.workflows.find(({ name }) => name === workflow)?.envelope;
}

/** Empty when it is inside all. */
export function judgeEnvelope(envelope: Envelope, facts: CallFacts): readonly ElementVerdict[] {
  return ELEMENTS.flatMap((element) => element(envelope, facts));
}

/** What has as many values as there is work: of these the element stands, whatever the value. */
const OPEN_ENDED: ReadonlySet<string> = new Set(['targets', 'destinations', 'deadline', 'volume']);

/** Nothing where a value came from outsiders' text. */
export function standsBy(exceeded: readonly ElementVerdict[]): readonly string[] {
  if (exceeded.some(({ element }) => element.startsWith('provenance'))) return [];
  return exceeded.map(({ element, observed }) =>
    OPEN_ENDED.has(element) ? element : `${element} ${observed}`,
  );
}
