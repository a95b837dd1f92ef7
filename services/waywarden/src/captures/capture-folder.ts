/** Recordings `<client>/<scenario>/requests.ndjson.gz`, by name. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../input/command-output.ts';

const REQUESTS = 'requests.ndjson.gz';

export interface Capture {
  readonly name: string;
  readonly file: string;
}

const foldersOf = (path: string): readonly string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

export function capturesIn(root: string): readonly Capture[] {
  if (!existsSync(root)) throw new UsageError(`${root}: there is no such folder.`);
  const captures = foldersOf(root).flatMap((client) =>
    foldersOf(join(root, client)).map((scenario) => ({
      name: `${client}/${scenario}`,
      file: join(root, client, scenario, REQUESTS),
    })),
  );
  const found = captures.filter(({ file }) => existsSync(file));
  if (found.length === 0) {
    throw new UsageError(`${root}: holds no <client>/<scenario>/${REQUESTS}.`);
  }
  return found;
}
