/** The page of one client, and the table of all: what is configured, what is seen, what can be evaluated of it. */
import {
  type Client,
  type Detection,
  FACTS,
  type Fact,
  factWords,
  loadDetections,
} from '@waywarden/agent-telemetry';
import type { Coverage, Coverages } from './coverage.ts';
import { evaluableOf, type FactState, type FactStates, factState } from './evaluable.ts';
import { filledSetup, placeWords } from './fill-setup.ts';

const WRITTEN =
  '<!-- Written by `npm run clients:generate` from packages/agent-telemetry/conventions. -->';
const EXAMPLE = { url: 'http://127.0.0.1:8787', token: undefined, isRunning: true };

const CONTENT_WORDS = {
  sent: 'Content is sent unless it is switched off.',
  partly: 'Content is sent in part by default.',
  withheld: 'Content is not sent by default.',
} as const;

type Shown = keyof Coverage['with'];
const isShown = (fact: Fact, shown: Coverage['with']): fact is Shown => fact in shown;

const percent = (share: number): string =>
  share > 0 && share < 0.01 ? 'under 1 %' : `${Math.round(share * 100)} %`;

/** Fact by fact: by the recordings where there are any, else by what the client is known to lack. */
function stateOf(fact: Fact, { lacks }: Client, coverage: Coverage | undefined): FactState {
  if (fact === 'timing') return 'told';
  if (coverage === undefined || coverage.calls === 0)
    return lacks.includes(fact) ? 'never' : 'told';
  if (fact === 'definitions') return coverage.definitions > 0 ? 'told' : 'never';
  return isShown(fact, coverage.with) ? factState(coverage.with[fact], coverage.calls) : 'never';
}

/** A hand-over, a decision or a person is told by those calls that have one. */
const RARE: readonly Fact[] = ['delegation'];

function statesOf(client: Client, coverage: Coverage | undefined): FactStates {
  const state = (fact: Fact): FactState => {
    const seen = stateOf(fact, client, coverage);
    return seen === 'some' && RARE.includes(fact) ? 'told' : seen;
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

function factCell(fact: Fact, client: Client, coverage: Coverage | undefined): string {
  if (fact === 'timing') return 'always';
  if (coverage === undefined || coverage.calls === 0) {
    if (client.lacks.includes(fact)) return 'no';
    return client.as_sent === true ? 'as sent' : 'documented';
  }
  if (fact === 'definitions') return coverage.definitions > 0 ? 'yes' : 'no';
  if (!isShown(fact, coverage.with)) return 'no';
  const told = coverage.with[fact];
  return told === 0 ? 'no' : percent(told / coverage.calls);
}

function factTable(client: Client, coverage: Coverage | undefined): readonly string[] {
  const switched = (fact: Fact) =>
    client.content.missing.includes(fact) && client.content.by_default !== 'sent'
      ? 'with content switched on'
      : '';
  const rows = FACTS.map((fact) => {
    const cells = [fact, factWords(fact), factCell(fact, client, coverage), switched(fact)];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| fact | in words | told | needs |', '| --- | --- | --- | --- |', ...rows];
}

function recordedWords(client: Client, coverage: Coverage | undefined): string {
  if (client.as_sent === true) return 'What is told depends on who sends it.';
  if (coverage === undefined) {
    return 'No recording of this client is among those that are measured; this is what it documents.';
  }
  const { calls, recordings } = coverage;
  return `Share of the ${calls} calls of ${recordings} recordings that tell it. In some of them content is switched off, some calls were refused, and few hand over.`;
}

function detectionRow(detection: Detection, states: FactStates): string {
  const { is, lacks } = evaluableOf(detection, states);
  const why = lacks.length === 0 ? '' : ` without ${lacks.join(', ')}`;
  const word = { yes: 'yes', weaker: `weaker${why}`, no: `no${why}` }[is];
  return `| ${detection.name} | \`${detection.kind}\` | ${word} |`;
}

function contentLines({ content }: Client): readonly string[] {
  const { by_default: byDefault, switch: line, missing } = content;
  const without = missing.length === 0 ? '' : ` Without it are missing: ${missing.join(', ')}.`;
  return [
    CONTENT_WORDS[byDefault],
    ...(line === undefined ? [] : [`Sent with: \`${line}\`.${without}`]),
  ];
}

/** Neither the name of a person's machine nor a token: what `connect` fills in. */
export function clientPage(client: Client, coverage: Coverage | undefined): string {
  const { id, name, what, sends, addresses, setup, notes, unconfirmed } = client;
  const states = statesOf(client, coverage);
  const parts = setup.flatMap((one) => {
    const { title, language, text } = filledSetup(one, EXAMPLE);
    return [`${placeWords(title)}:`, '', `\`\`\`${language}`, text.trimEnd(), '```', ''];
  });
  const lines = [
    `# ${name}`,
    '',
    WRITTEN,
    '',
    `What it is: ${what}. It sends ${sends}, to ${addresses.map((path) => `\`${path}\``).join(', ')}.`,
    '',
    '## Configuration',
    '',
    `\`npx waywarden connect ${id}\` prints this with your address and token.`,
    '',
    ...parts,
    contentLines(client).join(' '),
    '',
    'Then `npx waywarden doctor` says what arrives. How the addresses answer: [ingest](../reference-ingest.md#addresses-of-clients).',
    '',
    '## What is seen',
    '',
    recordedWords(client, coverage),
    '',
    ...factTable(client, coverage),
    '',
    '## Which detections it feeds',
    '',
    '| detection | alert | evaluable |',
    '| --- | --- | --- |',
    ...loadDetections().map((one) => detectionRow(one, states)),
    '',
    '## To know',
    '',
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
    const all = [
      `[${client.name}](${client.id}.md)`,
      client.kind,
      ...cells,
      `${fed} of ${loadDetections().length}`,
    ];
    return `| ${all.join(' | ')} |`;
  });
  return [
    '# Clients',
    '',
    WRITTEN,
    '',
    'What can be pointed at Waywarden, and what is seen of it. `npx waywarden connect` lists the same, `npx waywarden connect CLIENT` prints the configuration of one.',
    'Percentages are of the calls in recordings of the real client; `documented` where none was recorded, `as sent` where it depends on who sends.',
    '',
    `| client | what | ${COLUMNS.join(' | ')} | detections |`,
    `| --- | --- | ${COLUMNS.map(() => '---').join(' | ')} | --- |`,
    ...rows,
    '',
    'Detections of [credentials](../reference-credentials.md) need a source that names the credential, such as a gateway: no client does. Another client: [sending events](../guide-send-events.md), or a table entry in `packages/agent-telemetry/conventions`.',
    '',
  ].join('\n');
}
