/** Wires ingest around an event log: for the standalone service and for everything-in-one-process. */
import type { EventLog } from '@waywarden/event-log';
import type { KeyFile, Registry } from '@waywarden/schemas';
import type { Logger } from 'pino';
import { loadCatalogue } from './adapters/catalogue-files.ts';
import { deadLetterSealFrom } from './adapters/dead-letter-seal.ts';
import { recallEvents } from './adapters/recall-events.ts';
import { tenantKeysFrom } from './adapters/tenant-keys.ts';
import { TokenFile } from './adapters/token-file.ts';
import type { Catalogue } from './core/catalogue.ts';
import type { TenantKeys } from './core/tenant-keys.ts';
import { HTTP_TIMES, type HttpTimes } from './http/connection-limits.ts';
import { EventIntake, type TenantParts } from './http/event-intake.ts';
import { BODIES_MAX, BYTES_MAX, InHand } from './http/in-hand.ts';
import { ingestServer } from './http/ingest-server.ts';
import { BODY_BYTES_MAX } from './http/receive-body.ts';
import { IngestTelemetry } from './telemetry.ts';

export interface IngestOptions {
  /** Not closed by ingest: whoever opened it does. */
  readonly log: EventLog;
  readonly keyFile: KeyFile;
  /** Path of `tokens.json`; read again by `reloadTokens`. */
  readonly tokensPath: string;
  readonly logger: Logger;
  readonly host?: string;
  /** 0 takes a free port. */
  readonly port?: number;
  readonly bodyBytesMax?: number;
  /** Bodies and bytes in hand at once; 429 beyond. */
  readonly bodiesMax?: number;
  readonly bytesMax?: number;
  readonly times?: Partial<HttpTimes>;
  /** How long the log may take to acknowledge; 503 beyond. */
  readonly appendMsMax?: number;
  /** The registry of a tenant as it is now; asked again after `registryChanged`. */
  readonly registryOf?: (tenant: string) => Registry | undefined;
  /** The tenant's own domains, instead of those that the registry tells. */
  readonly organisation?: readonly string[];
  /** Wall clock; only to observe events and judge tokens. */
  readonly nowMs?: () => number;
}

export interface RunningIngest {
  readonly url: string;
  readonly telemetry: IngestTelemetry;
  /** Takes over a changed token file; the tokens of before stay valid if it can't be read. */
  readonly reloadTokens: () => void;
  readonly registryChanged: () => void;
  /** Answers what is under way, then stops listening. */
  readonly close: () => Promise<void>;
}

/** What each tenant's events are derived with; keys are kept, catalogues until the registry changes. */
class Tenants {
  readonly #options: IngestOptions;
  readonly #keys = new Map<string, TenantKeys>();
  readonly #catalogues = new Map<string, Catalogue>();
  readonly #nowMs: () => number;

  constructor(options: IngestOptions, nowMs: () => number) {
    this.#options = options;
    this.#nowMs = nowMs;
  }

  parts(tenant: string): TenantParts {
    const { keyFile } = this.#options;
    const keys = this.#keys.get(tenant) ?? tenantKeysFrom(keyFile, tenant);
    this.#keys.set(tenant, keys);
    return {
      keys,
      catalogue: this.#catalogue(tenant),
      now: () => new Date(this.#nowMs()).toISOString(),
      receivedAt: () => new Date(this.#nowMs()).toISOString(),
      seal: deadLetterSealFrom(keyFile, tenant),
    };
  }

  #catalogue(tenant: string): Catalogue {
    const known = this.#catalogues.get(tenant);
    if (known !== undefined) return known;
    const registry = this.#options.registryOf?.(tenant);
    const { organisation } = this.#options;
    const made = loadCatalogue({
      ...(registry !== undefined && { registry }),
      ...(organisation !== undefined && { organisation }),
    });
    this.#catalogues.set(tenant, made);
    return made;
  }

  forgetCatalogues(): void {
    this.#catalogues.clear();
  }
}

export async function startIngest(options: IngestOptions): Promise<RunningIngest> {
  const nowMs = options.nowMs ?? (() => Date.now());
  const telemetry = new IngestTelemetry(options.logger);
  const tenants = new Tenants(options, nowMs);
  const tokens = new TokenFile(options.tokensPath, {
    tokensReloaded: (count) => telemetry.tokensReloaded(count),
    tokensUnreadable: (cause) => telemetry.tokensUnreadable(cause),
  });
  const intake = new EventIntake({
    log: options.log,
    partsOf: (tenant) => tenants.parts(tenant),
    telemetry,
    ...(options.appendMsMax !== undefined && { appendMsMax: options.appendMsMax }),
  });
  try {
    telemetry.recalled(await recallEvents(options.log, (id, body) => intake.remember(id, body)));
  } catch (cause) {
    // A log that can't be read now is no reason not to listen: `/ready` says so, and appends will.
    telemetry.notRecalled(cause);
  }
  const server = ingestServer({
    log: options.log,
    intake,
    inHand: new InHand({
      bodies: options.bodiesMax ?? BODIES_MAX,
      bytes: options.bytesMax ?? BYTES_MAX,
    }),
    tokens: () => tokens.current(nowMs()),
    telemetry,
    nowMs,
    bodyBytesMax: options.bodyBytesMax ?? BODY_BYTES_MAX,
    times: { ...HTTP_TIMES, ...options.times },
  });
  const url = await server.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
  telemetry.started(url, tokens.current(nowMs()).size);
  return {
    url,
    telemetry,
    reloadTokens: () => tokens.reload(),
    registryChanged: () => {
      tenants.forgetCatalogues();
      intake.renew();
    },
    close: async () => {
      await server.close();
      telemetry.stopped();
    },
  };
}
