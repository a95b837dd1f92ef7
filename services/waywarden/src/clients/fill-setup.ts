import type { ClientSetup } from '@waywarden/agent-telemetry';
import { shellQuote } from '../input/command-output.ts';
import type { ClientConnection } from './connection.ts';

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
