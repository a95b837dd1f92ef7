/** `waywarden status`: exit 0 well, 1 not, 2 bad use. */
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { z } from 'zod';
import { EXIT, report, table, UsageError } from '../input/command-output.ts';
import { askOwner, ownerRefusal, readerHeader } from '../owner/ask-owner.ts';
import { dataPaths, ownerOf } from '../runtime/data-folder.ts';
import { openLogToRead } from '../runtime/log-identity.ts';

const ANSWER_MS_MAX = 15_000;
const MIB = 1024 ** 2;

const statusSchema = z.looseObject({
  health: z.string(),
  sentence: z.string(),
  events_per_s: z.number(),
  stages: z.array(
    z.object({ name: z.string(), end: z.number(), lag: z.number(), behind_s: z.number() }),
  ),
  last_error: z.object({ at: z.string(), message: z.string() }).nullable(),
  rules: z.looseObject({ sentence: z.string() }),
  containments: z.looseObject({ sentence: z.string() }),
  log: z.looseObject({ sentence: z.string(), bytes: z.number(), lost: z.array(z.unknown()) }),
});

async function status(flags: { readonly data: string; readonly json?: true }): Promise<void> {
  const paths = dataPaths(flags.data);
  const owner = ownerOf(paths);
  if (owner?.url == null) {
    if (!existsSync(paths.root)) {
      throw new UsageError(
        `There is no folder ${paths.root}. Name the one that "up" uses: --data.`,
      );
    }
    if (owner === undefined && existsSync(paths.log)) await (await openLogToRead(paths)).close();
    const who = owner === undefined ? 'Nobody' : `"waywarden ${owner.command}" (${owner.pid})`;
    const sentence = `${who} has ${paths.root} open, and nothing watches. Start it: waywarden up.`;
    report(flags.json === true, { health: 'not_running', sentence }, [sentence]);
    process.exitCode = EXIT.findings;
    return;
  }
  const url = `${owner.url}/v1/status`;
  const response = await askOwner(url, {
    headers: readerHeader(url, flags.data),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  if (!response.ok) throw await ownerRefusal(url, response);
  const answer = statusSchema.parse(await response.json());
  const rows = answer.stages.map((s) => [s.name, String(s.end), String(s.lag), String(s.behind_s)]);
  report(flags.json === true, answer, [
    `${owner.url}, process ${owner.pid}: ${answer.sentence}`,
    `${answer.events_per_s} events a second. ${answer.rules.sentence}`,
    answer.containments.sentence,
    `${answer.log.sentence} It takes ${Math.round(answer.log.bytes / MIB)} MiB.`,
    ...(answer.last_error === null
      ? []
      : [`Last error, ${answer.last_error.at}: ${answer.last_error.message}`]),
    '',
    ...table(['stage', 'records', 'to go', 'behind s'], rows),
  ]);
  if (answer.health !== 'ok' || answer.log.lost.length > 0) process.exitCode = EXIT.findings;
}

export const statusCommand = new Command('status')
  .description('how the running "up" of a folder is')
  .option('--data <folder>', 'data folder', '.waywarden/data')
  .option('--json', 'print one JSON object as the last line')
  .action(status);
