/** What a source sends and lacks, in words. */
import {
  type Client,
  type Fact,
  factWords,
  loadClients,
  loadDetections,
} from '@waywarden/agent-telemetry';
import type { SourceSeen } from '@waywarden/ingest';
import {
  type Evaluable,
  evaluableOf,
  type FactStates,
  factState,
  namedAgents,
} from './client-coverage.ts';

export interface OffSwitch {
  readonly client: string;
  readonly name: string;
  readonly line: string;
  readonly facts: readonly Fact[];
}

export interface Diagnosis {
  readonly states: FactStates;
  readonly off: readonly Fact[];
  readonly limited: readonly Evaluable[];
  readonly switches: readonly OffSwitch[];
}

/** A hand-over, a person and a list of tools are not part of every call: one that tells it is enough. */
export function statesOf(seen: SourceSeen): FactStates {
  const { calls, with: reported, definitions } = seen;
  const state = (count: number) => factState(count, calls);
  const once = (count: number) => (count > 0 ? 'given' : 'never');
  return {
    agent: state(namedAgents(seen)),
    arguments: state(reported.arguments),
    results: state(reported.results),
    task: state(reported.task),
    session: state(reported.session),
    delegation: once(reported.delegation),
    outcome: state(reported.outcome),
    definitions: once(definitions),
    timing: calls > 0 ? 'given' : 'never',
    principal: once(reported.principal),
  };
}

/** More clients than that have these conventions in common: none of them is meant. */
const LIKELY_MAX = 3;

/** Rare conventions say more of a sender. */
export function likelyClients({ by_convention: seen }: SourceSeen): readonly Client[] {
  const clients = loadClients();
  const worth = (name: string) =>
    1 / clients.filter(({ conventions }) => conventions.includes(name)).length;
  const score = ({ conventions }: Client) =>
    conventions.filter((name) => name in seen).reduce((sum, name) => sum + worth(name), 0);
  const most = Math.max(...clients.map(score));
  if (most === 0) return [];
  const likely = clients.filter((client) => score(client) === most);
  if (likely.length <= LIKELY_MAX) return likely;
  return clients.filter((client) => client.as_sent === true && score(client) > 0);
}

/** No fault of a source. */
const NOT_OWNED: readonly Fact[] = ['delegation', 'definitions', 'principal'];

export function diagnose(seen: SourceSeen): Diagnosis {
  const states = statesOf(seen);
  const evaluables = loadDetections().map((one) => evaluableOf(one, states));
  const limited = evaluables.filter(({ is, lacks }) => is !== 'yes' && lacks.length > 0);
  const asked = new Set(limited.flatMap(({ lacks }) => lacks));
  const off = [...asked].filter((fact) => !NOT_OWNED.includes(fact));
  const switches = likelyClients(seen).flatMap(({ id, name, content }) => {
    const facts = content.missing.filter((fact) => off.includes(fact));
    const { switch: line } = content;
    return line === undefined || facts.length === 0 ? [] : [{ client: id, name, line, facts }];
  });
  return { states, off, limited, switches };
}

const share = (reportedCount: number, calls: number): string =>
  reportedCount === 0 ? 'none' : reportedCount === calls ? 'all' : `${reportedCount} of ${calls}`;

const names = (all: readonly string[]): string => (all.length === 0 ? 'none' : all.join(', '));

export function seenWords(seen: SourceSeen): readonly string[] {
  const { calls, with: reported, agent_from: from } = seen;
  const conventions = Object.entries(seen.by_convention)
    .sort(([, a], [, b]) => b.calls - a.calls)
    .map(([name, { calls: count }]) => `${name} (${count})`);
  const unnamed =
    from.service + from.none === 0
      ? ''
      : `; ${from.service} stand under their program’s name, ${from.none} under none`;
  return [
    `Source ${seen.source}: ${calls} calls, by ${names(conventions)}.`,
    `  agents      ${names(seen.agents)}${unnamed}`,
    `  tools       ${names(seen.tools)}`,
    `  arguments   ${share(reported.arguments, calls)}`,
    `  results     ${share(reported.results, calls)}`,
    `  task text   ${share(reported.task, calls)}`,
    `  session     ${share(reported.session, calls)}`,
    `  outcome     ${share(reported.outcome, calls)}`,
    `  hand-overs  ${reported.delegation}`,
    `  person      ${share(reported.principal, calls)}`,
    `  definitions ${seen.definitions}`,
  ];
}

