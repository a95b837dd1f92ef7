/**
 * Where a registry is published: in a running `up`, through its API and with its control token, or
 * in a data folder that nobody has open. Both sign it with the installation's key, and both refuse
 * when another registry came in between.
 */
import { existsSync, readFileSync } from 'node:fs';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { publishedRules, publishRegistry } from '@waywarden/responder';
import { type Registry, registrySchema } from '@waywarden/schemas';
import { z } from 'zod';
import { UsageError } from '../input/command-output.ts';
import { claimedIn } from '../owner/ask-owner.ts';
import { claimFolder, dataPaths, ownerOf } from '../runtime/data-folder.ts';
import { loadServiceKeys } from '../runtime/service-keys.ts';

export interface InForce {
  readonly version: string | null;
  readonly registry: Registry | undefined;
  /** Ids of the policy's combinations, where the place knows them. */
  readonly combinations: readonly string[] | undefined;
}

export interface RegistryPlace {
  readonly name: string;
  readonly inForce: InForce;
  /** The version that is in force afterwards. UsageError when it was refused. */
  publish(registry: Registry, from: string): Promise<string>;
  close(): Promise<void>;
}

const ANSWER_MS_MAX = 30_000;
const answer = z.object({
  version: z.string().nullable(),
  registry: registrySchema.nullable(),
  combinations: z.array(z.string()),
});

async function ask(url: string, init?: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  } catch (error) {
    const why = error instanceof Error ? (error.cause ?? error) : error;
    throw new UsageError(
      `${url} does not answer (${String(why)}). Is "waywarden up" running there?`,
    );
  }
  const body: unknown = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw new UsageError(`${url} answered ${response.status}: ${claimedIn(body)}`);
}

export async function runningPlace(
  url: string,
  tokenFile: string | undefined,
): Promise<RegistryPlace> {
  const address = `${url.replace(/\/$/, '')}/v1/registry`;
  const now = answer.parse(await ask(address));
  const { version, combinations } = now;
  return {
    name: url,
    inForce: { version, registry: now.registry ?? undefined, combinations },
    publish: async (registry, from) => {
      if (tokenFile === undefined || !existsSync(tokenFile)) {
        throw new UsageError(
          'Changing a running installation needs its control token: name its data folder with --data, or the file with --token-file.',
        );
      }
      const authorization = `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`;
      const body = JSON.stringify({ registry, expected_version: version, from });
      const headers = { authorization, 'content-type': 'application/json' };
      const done = await ask(address, { method: 'PUT', headers, body });
      return z.object({ version: z.string() }).parse(done).version;
    },
    close: async () => undefined,
  };
}

async function folderPlace(folder: string, tenant: string): Promise<RegistryPlace> {
  const paths = dataPaths(folder);
  if (!existsSync(paths.log)) {
    throw new UsageError(
      `${paths.root} holds no event log yet. Start "waywarden up --data ${folder}" once, or name its folder.`,
    );
  }
  const release = claimFolder(paths, { command: 'registry import', url: null, token_file: null });
  const log = await openLmdbLog({ path: paths.log });
  const wallClock = () => new Date().toISOString();
  const keys = loadServiceKeys(paths.keys, wallClock());
  const of = { tenantId: tenant, kind: 'registry' as const };
  const current = await publishedRules(log, of, keys.registryRing);
  const policy = await publishedRules(log, { ...of, kind: 'policy' as const }, keys.registryRing);
  return {
    name: paths.root,
    inForce: {
      version: current?.version ?? null,
      registry: current?.registry,
      combinations: policy?.policy.combinations.map((one) => one.id),
    },
    publish: async (registry) => {
      const publisher = { log, signingKey: keys.registrySigning, wallClock };
      return (await publishRegistry(publisher, tenant, registry)).version;
    },
    close: async () => {
      await log.close();
      release();
    },
  };
}

/** The running owner of the folder, or the folder itself. */
export async function openPlace(folder: string, tenant: string): Promise<RegistryPlace> {
  const owner = ownerOf(dataPaths(folder));
  if (owner?.url == null) return folderPlace(folder, tenant);
  return runningPlace(owner.url, owner.control_token_file);
}
