/** Wires ingest around an event log: for the standalone service and for everything-in-one-process. */
import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname, join } from 'node:path';
import type { Call, JoinOptions } from '@waywarden/agent-telemetry';
import type { EventLog } from '@waywarden/event-log';
import { type JwsKeyRing, type KeyFile, type Registry, TOPICS } from '@waywarden/schemas';
import {
  LOG_UNAVAILABLE,
  makeHealth,
  type ReadinessProblem,
  type ServiceHealth,
  STARTING,
  TopicEnds,
} from '@waywarden/service-health';
import type { Logger } from 'pino';
import { recallEvents } from './adapters/scan-log.ts';
import { loadTokens, readTokens } from './adapters/token-store.ts';
import { WatchedFile } from './adapters/watched-file.ts';
import type { SourceSeen } from './calls/source-summary.ts';
import { type Redriven, type RedriveRequest, Redriver } from './dead-letters/redrive.ts';
import { CONNECTIONS_MAX, HTTP_TIMES, type HttpTimes } from './http/connection-limits.ts';
import { type IngestServer, ingestServer, type ServerParts } from './http/ingest-server.ts';
import { openClients } from './http/open-clients.ts';
import { BODY_BYTES_MAX } from './http/receive-body.ts';
import { loadIssuers } from './identity/issuers.ts';
import { EventIntake } from './intake/event-intake.ts';
import { HTTP_ERRORS } from './intake/http-error.ts';
import { BODIES_MAX, BYTES_MAX, InHand } from './intake/in-hand.ts';
import { IngestTelemetry } from './intake/telemetry.ts';
import { Tenants } from './intake/tenants.ts';
import { Turns } from './intake/turns.ts';
import { RegistryFollower } from './registry/registry-follower.ts';

const TOPICS_WRITTEN = [TOPICS.auditEvents.name, TOPICS.auditDeadletter.name];

const UNWELL = {
  append_failed: 'The event log refused the last events: senders are told to send them again.',
  append_overdue: 'The event log does not acknowledge in time: senders are told to send again.',
  disk_full: 'The disk is nearly full: new events are refused until there is room.',
} as const;

function readyToTake(
  log: Pick<EventLog, 'endOffsets'>,
  intake: Pick<EventIntake, 'unwell'>,
): () => Promise<ReadinessProblem | undefined> {
  // The broker itself is asked: what a topic is called may be known from before.
  const ends = new TopicEnds(log);
  return async () => {
    const reason = intake.unwell;
    if (reason !== undefined) return { reason, sentence: UNWELL[reason] };
    return (await ends.of(TOPICS_WRITTEN)) === undefined ? LOG_UNAVAILABLE : undefined;
  };
}

/** Where it listens. */
interface ListenOptions {
  /** A server that somebody else listens on, made with `HTTP_SERVER_OPTIONS`. */
  readonly behind?: { readonly server: Server; readonly url: string };
  readonly host?: string;
  readonly port?: number;
  readonly health?: ServiceHealth;
}

/** How much is taken at a time. */
interface IngestLimits {
  readonly bodyBytesMax?: number;
  readonly hasRoom?: () => boolean;
  readonly bodiesMax?: number;
  readonly bytesMax?: number;
  readonly connectionsMax?: number;
  readonly times?: Partial<HttpTimes>;
  readonly appendMsMax?: number;
}

/** Which agents are known. */
interface RegistryOptions {
  readonly follow?: { readonly keys: JwsKeyRing; readonly lookMs?: number };
  /** The registry of a tenant as it is now, where none is followed; asked again after `registryChanged`. */
  readonly registryOf?: (tenant: string) => Registry | undefined;
  readonly organisation?: readonly string[];
}

export interface IngestOptions extends ListenOptions, IngestLimits, RegistryOptions {
  readonly log: EventLog;
  readonly keyFile: KeyFile;
  /** Path of `tokens.json`; read again by `reloadTokens`. `issuers.json` stands beside it. */
  readonly tokensPath: string;
  readonly logger: Logger;
  readonly join?: Partial<JoinOptions>;
  readonly onCall?: (call: Call) => void;
  readonly nowMs?: () => number;
}

export interface RunningIngest {
  readonly url: string;
  readonly telemetry: IngestTelemetry;
  readonly answer: IngestServer['answer'];
  /** Takes over a changed token file; the tokens of before stay valid if it can't be read. */
  readonly reloadTokens: () => void;
  readonly registryChanged: () => void;
  readonly sourcesSeen: (tenant: string) => readonly SourceSeen[];
  readonly concludeCalls: () => Promise<void>;
  /** Sends dead letters again. Rejects as the log does, and with what is wrong with the token file. */
  readonly redrive: (request: RedriveRequest) => Promise<readonly Redriven[]>;
  readonly close: () => Promise<void>;
}

function followerOf(
  { log, follow }: IngestOptions,
  telemetry: IngestTelemetry,
  changed: () => void,
): RegistryFollower | undefined {
  if (follow === undefined) return undefined;
  return new RegistryFollower({
    log,
    ...follow,
    onChange: (tenant, version) => {
      telemetry.registryFollowed(tenant, version);
      changed();
    },
    onRefused: (at) => telemetry.registryRefused(at),
    onUnreadable: (cause) => telemetry.registryUnreadable(cause),
  });
}

