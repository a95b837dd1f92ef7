/** Dead letters: through the folder's owner, else its log. Bodies are opened here. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  findLetter,
  folderRedriver,
  type Letter,
  type LetterFilter,
  type LetterPage,
  listLetters,
  type Redriven,
  type RedriveRequest,
} from '@waywarden/ingest';
import { publishedRules } from '@waywarden/responder';
import type { Registry } from '@waywarden/schemas';
import { UsageError } from '../input/command-output.ts';
import { askOwner, controlHeader, ownerRefusal } from '../owner/ask-owner.ts';
import {
  claimFolder,
  type DataPaths,
  dataPaths,
  type Owner,
  ownerOf,
} from '../runtime/data-folder.ts';
import { loadServiceKeys } from '../runtime/service-keys.ts';

export interface FoundLetter {
  readonly letter: Letter;
  readonly sealed: Uint8Array | null;
}

export interface LettersPlace {
  readonly name: string;
  readonly keyPath: string;
  list(filter: LetterFilter): Promise<LetterPage>;
  find(id: string): Promise<FoundLetter | 'expired' | undefined>;
  redrive(request: RedriveRequest): Promise<readonly Redriven[]>;
  close(): Promise<void>;
}

const ANSWER_MS_MAX = 60_000;

async function ask(url: string, init?: RequestInit): Promise<unknown> {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const response = await askOwner(url, { ...init, signal });
  if (response.ok) return response.json();
  const isAbsence = (init?.method ?? 'GET') === 'GET' && response.status === 404;
  if (isAbsence) return undefined;
  if (response.status === 410) return 'expired';
  throw await ownerRefusal(url, response);
}

function runningPlace(url: string, owner: Owner, keyPath: string): LettersPlace {
  const at = `${url}/v1/dead-letters`;
  const control = () => ({ headers: controlHeader(url, owner) });
  return {
    name: url,
    keyPath,
    list: async (filter) => {
      const query = new URLSearchParams();
      for (const [field, value] of Object.entries(filter)) {
        if (value !== undefined) query.set(field, String(value));
      }
      return (await ask(`${at}?${query}`, control())) as LetterPage;
    },
    find: async (id) => {
      const found = (await ask(`${at}/${id}`, control())) as
        | { readonly letter: Letter; readonly sealed: string | null }
        | 'expired'
        | undefined;
      if (found === undefined || found === 'expired') return found;
      const { letter, sealed } = found;
      return { letter, sealed: sealed === null ? null : Buffer.from(sealed, 'base64') };
    },
    redrive: async ({ ids, dryRun, token }) => {
      const answer = (await ask(`${at}/redrive`, {
        method: 'POST',
        headers: { ...controlHeader(url, owner), 'content-type': 'application/json' },
        body: JSON.stringify({ ids, dry_run: dryRun, token }),
      })) as { readonly results: readonly Redriven[] };
      return answer.results;
    },
    close: async () => undefined,
  };
}

async function folderPlace(paths: DataPaths, use: 'read' | 'write'): Promise<LettersPlace> {
  const isReading = use === 'read';
  const owner = { command: 'deadletter redrive', url: null, token_file: null };
  const release = isReading ? () => undefined : claimFolder(paths, owner);
  const keyPath = join(paths.keys, 'ingest.json');
  const log = await openLmdbLog({ path: paths.log, readOnly: isReading }).catch((error) => {
    release();
    throw error;
  });
  /** By tenant, as ingest asks. */
  const registries = new Map<string, Registry | undefined>();
  const redriver = async () => {
    const keys = loadServiceKeys(paths.keys, new Date().toISOString());
    const page = await listLetters(log, { limit: 1000, order: 'newest' });
    for (const tenantId of new Set(page.letters.flatMap(({ tenant }) => tenant ?? []))) {
      const of = { tenantId, kind: 'registry' as const };
      registries.set(tenantId, (await publishedRules(log, of, keys.registryRing))?.registry);
    }
    const tokensPath = paths.tokens;
    const registryOf = (tenant: string) => registries.get(tenant);
    const nowMs = () => Date.now();
    return folderRedriver({ log, keyFile: keys.ingest, tokensPath, registryOf, nowMs });
  };
  let made: ReturnType<typeof redriver> | undefined;
  return {
    name: paths.root,
    keyPath,
    list: (filter) => listLetters(log, filter),
    find: (id) => findLetter(log, id),
    redrive: async (request) => {
      made ??= redriver();
      return (await made).redrive(request);
    },
    close: async () => {
      await log.close();
      release();
    },
  };
}

/** UsageError: no log. DataFolderError: taken. */
export async function openLetters(folder: string, use: 'read' | 'write'): Promise<LettersPlace> {
  const paths = dataPaths(folder);
  const owner = ownerOf(paths);
  if (owner?.url != null) return runningPlace(owner.url, owner, join(paths.keys, 'ingest.json'));
  if (!existsSync(paths.log)) {
    throw new UsageError(
      `${paths.root} holds no data (there is no ${paths.log}). Name the folder that "up" used with --data.`,
    );
  }
  return folderPlace(paths, use);
}
