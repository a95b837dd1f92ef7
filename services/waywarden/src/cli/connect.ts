/** `waywarden connect`: which clients can be pointed at Waywarden, and what exactly is configured in one. */
import { writeFileSync } from 'node:fs';
import { type Client, loadClients } from '@waywarden/agent-telemetry';
import { Command } from 'commander';
import { nearNames } from '../clients/diagnosis.ts';
import {
  type ClientConnection,
  type ConnectionFlags,
  connectionOf,
  filledSetup,
  holdsToken,
  placeWords,
} from '../clients/fill-setup.ts';
import { report, shellQuote, table, UsageError } from '../input/command-output.ts';
import { checkOutputs } from '../input/named-file.ts';
import { FILE_MODE } from '../runtime/data-folder.ts';

interface ConnectFlags extends ConnectionFlags {
  readonly part?: string;
  readonly out?: string;
  readonly json?: true;
}

const CONTENT_WORDS = {
  sent: 'sent unless it is switched off',
  partly: 'sent in part',
  withheld: 'not sent',
} as const;

function listWords(clients: readonly Client[]): readonly string[] {
  const rows = clients.map(({ id, name, kind, content }) => [
    id,
    name,
    kind,
    CONTENT_WORDS[content.by_default],
  ]);
  return [
    ...table(['client', 'name', 'what', 'content by default'], rows),
    '',
    'What is configured in one: waywarden connect CLIENT',
  ];
}

function clientOf(asked: string): Client {
  const clients = loadClients();
  const found = clients.find(({ id }) => id === asked.toLowerCase());
  if (found !== undefined) return found;
  const near = nearNames(
    asked,
    clients.map(({ id }) => id),
  );
  const meant = near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`;
  throw new UsageError(
    `There is no client ${asked}.${meant} waywarden connect lists them; whatever else sends OTLP: otlp.`,
  );
}

function contentWords({ content }: Client): readonly string[] {
  const { by_default: byDefault, switch: line, missing } = content;
  const without = missing.join(', ');
  return [
    `Content is ${CONTENT_WORDS[byDefault]}.`,
    ...(line === undefined ? [] : [`It is sent with: ${line}`]),
    ...(without === '' ? [] : [`While it is not, these are missing: ${without}.`]),
  ];
}

function connectionWords({ isRunning, token, url }: ClientConnection): readonly string[] {
  if (isRunning && token !== undefined) return [];
  return [
    '',
    ...(isRunning ? [] : [`Nobody was found who listens at ${url}. Start it: waywarden up.`]),
    ...(token === undefined
      ? [
          'No token is known: name its file with --token-file, or put it in the place of YOUR_TOKEN.',
        ]
      : []),
  ];
}

function clientWords(client: Client, connection: ClientConnection): readonly string[] {
  const { name, what, sends, setup, notes, unconfirmed } = client;
  const { url, token } = connection;
  const file = token === undefined ? 'TOKEN_FILE' : shellQuote(token.file);
  const parts = setup.flatMap((one) => {
    const { title, text } = filledSetup(one, connection);
    return [`${placeWords(title).replaceAll('`', '')}:`, '', text.trimEnd(), ''];
  });
  const holds = token !== undefined && setup.some(holdsToken);
  return [
    `${name}: ${what}. It sends ${sends}.`,
    '',
    ...parts,
    ...(holds ? ['This holds a token: whoever reads it can send in its name.', ''] : []),
    ...contentWords(client),
    ...notes.map((note) => `- ${note}`),
    ...unconfirmed.map((text) => `- Not confirmed: ${text}`),
    ...connectionWords(connection),
    '',
    `See what arrives: waywarden doctor --url ${url} --token-file ${file}`,
  ];
}

function givePart(
  client: Client,
  part: string,
  out: string | undefined,
  connection: ClientConnection,
) {
  const setup = client.setup.find((one) => one.part === part);
  if (setup === undefined) {
    const parts = client.setup.map((one) => one.part).join(', ');
    throw new UsageError(`--part ${part}: ${client.id} has ${parts}.`);
  }
  const { text } = filledSetup(setup, connection);
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text, { mode: FILE_MODE });
}

function connect(asked: string | undefined, flags: ConnectFlags): void {
  const isJson = flags.json === true;
  if (asked === undefined) {
    const clients = loadClients();
    report(isJson, { clients }, listWords(clients));
    return;
  }
  const client = clientOf(asked);
  const connection = connectionOf(flags);
  const { part, out } = flags;
  checkOutputs({ '--out': out });
  if (out !== undefined && part === undefined) {
    throw new UsageError('--out needs --part: one file holds one part.');
  }
  if (part !== undefined) {
    givePart(client, part, out, connection);
    return;
  }
  const { url, token, isRunning } = connection;
  const setup = client.setup.map((one) => filledSetup(one, connection));
  const answer = {
    ...client,
    setup,
    url,
    token_file: token?.file ?? null,
    running: isRunning,
  };
  report(isJson, answer, clientWords(client, connection));
}

export const connectCommand = new Command('connect')
  .description('say how a client is pointed at Waywarden; without a client, list them')
  .argument('[client]', 'a client of that list')
  .option('--url <url>', 'ingest, without a path; default: where the up of --data listens')
  .option('--token-file <file>', 'a token of waywarden token create; default: the first of --data')
  .option('--data <folder>', 'the data folder of up', '.waywarden/data')
  .option('--part <name>', 'print one part of the configuration and nothing else')
  .option('--out <file>', 'write that part into a file that only you can read')
  .option('--json', 'print one JSON object')
  .action(connect);