export function problemWords(seen: SourceSeen): readonly string[] {
  const { refused, unresolved, last_problem: problem } = seen;
  const open = Object.entries(unresolved).map(([reason, count]) => `${reason} ${count}`);
  return [
    ...(refused.bodies + refused.records === 0
      ? []
      : [`Refused: ${refused.bodies} requests, ${refused.records} records.`]),
    ...(problem === null ? [] : [`Last problem, ${problem.at}: ${problem.detail}`]),
    ...(open.length === 0 ? [] : [`Not resolved: ${open.join(', ')}.`]),
  ];
}

const named = (all: readonly Evaluable[]): readonly string[] =>
  all.map(({ detection, lacks }) => {
    return `  ${detection.name} (${detection.kind}): without ${lacks.join(', ')}`;
  });

function unseenWords(limited: readonly Evaluable[]): readonly string[] {
  const unseen = limited.filter(({ lacks }) => lacks.every((fact) => NOT_OWNED.includes(fact)));
  const facts = [...new Set(unseen.flatMap(({ lacks }) => lacks))];
  if (facts.length === 0) return [];
  const some = unseen.map(({ detection }) => detection.kind);
  return [
    `Not seen so far: ${facts.join(', ')}. Until then these judge less or nothing: ${[...new Set(some)].join(', ')}.`,
  ];
}

function limitedWords(limited: readonly Evaluable[]): readonly string[] {
  const inHand = limited.filter(({ lacks }) => lacks.some((fact) => !NOT_OWNED.includes(fact)));
  const no = inHand.filter(({ is }) => is === 'no');
  const weaker = inHand.filter(({ is }) => is === 'weaker');
  return [
    ...(no.length === 0 ? [] : ['Not evaluable:', ...named(no)]),
    ...(weaker.length === 0 ? [] : ['Evaluable, but finds or excuses less:', ...named(weaker)]),
    ...unseenWords(limited),
  ];
}

export function diagnosisWords({ off, limited, switches }: Diagnosis): readonly string[] {
  if (off.length === 0) {
    return ['Nothing is off: calls tell what detections ask of them.', ...limitedWords(limited)];
  }
  return [
    'Off or not sent:',
    ...off.map((fact) => `  ${fact}: ${factWords(fact)}`),
    ...limitedWords(limited),
    ...switches.map(
      ({ name, line, facts, client }) =>
        `${name}: switch on ${facts.join(', ')} with ${line} (waywarden connect ${client})`,
    ),
  ];
}

/** The likeliest reason first. */
export function nothingWords(seen: SourceSeen, url: string): readonly string[] {
  if (seen.events > 0) {
    return [
      `Source ${seen.source} sent ${seen.events} events to /v1/events: they carry what their sender writes, and are not looked into here.`,
      'GET /v1/events/ID says what became of one, waywarden catalogue explain TOOL how a tool is understood.',
    ];
  }
  const first =
    seen.requests === 0 && seen.refused.bodies === 0
      ? `Nothing arrived from ${seen.source}.`
      : `${seen.requests} requests arrived from ${seen.source} with ${seen.observations} observations, and no call of a tool is concluded yet.`;
  return [
    first,
    ...problemWords(seen),
    'To check:',
    '  a call is told some seconds after its end, one that waits for an approval up to two minutes after',
    '  does the client send this token? One of another source is counted there',
    `  does it send to ${url}, by HTTP? gRPC is not taken; 127.0.0.1 inside a container is the container`,
    '  was the client started after its settings were changed? waywarden connect CLIENT prints them',
  ];
}

/** Near names, by Levenshtein distance (1966) or containment. */
const NEAR_MAX = 3;
const NEAR_SHARE = 3;
const SHOWN_MAX = 5;

function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, against] of [...other].entries()) {
      const swap = (row[j] ?? 0) + (letter === against ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Nearest first. */
export function nearNames(asked: string, names: readonly string[]): readonly string[] {
  const text = asked.toLowerCase();
  const parts = text.split(/[^a-z0-9]+/u).filter((part) => part.length > 3);
  const farOf = (name: string) => {
    const holds = name.includes(text) || parts.some((part) => name.includes(part));
    return holds ? 0 : distance(text, name);
  };
  return names
    .map((name) => ({ name, far: farOf(name) }))
    .filter(({ far }) => far <= Math.min(NEAR_MAX, Math.ceil(text.length / NEAR_SHARE)))
    .sort((a, b) => a.far - b.far)
    .slice(0, SHOWN_MAX)
    .map(({ name }) => name);
}
