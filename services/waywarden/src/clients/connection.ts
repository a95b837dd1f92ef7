/** Where a client sends, by flags or by a folder's `up`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../input/command-output.ts';
import { dataPaths, ownerOf } from '../runtime/data-folder.ts';

const URL_DEFAULT = 'http://127.0.0.1:8787';
const FIRST_TOKEN = 'first-token';

export interface ConnectionFlags {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly data: string;
}

export interface ClientConnection {
  readonly url: string;
  readonly token: { readonly file: string; readonly text: string } | undefined;
  /** False: defaults. */
  readonly isRunning: boolean;
}

function tokenOf(file: string): ClientConnection['token'] {
  try {
    return { file, text: readFileSync(file, 'utf8').trim() };
  } catch {
    throw new UsageError(
      `${file}: there is no token to be read. Make one with waywarden token create.`,
    );
  }
}

function urlOf(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/u.test(new URL(text).protocol)) {
    throw new UsageError(`--url ${text}: give an address such as ${URL_DEFAULT}.`);
  }
  return text.replace(/\/+$/u, '');
}

export function connectionOf({ url, tokenFile, data }: ConnectionFlags): ClientConnection {
  const paths = dataPaths(data);
  const owner = url === undefined ? ownerOf(paths) : undefined;
  const first = join(paths.keys, FIRST_TOKEN);
  const known = owner?.token_file ?? (existsSync(first) && url === undefined ? first : undefined);
  const file = tokenFile ?? known;
  return {
    url: urlOf(url ?? owner?.url ?? URL_DEFAULT),
    token: file === undefined ? undefined : tokenOf(file),
    isRunning: url !== undefined || owner?.url != null,
  };
}
