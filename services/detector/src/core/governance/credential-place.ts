/**
 * One credential in two places: a token that was used from one network or by one client is used from
 * another. A token is issued to a place, so this needs no history of the agent; what is known of it (its
 * networks and clients before) says how odd the other place is and decides the severity.
 *
 * Networks are compared by their first 24 bits (IPv4) or 48 (IPv6): addresses inside one change by
 * themselves. Limits: a proxy hides the thief; agents that really roam with one token are told once a
 * token. One token in the hands of two agents is seen by the flow stage, not here.
 */
import { type Assurance, type AuditEvent, epochMs, type Severity } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { decisiveAssurance } from '../profile/decisive-assurance.ts';
import { shorten } from '../short-text.ts';
import { type Finding, type FindingRule, finding, nameOf } from './finding.ts';

/** Tokens of an agent whose place is remembered, and networks and clients of it. */
const TOKENS_MAX = 16;
const PLACES_MAX = 16;
/** Characters kept of a client's name. */
const CLIENT_LENGTH = 40;
const FAST_MS = 1000;

interface Use {
  readonly uid: string;
  readonly network: string | undefined;
  readonly client: string | undefined;
  readonly eventId: string;
  readonly at: string;
  readonly assurance: Assurance;
}

interface State {
  readonly tokens: readonly Use[];
  readonly networks: readonly string[];
  readonly clients: readonly string[];
}

const NOTHING: State = { tokens: [], networks: [], clients: [] };

function networkOf(ip: string | undefined): string | undefined {
  if (ip === undefined) return undefined;
  return ip.includes(':')
    ? ip.split(':').slice(0, 3).join(':')
    : ip.split('.').slice(0, 3).join('.');
}

function useOf(event: AuditEvent): Use | undefined {
  const uid = event.credential?.uid ?? event.credential?.fp;
  const network = networkOf(event.src?.ip);
  const client = event.src?.user_agent?.slice(0, CLIENT_LENGTH);
  if (uid === undefined || (network === undefined && client === undefined)) return undefined;
  const { event_id: eventId, event_time: at } = event;
  return { uid, network, client, eventId, at, assurance: decisiveAssurance(event) };
}

const differs = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a !== b;

const withOne = (known: readonly string[], one: string | undefined): readonly string[] =>
  one === undefined || known.includes(one) ? known : [...known, one].slice(-PLACES_MAX);

function remember(draft: Draft, key: string, state: State, use: Use): void {
  const isKnown = state.tokens.some(({ uid }) => uid === use.uid);
  const networks = withOne(state.networks, use.network);
  const clients = withOne(state.clients, use.client);
  if (isKnown && networks === state.networks && clients === state.clients) return;
  const tokens = isKnown ? state.tokens : [...state.tokens, use].slice(-TOKENS_MAX);
  draft.put(key, { tokens, networks, clients });
}

interface Moved {
  readonly network: boolean;
  readonly client: boolean;
  /** Neither was ever seen of this agent. */
  readonly isStrange: boolean;
}

function severityOf({ network, client, isStrange }: Moved): Severity {
  if (network && client) return 'high';
  return isStrange ? 'high' : 'medium';
}

/** What else fits a stolen key, in sentences. */
function besides(event: AuditEvent, before: Use, moved: Moved): readonly string[] {
  const ms = epochMs(event.event_time) - epochMs(before.at);
  return [
    ...(moved.isStrange ? ['It was never seen there before.'] : []),
    ...(event.activity === 'model_call' ? ['It calls the model there.'] : []),
    ...(ms >= 0 && ms < FAST_MS ? ['Both uses lie within a second.'] : []),
  ];
}

function describe(event: AuditEvent, [before, now]: readonly [Use, Use], moved: Moved): Finding {
  const who = nameOf(event);
  const what = [...(moved.network ? ['network'] : []), ...(moved.client ? ['client'] : [])];
  const said = (use: Use) =>
    [
      ...(moved.network ? [`${use.network ?? 'no'}.*`] : []),
      ...(moved.client ? [use.client ?? 'none'] : []),
    ].join(', ');
  return finding({
    kind: 'credential_misuse',
    ruleId: 'credential-place',
    severity: severityOf(moved),
    dedupeKey: before.uid,
    title: shorten(`A credential of ${who} is used from another ${what.join(' and ')}`, 90),
    summary: [
      `A credential of ${who} was used from ${said(before)} at ${before.at.slice(11, 19)}, and is now used from ${said(now)}.`,
      ...besides(event, before, moved),
    ].join(' '),
    expected: `the ${what.join(' and ')} that it was used from before: ${said(before)}`,
    observed: said(now),
    evidence: [{ eventId: before.eventId, role: 'earlier_use', assurance: before.assurance }],
    notVisible: ['Who held it in between is not visible; a proxy in between looks the same.'],
    quarantines: true,
    taxonomy: { owasp: ['ASI03'], attack: ['T1528', 'T1550.001'] },
  });
}

export const credentialPlace: FindingRule = (draft, event) => {
  const use = useOf(event);
  if (use === undefined) return undefined;
  const key = `places|${event.tenant_id}|${event.agent.uid}`;
  const state = draft.get<State>(key) ?? NOTHING;
  const before = state.tokens.find(({ uid }) => uid === use.uid);
  const network = before !== undefined && differs(before.network, use.network);
  const client = before !== undefined && differs(before.client, use.client);
  if (before === undefined || (!network && !client)) {
    remember(draft, key, state, use);
    return undefined;
  }
  const isStrange =
    (network && !state.networks.includes(use.network ?? '')) ||
    (client && !state.clients.includes(use.client ?? ''));
  return describe(event, [before, use], { network, client, isStrange });
};
