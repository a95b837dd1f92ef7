/**
 * The data folder: where everything of an embedded installation lives, and who owns it.
 *
 * The owner writes `owner.json` (pid, URL, token file), so that `status` or `verify` can talk to it
 * instead of opening what it holds; the lock itself is the event log's, which no two processes get.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

export interface DataPaths {
  readonly root: string;
  readonly log: string;
  readonly state: string;
  readonly clickhouse: string;
  readonly keys: string;
  readonly owner: string;
  readonly tokens: string;
}

export function dataPaths(folder: string): DataPaths {
  const root = resolve(folder);
  return {
    root,
    log: join(root, 'log'),
    state: join(root, 'state'),
    clickhouse: join(root, 'clickhouse'),
    keys: join(root, 'keys'),
    owner: join(root, 'owner.json'),
    tokens: join(root, 'keys', 'tokens.json'),
  };
}

const ownerSchema = z.object({
  pid: z.number().int().positive(),
  url: z.string().nullable(),
  token_file: z.string().nullable(),
  command: z.string(),
});
export type Owner = z.infer<typeof ownerSchema>;

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Who owns the folder now; undefined when nobody who lives does. */
export function ownerOf(paths: DataPaths): Owner | undefined {
  if (!existsSync(paths.owner)) return undefined;
  const parsed = ownerSchema.safeParse(JSON.parse(readFileSync(paths.owner, 'utf8')));
  return parsed.success && alive(parsed.data.pid) ? parsed.data : undefined;
}

/** A use of the folder that its state does not allow; the message says what to do. */
export class DataFolderError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DataFolderError';
  }
}

/** Makes the folder and writes `owner.json`; refuses while another process lives that owns it. */
export function claimFolder(paths: DataPaths, owner: Omit<Owner, 'pid'>): () => void {
  const current = ownerOf(paths);
  if (current !== undefined && current.pid !== process.pid) {
    throw new DataFolderError(
      `${paths.root} is in use by "waywarden ${current.command}" (process ${current.pid}` +
        `${current.url === null ? '' : `, ${current.url}`}). Stop it, or name another folder with --data.`,
    );
  }
  mkdirSync(paths.keys, { recursive: true, mode: 0o700 });
  mkdirSync(paths.state, { recursive: true });
  writeFileSync(paths.owner, `${JSON.stringify({ pid: process.pid, ...owner }, null, 2)}\n`);
  return () => rmSync(paths.owner, { force: true });
}
