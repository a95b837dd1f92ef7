/** `waywarden deadletter list|show|redrive`. Exit 1: a letter was not sent again. */
import { existsSync } from 'node:fs';
import {
  LETTERS_LISTED_MAX,
  type Letter,
  openLetter,
  REDRIVE_LETTERS_MAX,
  type Redriven,
} from '@waywarden/ingest';
import { loadKeyFile } from '@waywarden/schemas';
import { Command, InvalidArgumentError } from 'commander';
import { type LettersPlace, openLetters } from '../dead-letters/letters-place.ts';
import { EXIT, Progress, printable, report, table, UsageError } from '../input/command-output.ts';

const SHOWN_MAX = 50;
const RESULTS_MAX = 10_000;

interface PlaceFlags {
  readonly data: string;
  readonly json?: true;
}

interface FilterFlags extends PlaceFlags {
  readonly reason?: string;
  readonly source?: string;
  readonly since?: string;
}

function sinceOf(text: string): string {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new InvalidArgumentError('Give an RFC 3339 time, for example 2026-05-04T10:00:00Z.');
}

function limitOf(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= LETTERS_LISTED_MAX) return value;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${LETTERS_LISTED_MAX}.`);
}

async function at<T>(
  data: string,
  use: 'read' | 'write',
  work: (place: LettersPlace) => Promise<T>,
): Promise<T> {
  const place = await openLetters(data, use);
  try {
    return await work(place);
  } finally {
    await place.close();
  }
}

const rowOf = (one: Letter) => [
  one.id,
  one.received_at ?? '',
  one.source,
  one.reason,
  one.field ?? '',
  one.line === null ? '' : String(one.line),
  String(one.size),
  one.state,
];

async function list(flags: FilterFlags & { readonly limit: number }): Promise<void> {
  const { reason, source, since, limit } = flags;
  const filter = { reason, source, since, limit, order: 'newest' as const };
  const page = await at(flags.data, 'read', (place) => place.list(filter));
  const { letters, matching, expired } = page;
  const header = ['id', 'received', 'source', 'reason', 'field', 'line', 'bytes', 'state'];
  const rows = letters.map((one) => rowOf(one).map(printable));
  const more = matching > letters.length ? [`${letters.length} of ${matching}, newest first.`] : [];
  const gone = expired > 0 ? [`${expired} older records are kept no longer, bodies included.`] : [];
  report(flags.json === true, { letters, matching, expired }, [
    ...(letters.length === 0 ? ['No dead letters.'] : [...table(header, rows), ...more]),
    ...gone,
  ]);
}

function letterLines(letter: Letter): string[] {
  const rows = Object.entries(letter).filter(([, value]) => value !== null);
  return rows.map(([name, value]) => `${name.padEnd(12)}${printable(String(value))}`);
}

/** Else UsageError. */
function bodyOf(letter: Letter, sealed: Uint8Array | null, keyPath: string): Uint8Array {
  if (!existsSync(keyPath))
    throw new UsageError(`The key ${keyPath} is not there to open it with.`);
  const opened = openLetter(letter, sealed, loadKeyFile(keyPath));
  if (opened.ok) return opened.body;
  throw new UsageError(`The body of ${letter.id} can't be shown: ${opened.reason}.`);
}

async function show(id: string, flags: PlaceFlags & { readonly body?: true }): Promise<void> {
  await at(flags.data, 'read', async (place) => {
    const found = await place.find(id);
    if (found === 'expired') {
      throw new UsageError(
        `Letter ${id} has expired: letters and their bodies are removed from ${place.name} after a while (--keep deadletter). Only its source can send it again.`,
      );
    }
    if (found === undefined) {
      throw new UsageError(
        `There is no letter ${id} in ${place.name}. See: waywarden deadletter list`,
      );
    }
    const { letter, sealed } = found;
    if (flags.body !== true) {
      const hint = letter.state === 'not_redrivable' ? [] : ['', '--body shows what was sent.'];
      return report(flags.json === true, { letter }, [...letterLines(letter), ...hint]);
    }
    const bytes = bodyOf(letter, sealed, place.keyPath);
    process.stderr.write(
      'This is clear text that a source sent: it may hold secrets and lies. Control characters are written as codes.\n',
    );
    const text = Buffer.from(bytes).toString('utf8');
    const value = { letter, body_base64: Buffer.from(bytes).toString('base64') };
    report(flags.json === true, value, [...letterLines(letter), '', printable(text)]);
  });
}

interface RedriveFlags extends FilterFlags {
  readonly all?: true;
  readonly token?: string;
  readonly dryRun?: true;
}

