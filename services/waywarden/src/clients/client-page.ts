import {
  type Client,
  FACTS,
  type Fact,
  loadClients,
  loadDetections,
} from '@waywarden/agent-telemetry';
import {
  type ClientCoverage,
  type Coverages,
  evaluableOf,
  type FactState,
  type FactStates,
  factState,
} from './client-coverage.ts';

const WRITTEN = '<!-- npm run clients:generate -->';

const CONTENT_WORDS = {
  sent: 'Content is sent.',
  partly: 'Content is sent in part.',
  withheld: 'Content is not sent.',
} as const;

type Shown = keyof ClientCoverage['with'];
const isShown = (fact: Fact, shown: ClientCoverage['with']): fact is Shown => fact in shown;

const percent = (share: number): string =>
  share > 0 && share < 0.01 ? '<1%' : `${Math.round(share * 100)}%`;

/** By recordings, else by the client's known lacks. */
function stateOf(fact: Fact, { lacks }: Client, coverage: ClientCoverage | undefined): FactState {
  if (fact === 'timing') return 'given';
  if (coverage === undefined || coverage.calls === 0)
    return lacks.includes(fact) ? 'never' : 'given';
  if (fact === 'definitions') return coverage.definitions > 0 ? 'given' : 'never';
  return isShown(fact, coverage.with) ? factState(coverage.with[fact], coverage.calls) : 'never';
}

/** Not every call has one. */
const RARE: readonly Fact[] = ['delegation'];

function statesOf(client: Client, coverage: ClientCoverage | undefined): FactStates {
  const state = (fact: Fact): FactState => {
    const seen = stateOf(fact, client, coverage);
    return seen === 'some' && RARE.includes(fact) ? 'given' : seen;
  };
  return {
    agent: state('agent'),
    arguments: state('arguments'),
    results: state('results'),
    task: state('task'),
    session: state('session'),
    delegation: state('delegation'),
    outcome: state('outcome'),
    definitions: state('definitions'),
    timing: state('timing'),
    principal: state('principal'),
  };
}

function factCell(fact: Fact, client: Client, coverage: ClientCoverage | undefined): string {
  if (fact === 'timing') return 'always';
  if (coverage === undefined || coverage.calls === 0) {
    if (client.lacks.includes(fact)) return 'no';
    return client.as_sent === true ? 'as sent' : 'doc';
  }
  if (fact === 'definitions') return coverage.definitions > 0 ? 'yes' : 'no';
  if (!isShown(fact, coverage.with)) return 'no';
  const reported = coverage.with[fact];
  if (reported === coverage.calls) return 'all';
  return reported === 0 ? 'no' : percent(reported / coverage.calls);
}

function factLines(client: Client, coverage: ClientCoverage | undefined): readonly string[] {
  const cells = FACTS.map((fact) => [fact, factCell(fact, client, coverage)] as const);
  const never = cells.filter(([, cell]) => cell === 'no').map(([fact]) => fact);
  const seen = cells
    .filter(([, cell]) => cell !== 'no')
    .map(([fact, cell]) => (/%/.test(cell) ? `${fact} (${cell})` : fact));
  return [
    `- Seen: ${seen.join(', ')}.`,
    ...(never.length === 0 ? [] : [`- Never seen: ${never.join(', ')}.`]),
  ];
}

function recordedWords(client: Client, coverage: ClientCoverage | undefined): string {
  if (client.as_sent === true) return 'What is seen depends on who sends it.';
  if (coverage === undefined) return 'By its documentation; no recording is measured.';
  return `Measured over ${coverage.calls} calls of ${coverage.recordings} recordings.`;
}

/** One line for each set. */
function detectionLines(states: FactStates): readonly string[] {
  const results = loadDetections().map((one) => evaluableOf(one, states));
  const lines = (is: 'no' | 'weaker', words: string) => {
    const kinds = new Map<string, Set<string>>();
    for (const { detection, lacks } of results.filter((one) => one.is === is)) {
      const facts = lacks.join(', ');
      kinds.set(facts, (kinds.get(facts) ?? new Set()).add(`\`${detection.kind}\``));
    }
    return [...kinds].map(([facts, names]) => `- ${words} ${facts}: ${[...names].join(', ')}.`);
  };
  return [...lines('no', 'Off without'), ...lines('weaker', 'Weaker without')];
}

function contentLines({ content }: Client): readonly string[] {
  const { by_default: byDefault, switch: line, missing } = content;
  const without = missing.length === 0 ? '' : ` Else missing: ${missing.join(', ')}.`;
  return [
    CONTENT_WORDS[byDefault],
    ...(line === undefined ? [] : [`Sent with: \`${line}\`.${without}`]),
  ];
}

export function clientPage(client: Client, coverage: ClientCoverage | undefined): string {
  const { id, name, what, sends, addresses, notes, unconfirmed } = client;
  const lines = [
    `# ${name}`,
    '',
    WRITTEN,
    '',
    `${what.charAt(0).toUpperCase()}${what.slice(1)}. It sends ${sends}, to ${addresses.map((path) => `\`${path}\``).join(', ')}.`,
    '',
    '```sh',
    `npx waywarden connect ${id}`,
    '```',
    '',
    contentLines(client).join(' '),
    '',
    recordedWords(client, coverage),
    '',
    ...factLines(client, coverage),
    ...detectionLines(statesOf(client, coverage)),
    ...notes.map((note) => `- ${note}`),
    ...unconfirmed.map((text) => `- Not confirmed: ${text}`),
    '',
  ];
  return lines.join('\n');
}

const COLUMNS = ['agent', 'arguments', 'results', 'task', 'session', 'outcome'] as const;

export function clientIndex(clients: readonly Client[], coverages: Coverages): string {
  const rows = clients.map((client) => {
    const coverage = coverages[client.id];
    const states = statesOf(client, coverage);
    const fed = loadDetections().filter((one) => evaluableOf(one, states).is !== 'no').length;
    const cells = COLUMNS.map((fact) => factCell(fact, client, coverage));
    const all = [`[${client.name}](${client.id}.md)`, ...cells, String(fed)];
    return `| ${all.join(' | ')} |`;
  });
  return [
    '# Clients',
    '',
    WRITTEN,
    '',
    'What can be pointed at Waywarden, and how much of each call is seen. `npx waywarden connect CLIENT` prints the configuration of one.',
    'Percentages are shares of recorded calls of the real client; `doc`: by its documentation; `as sent`: it depends on the sender.',
    '',
    `| client | ${COLUMNS.join(' | ')} | detections of ${loadDetections().length} |`,
    `| --- | ${COLUMNS.map(() => '---').join(' | ')} | --- |`,
    ...rows,
    '',
    'Detections of credentials need a source that names the credential, such as a gateway: no client does. Another client: [sending events](../guide-send-events.md), or an entry in `packages/agent-telemetry/conventions`.',
    '',
  ].join('\n');
}

export function clientPages(coverages: Coverages): ReadonlyMap<string, string> {
  const clients = loadClients();
  return new Map([
    ['README.md', clientIndex(clients, coverages)],
    ...clients.map(
      (client) => [`${client.id}.md`, clientPage(client, coverages[client.id])] as const,
    ),
  ]);
}
