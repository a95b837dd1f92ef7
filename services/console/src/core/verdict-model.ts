/** What the page shows of people's verdicts, as types only: the page's part must not load what the server's needs. */
import type { Alert, Severity } from '@waywarden/schemas';
import { visibleText } from './visible-text.ts';

export type Found = 'true_positive' | 'false_positive';

/**
 * `counts`: the last word. `replaced`: somebody said something later. `waiting`: what it would give back takes two
 * people, and the second has some minutes left. `lapsed`: none came.
 */
export type Standing = 'counts' | 'replaced' | 'waiting' | 'lapsed';

export interface ClaimedVerdict {
  readonly decision_id: string;
  readonly at: string;
  readonly by: readonly string[];
  readonly verdict: Found;
  readonly reason: string;
  /** Null: none was named. */
  readonly revision: number | null;
  /** More was told of the alert since. */
  readonly reported_since: boolean;
  readonly standing: Standing;
  /** Orders that it gave back. */
  readonly gave_back: number;
  /** What it would have given back, another alert still needs. */
  readonly stays: boolean;
}

/** A revision of an alert, as a line: what was told, and when. */
export interface ReportedRevision {
  readonly revision: number;
  readonly at: string;
  readonly severity: Severity;
  readonly state: Alert['state'];
  readonly count: number;
  readonly title: string;
}

/**
 * The command line that gives a verdict, ready to be pasted. What people typed and names of the registry are quoted
 * for a POSIX shell; what can't be seen is spelled out (`visibleText`) and never pasted.
 */
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
