/** Everything that takes telemetry of clients, around the log: with what was under way when the last process ended. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, join as joinPath } from 'node:path';
import { type Call, type JoinOptions, type Mapping, mappingOf } from '@waywarden/agent-telemetry';
import type { EventLog } from '@waywarden/event-log';
import type { KeyFile } from '@waywarden/schemas';
import { readTokens, type TokenEntry } from '../adapters/token-store.ts';
import { ClientCalls } from '../calls/client-calls.ts';
import { StoredRequests } from '../calls/stored-requests.ts';
import { APPEND_MS_MAX, type EventIntake } from '../intake/event-intake.ts';
import type { IngestTelemetry } from '../intake/telemetry.ts';
import type { Tenants } from '../intake/tenants.ts';
import { CLIENT_ROUTES } from './client-routes.ts';
import { readReceived } from './take-client.ts';

const MAPPINGS_MAX = 200;

/** In the order of their names. Throws naming the file and the field that can't be used. */
function loadMappingFiles(folder: string): readonly Mapping[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .filter((file) => /\.ya?ml$/u.test(file))
    .sort();
  if (files.length > MAPPINGS_MAX) {
    throw new Error(`${folder}: ${files.length} mappings are more than ${MAPPINGS_MAX}.`);
  }
  return files.map((file) => {
    const read = mappingOf(readFileSync(join(folder, file), 'utf8'));
    if (read.kind === 'mapping') return read.mapping;
    throw new Error(`The mapping ${join(folder, file)}: ${read.problem}`);
  });
}

interface ClientsOptions {
  readonly log: EventLog;
  readonly keyFile: KeyFile;
  readonly tokensPath: string;
  readonly appendMsMax?: number;
  readonly join?: Partial<JoinOptions>;
  readonly onCall?: (call: Call) => void;
  readonly nowMs: () => number;
}

interface Parts {
  readonly intake: EventIntake;
  readonly telemetry: IngestTelemetry;
  readonly tenants: Tenants;
}

export interface Clients {
  readonly calls: ClientCalls;
  readonly retained: StoredRequests;
}

/** A log that can not be read now is no reason not to listen. */
async function recall(
  { calls, retained }: Clients,
  tokensPath: string,
  telemetry: IngestTelemetry,
): Promise<void> {
  try {
    const recalled = await retained.recall(readTokens(tokensPath), (request, token) => {
      const isOf = ({ path, method }: (typeof CLIENT_ROUTES)[number]) =>
        path === request.route && method === request.method;
      const route = CLIENT_ROUTES.find(isOf);
      if (route !== undefined) readReceived(route, request, token, calls);
    });
    telemetry.clientsRecalled(recalled);
  } catch (cause) {
    telemetry.clientsNotRecalled(cause);
  }
}

export async function openClients(
  { log, keyFile, tokensPath, appendMsMax, join, onCall, nowMs }: ClientsOptions,
  { intake, telemetry, tenants }: Parts,
): Promise<Clients> {
  const retained = new StoredRequests({
    log,
    keyFile,
    sealOf: (tenant) => tenants.parts(tenant).seal,
    appendMsMax: appendMsMax ?? APPEND_MS_MAX,
    onFailed: (cause) => telemetry.appendFailed(cause),
  });
  const hashOf = (tenant: string) => {
    const { keys } = tenants.parts(tenant);
    return (text: string) => keys.hash('tool-definition', text);
  };
  const mark = (token: TokenEntry, untilMs: number) => retained.mark(token, untilMs);
  const mappings = loadMappingFiles(joinPath(dirname(tokensPath), 'mappings'));
  const calls = new ClientCalls({
    ...{ intake, telemetry, nowMs, hashOf, join, onCall, mark, mappings },
  });
  telemetry.watchCalls(() => calls.counts.all);
  const clients = { calls, retained };
  await recall(clients, tokensPath, telemetry);
  calls.start();
  return clients;
}
