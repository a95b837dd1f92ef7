import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientSetup } from '@waywarden/agent-telemetry';
import { shellQuote, UsageError } from '../input/command-output.ts';
import { dataPaths, ownerOf } from '../runtime/data-folder.ts';

const TOKEN_UNKNOWN = 'YOUR_TOKEN';
const FILE_UNKNOWN = 'TOKEN_FILE';
const PLACEHOLDER = /\{(url|host|port|token|token_file)\}/gu;

const PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** So that no history holds it. */
function tokenIn({ language }: ClientSetup, token: ClientConnection['token']): string {
  if (token === undefined) return TOKEN_UNKNOWN;
  return language === 'sh' ? `$(cat ${shellQuote(token.file)})` : token.text;
}

export function filledSetup(setup: ClientSetup, { url, token }: ClientConnection): ClientSetup {
  const { host, port, protocol } = new URL(url);
  const values: Readonly<Record<string, string>> = {
    url,
    host,
    port: port === '' ? (PORTS[protocol] ?? '') : port,
    token: tokenIn(setup, token),
    token_file: token === undefined ? FILE_UNKNOWN : shellQuote(token.file),
  };
  const text = setup.text.replaceAll(PLACEHOLDER, (whole, name: string) => values[name] ?? whole);
  return { ...setup, text };
}

export function holdsToken({ language, text }: ClientSetup): boolean {
  return language !== 'sh' && text.includes('{token}');
}

export function placeWords(title: string): string {
  return title.startsWith('`') ? `In ${title}` : title.charAt(0).toUpperCase() + title.slice(1);
}

const URL_DEFAULT = 'http://127.0.0.1:8787';
const FIRST_TOKEN = 'first-token';

export interface ConnectionFlags {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly data: string;
}

/** Where a client sends, by flags or by a folder's `up`. */
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
