/** `waywarden doctor`: what a source sends and lacks. Exit 0 all there, 1 something off, 2 no call seen. */
import { setTimeout as wait } from 'node:timers/promises';
import type { SourceSeen } from '@waywarden/ingest';
import { Command } from 'commander';
import {
  diagnose,
  diagnosisWords,
  nothingWords,
  problemWords,
  seenWords,
} from '../clients/diagnosis.ts';
import { type ConnectionFlags, connectionOf } from '../clients/fill-setup.ts';
import { readSeen, seenBetween } from '../clients/read-seen.ts';
import { EXIT, Progress, report, UsageError } from '../input/command-output.ts';
import { intervalMs } from '../input/input-options.ts';

const LOOK_MS = 1_000;
const WATCH_MS_MAX = 3_600_000;

interface DoctorFlags extends ConnectionFlags {
  readonly for: string;
  readonly json?: true;
}

interface Watched {
  readonly before: SourceSeen;
  readonly after: SourceSeen;
}

function watchMs(text: string): number {
  const ms = intervalMs(text);
  if (ms !== undefined && ms <= WATCH_MS_MAX) return ms;
  throw new UsageError(`--for ${text}: give a time such as 30s or 1m, an hour at most.`);
}

async function seenNow(url: string, token: string): Promise<SourceSeen> {
  const answer = await readSeen(url, token);
  if (answer.is === 'seen') return answer.seen;
  throw new UsageError(answer.why);
}

async function watch(url: string, token: string, ms: number, progress: Progress): Promise<Watched> {
  const before = await seenNow(url, token);
  const end = performance.now() + ms;
  let after = before;
  while (performance.now() < end) {
    await wait(Math.max(0, Math.min(LOOK_MS, end - performance.now())));
    after = await seenNow(url, token);
    const { requests, calls } = seenBetween(before, after);
    const left = Math.max(0, Math.round((end - performance.now()) / 1_000));
    progress.show(`${requests} requests, ${calls} calls, ${left} s left`);
  }
  progress.done(`${seenBetween(before, after).calls} calls`);
  return { before, after };
}

async function doctor(flags: DoctorFlags): Promise<void> {
  const { url, token } = connectionOf(flags);
  if (token === undefined) {
    throw new UsageError('No token is known: name the file of the source’s token, --token-file.');
  }
  const isJson = flags.json === true;
  const ms = watchMs(flags.for);
  const watched = await watch(url, token.text, ms, new Progress('Watching', isJson));
  const between = seenBetween(watched.before, watched.after);
  const isLive = between.calls > 0;
  const seen = isLive ? between : watched.after;
  if (seen.calls === 0) {
    const isOwn = watched.after.events > 0;
    report(
      isJson,
      { seen, is: isOwn ? 'own_events' : 'nothing' },
      nothingWords(watched.after, url),
    );
    if (!isOwn) process.exitCode = EXIT.badUse;
    return;
  }
  const diagnosis = diagnose(seen);
  const { off, limited, states, switches } = diagnosis;
  const is = off.length === 0 ? 'whole' : 'limited';
  const value = {
    ...{ is, live: isLive, seen, facts: states, off, switches },
    limited: limited.map(({ detection, is: how, lacks }) => ({
      ...{ detection: detection.id, kind: detection.kind, is: how, without: lacks },
    })),
  };
  const since = isLive ? [] : [`No call came meanwhile; this is what came since ${seen.since}.`];
  const words = [...since, ...seenWords(seen), ...problemWords(seen), ...diagnosisWords(diagnosis)];
  report(isJson, value, words);
  if (off.length > 0) process.exitCode = EXIT.findings;
}

export const doctorCommand = new Command('doctor')
  .description('watch a live source and say what is seen, what is off, and how to switch it on')
  .option('--url <url>', 'ingest, without a path; default: where the up of --data listens')
  .option('--token-file <file>', 'the token of the source; default: the first of --data')
  .option('--data <folder>', 'the data folder of up', '.waywarden/data')
  .option('--for <time>', 'how long to watch: 30s, 1m', '1m')
  .option('--json', 'print one JSON object')
  .action(doctor);
