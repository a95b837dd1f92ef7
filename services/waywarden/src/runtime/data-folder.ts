/**
 * The folder of an embedded installation, and who owns it: `owner.json` says whom `status` or `verify` asks. The lock
 * is the event log's.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

/** Everything in the folder is for its owner alone. */
export const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;
const OTHERS = 0o077;

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
  /** File of the token that may change registry and policy; the other only sends. */
  control_token_file: z.string().optional(),
  command: z.string(),
  /** Whose records its page and API show. */
  tenant: z.string().optional(),
  /** Which process of that id; ids are used again, after a boot at once. Absent: not known. */
  process: z.string().optional(),
});
export type Owner = z.infer<typeof ownerSchema>;

/** Boot and start time (field 22 of stat) of a process; undefined where there is no /proc. */
function processMark(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
  } catch {
    // Not Linux, or gone: who asks treats both as not known.
    return undefined;
  }
}

/** After a kill -9 the file stays, and its pid may be another program's. */
function alive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const mark = processMark(owner.pid);
  return owner.process === undefined || mark === undefined || owner.process === mark;
}

function readOwner(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Absent or cut short: it names nobody.
    return undefined;
  }
}

/** Who owns the folder now; undefined when nobody who lives does. */
export function ownerOf(paths: DataPaths): Owner | undefined {
  const parsed = ownerSchema.safeParse(readOwner(paths.owner));
  return parsed.success && alive(parsed.data) ? parsed.data : undefined;
}

/** A use of the folder that its state does not allow; the message says what to do. */
export class DataFolderError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DataFolderError';
  }
}

/** One by one: Node's recursion never ends below `/proc`. */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && dirname(at) !== at; at = dirname(at)) {
    missing.unshift(at);
  }
  for (const one of missing) {
    try {
      mkdirSync(one, FOLDER_MODE);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  // What stands there may be a file: then the system says so.
  if (missing.length === 0) readdirSync(path);
}

/** Modes of what an earlier version or another umask left open to others; links are not followed. */
function closeToOthers(path: string): void {
  const { mode } = lstatSync(path);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const at = join(path, entry.name);
    if (entry.isDirectory()) closeToOthers(at);
    else if (entry.isFile() && (lstatSync(at).mode & OTHERS) !== 0) chmodSync(at, FILE_MODE);
  }
  if ((mode & OTHERS) !== 0) chmodSync(path, FOLDER_MODE);
}

/**
 * Makes the folder and writes `owner.json`; refuses while another process lives that owns it. Until it is
 * released, all that this process and its children make is for its owner alone.
 */
export function claimFolder(paths: DataPaths, owner: Omit<Owner, 'pid' | 'process'>): () => void {
  const current = ownerOf(paths);
  if (current !== undefined && current.pid !== process.pid) {
    throw new DataFolderError(
      `${paths.root} is in use by "waywarden ${current.command}" (process ${current.pid}` +
        `${current.url === null ? '' : `, ${current.url}`}). Stop it, or name another folder with --data.`,
    );
  }
  const umask = process.umask(OTHERS);
  makeFolder(paths.root);
  closeToOthers(paths.root);
  makeFolder(paths.keys);
  makeFolder(paths.state);
  const mine: Owner = { pid: process.pid, ...owner, process: processMark(process.pid) };
  // Renamed into place, so that a kill in between leaves no half of a file to be read.
  const aside = `${paths.owner}.${process.pid}`;
  writeFileSync(aside, `${JSON.stringify(mine, null, 2)}\n`);
  renameSync(aside, paths.owner);
  return () => {
    rmSync(paths.owner, { force: true });
    process.umask(umask);
  };
}