function healthOf({ health }: IngestOptions) {
  if (health !== undefined) return { health, started: () => {}, ended: () => {} };
  const own = makeHealth('ingest');
  const started = () => {
    own.readiness.clear(STARTING);
    own.readiness.start();
  };
  return { health: own, started, ended: () => own.readiness.stop() };
}

function observedInHand(options: IngestOptions, { metrics }: ServiceHealth): InHand {
  const { bodiesMax: bodies = BODIES_MAX, bytesMax: bytes = BYTES_MAX } = options;
  const inHand = new InHand({ bodies, bytes });
  metrics.observe('waywarden_ingest_in_hand_bodies', () => [{ labels: {}, value: inHand.bodies }]);
  metrics.observe('waywarden_ingest_in_hand_bytes', () => [{ labels: {}, value: inHand.bytes }]);
  return inHand;
}

function intakeOf(
  { log, appendMsMax, hasRoom }: IngestOptions,
  parts: { readonly turns: Turns; readonly telemetry: IngestTelemetry; readonly tenants: Tenants },
): EventIntake {
  const { turns, telemetry, tenants } = parts;
  return new EventIntake({
    turns,
    log,
    partsOf: (tenant) => tenants.parts(tenant),
    telemetry,
    ...(appendMsMax !== undefined && { appendMsMax }),
    ...(hasRoom !== undefined && { hasRoom }),
  });
}

async function recallInto(intake: EventIntake, log: EventLog, telemetry: IngestTelemetry) {
  try {
    telemetry.recalled(await recallEvents(log, (id, body) => intake.remember(id, body)));
  } catch (cause) {
    telemetry.notRecalled(cause);
  }
}

function senderFiles(tokensPath: string, telemetry: IngestTelemetry) {
  const tokens = new WatchedFile({
    path: tokensPath,
    read: loadTokens,
    onRead: ({ size }) => telemetry.tokensReloaded(size),
    onUnreadable: (cause) => telemetry.tokensUnreadable(cause),
  });
  const issuers = new WatchedFile({
    path: join(dirname(tokensPath), 'issuers.json'),
    read: (path) => (existsSync(path) ? loadIssuers(path) : []),
    onRead: ({ length }) => telemetry.issuersReloaded(length),
    onUnreadable: (cause) => telemetry.issuersUnreadable(cause),
  });
  return { tokens, issuers };
}

export async function startIngest(options: IngestOptions): Promise<RunningIngest> {
  const nowMs = options.nowMs ?? (() => Date.now());
  const { health, started, ended } = healthOf(options);
  const telemetry = new IngestTelemetry(options.logger, health.metrics);
  const follower = followerOf(options, telemetry, () => registryChanged());
  const registryOf = (tenant: string) =>
    follower?.registryOf(tenant) ?? options.registryOf?.(tenant);
  const tenants = new Tenants({ ...options, registryOf }, nowMs);
  const { tokens, issuers } = senderFiles(options.tokensPath, telemetry);
  const turns = new Turns();
  const intake = intakeOf(options, { turns, telemetry, tenants });
  const registryChanged = () => {
    tenants.forgetCatalogues();
    intake.renew();
  };
  await follower?.start();
  await recallInto(intake, options.log, telemetry);
  health.readiness.check('ingest', readyToTake(options.log, intake));
  const clients = await openClients({ ...options, nowMs }, { intake, telemetry, tenants });
  const { calls } = clients;
  const parts: ServerParts = {
    intake,
    ...clients,
    inHand: observedInHand(options, health),
    tokens: () => tokens.current(nowMs()),
    issuers: () => issuers.current(nowMs()),
    telemetry,
    health,
    nowMs,
    refusedTo: (token, { code }) => {
      const { detail } = HTTP_ERRORS[code];
      calls.seen.summaryOf(token).noteRefused('bodies', 1, `${code}: ${detail}`, nowMs());
    },
    bodyBytesMax: options.bodyBytesMax ?? BODY_BYTES_MAX,
    times: { ...HTTP_TIMES, ...options.times },
    connectionsMax: options.connectionsMax ?? CONNECTIONS_MAX,
    turns,
  };
  const server = await ingestServer(parts, options.behind?.server);
  const redriver = new Redriver({
    log: options.log,
    keyFile: options.keyFile,
    tokens: () => readTokens(options.tokensPath),
    acceptorFor: (token) => intake.acceptorFor(token),
    nowMs,
  });
  const at = { host: options.host ?? '127.0.0.1', port: options.port ?? 0 };
  const url = options.behind?.url ?? (await server.listen(at));
  telemetry.started(url, tokens.current(nowMs()).size);
  started();
  return {
    url,
    telemetry,
    answer: server.answer,
    reloadTokens: () => tokens.reload(),
    redrive: (request) => redriver.redrive(request),
    registryChanged,
    sourcesSeen: (tenant) => calls.seen.ofTenant(tenant),
    concludeCalls: () => calls.flush(),
    close: async () => {
      await server.close();
      await calls.stop().catch((cause: unknown) => telemetry.failed(cause));
      ended();
      await follower?.stop();
      telemetry.stopped();
    },
  };
}