/** Oldest first. */
async function* pagesOf(
  place: LettersPlace,
  ids: readonly string[],
  flags: RedriveFlags,
): AsyncGenerator<readonly string[]> {
  if (flags.all !== true) {
    for (let from = 0; from < ids.length; from += REDRIVE_LETTERS_MAX) {
      yield ids.slice(from, from + REDRIVE_LETTERS_MAX);
    }
    return;
  }
  const { reason, source, since } = flags;
  let after: string | undefined;
  do {
    const filter = { reason, source, since, limit: REDRIVE_LETTERS_MAX, order: 'log' as const };
    const page = await place.list({ ...filter, after });
    const waiting = page.letters.filter(({ state }) => state === 'redrivable');
    if (waiting.length > 0) yield waiting.map(({ id }) => id);
    after = page.next ?? undefined;
  } while (after !== undefined);
}

interface Tally {
  readonly redriven: number;
  readonly repeats: number;
  readonly refused: number;
  readonly skipped: number;
}

async function sendAll(place: LettersPlace, ids: readonly string[], flags: RedriveFlags) {
  const counts = { redriven: 0, repeat: 0, refused: 0, skipped: 0 };
  const results: Redriven[] = [];
  const progress = new Progress('Sending again', flags.json === true);
  for await (const page of pagesOf(place, ids, flags)) {
    const request = { ids: page, dryRun: flags.dryRun === true, token: flags.token };
    for (const one of await place.redrive(request)) {
      counts[one.outcome] += 1;
      if (results.length < RESULTS_MAX) results.push(one);
    }
    progress.show(`${counts.redriven + counts.repeat} sent, ${counts.refused} refused again`);
  }
  const { redriven, repeat: repeats, refused, skipped } = counts;
  const tally: Tally = { redriven, repeats, refused, skipped };
  return { tally, results };
}

function resultLine(one: Redriven): string {
  const why = one.code === null ? (one.event_id ?? '') : `${one.code}: ${one.reason}`;
  const field = one.field === null || one.field === '' ? '' : ` (${one.field})`;
  return `  ${one.id}  ${one.outcome}  ${printable(why + field)}`;
}

async function redrive(ids: readonly string[], flags: RedriveFlags): Promise<void> {
  if (ids.length > 0 === (flags.all === true)) {
    throw new UsageError(
      'Name letters, or give --all with --reason. See: waywarden deadletter list',
    );
  }
  if (flags.all === true && flags.reason === undefined) {
    throw new UsageError('--all needs --reason: only one cause at a time is gone.');
  }
  const wrong = ids.find((id) => !/^\d{1,4}-\d{1,15}$/.test(id));
  if (wrong !== undefined) {
    throw new UsageError(`${printable(wrong)} is no id of a letter, such as 0-17.`);
  }
  const { tally, results } = await at(flags.data, 'write', (place) => sendAll(place, ids, flags));
  const { redriven, repeats, refused, skipped } = tally;
  const would = flags.dryRun === true ? ' would be' : '';
  report(flags.json === true, { dry_run: flags.dryRun === true, ...tally, results }, [
    `${redriven}${would} sent again, ${repeats}${would} repeats of what is there, ${refused} refused again, ${skipped} not tried.`,
    ...results.slice(0, SHOWN_MAX).map(resultLine),
    ...(results.length > SHOWN_MAX ? [`  and ${results.length - SHOWN_MAX} more (--json)`] : []),
  ]);
  if (refused + skipped > 0) process.exitCode = EXIT.findings;
}

function withPlace(command: Command): Command {
  return command
    .option('--data <folder>', 'data folder, of a running "up" or of none', '.waywarden/data')
    .option('--json', 'print one JSON object as the last line');
}

function withFilter(command: Command): Command {
  return withPlace(command)
    .option('--reason <code>', 'only letters with this reason, such as wrong_shape')
    .option('--source <kind/instance>', 'only letters of this source')
    .option('--since <time>', 'only letters received since (RFC 3339)', sinceOf);
}

const listCommand = withFilter(new Command('list'))
  .description('what was set aside, newest first, without what it says')
  .option('--limit <n>', `how many, up to ${LETTERS_LISTED_MAX}`, limitOf, 50)
  .action(list);

const showCommand = withPlace(new Command('show'))
  .description('one letter: why it was set aside and whence it came')
  .argument('<id>', 'as `deadletter list` shows it')
  .option('--body', 'decrypt what was sent, with the key of the folder, and show it in clear')
  .action(show);

const redriveCommand = withFilter(new Command('redrive'))
  .description('send letters through ingest again; exit 1 when one was not taken')
  .argument('[ids...]', 'as `deadletter list` shows them')
  .option('--all', 'all that --reason (and --source, --since) let through, oldest first')
  .option(
    '--token <id>',
    'send as another token of the same tenant and source, where the own is gone',
  )
  .option('--dry-run', 'say what would come of it, and write nothing')
  .action(redrive);

export const deadletterCommand = new Command('deadletter').description(
  'what was set aside: list, show, send again',
);
for (const command of [listCommand, showCommand, redriveCommand]) {
  deadletterCommand.addCommand(command.exitOverride());
}
