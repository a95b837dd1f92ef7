/**
 * The command line that gives a verdict, ready to be pasted. What people typed and names of the registry are quoted
 * for a POSIX shell; what can't be seen is spelled out (`visibleText`) and never pasted.
 */
import type { Found } from './verdict-model.ts';
import { visibleText } from './visible-text.ts';

const DEFAULT_TENANT = 'default';
const NEEDS_NO_QUOTES = /^[\w@%+=:,./-]+$/;
const HOME = '~/';

/** One word of a shell, whatever the text holds. */
export function shellWord(text: string): string {
  const seen = visibleText(text).replace(/[\t\n]+/g, ' ');
  if (NEEDS_NO_QUOTES.test(seen)) return seen;
  return `'${seen.replaceAll("'", `'\\''`)}'`;
}

/** A file: the shell puts the home folder for `~/` only where that stands unquoted. */
function shellFile(path: string): string {
  return path.startsWith(HOME) && path.length > HOME.length
    ? `${HOME}${shellWord(path.slice(HOME.length))}`
    : shellWord(path);
}

export interface VerdictTransaction {
  readonly alertId: string;
  readonly tenantId: string;
  /** The revision that was looked at. */
  readonly revision: number;
  readonly verdict: Found | null;
  readonly by: string;
  readonly keyFile: string;
  readonly reason: string;
  /** Where the page came from: whoever serves it takes acts at the same address. */
  readonly url: string;
}

/** What is missing before it can be given, as its fields are called. */
export function missingOf({ verdict, by, keyFile, reason }: VerdictTransaction): readonly string[] {
  return [
    ...(verdict === null ? ['right or wrong'] : []),
    ...(by.trim() === '' ? ['who you are'] : []),
    ...(keyFile.trim() === '' ? ['your key file'] : []),
    ...(reason.trim() === '' ? ['why'] : []),
  ];
}

/** The command; what is missing stands in capitals, as in the guide. */
export function verdictCommand(transaction: VerdictTransaction): string {
  const { alertId, tenantId, revision, verdict, by, keyFile, reason, url } = transaction;
  const stated = {
    true_positive: '--true-positive',
    false_positive: '--false-positive',
  };
  const or = (text: string, missing: string, word: (text: string) => string = shellWord) =>
    text.trim() === '' ? missing : word(text.trim());
  return [
    `npx waywarden verdict ${shellWord(alertId)}`,
    verdict === null ? '--true-positive|--false-positive' : stated[verdict],
    `--revision ${revision}`,
    `--by ${or(by, 'WHO')}`,
    `--key ${or(keyFile, 'FILE', shellFile)}`,
    `--reason ${or(reason, 'WHY')}`,
    ...(tenantId === DEFAULT_TENANT ? [] : [`--tenant ${shellWord(tenantId)}`]),
    `--url ${shellWord(url)}`,
  ].join(' ');
}
