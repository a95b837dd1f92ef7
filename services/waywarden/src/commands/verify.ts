/** `waywarden verify --data DIR`: exit 0 when store and log agree, 1 naming what does not. */
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { VerifyProgress, VerifyReport } from '@waywarden/archiver';
import { Command } from 'commander';
import { z } from 'zod';
import { dataPaths, type Owner, ownerOf } from '../embedded/data-folder.ts';
import { verifyFolder } from '../embedded/verify-folder.ts';
import { askOwner, controlHeader, refusalOf } from '../owner/ask-owner.ts';
import { EXIT, Progress, report, UsageError } from './command-output.ts';

const SHOWN_PROBLEMS_MAX = 20;

const line = z.union([
  z.object({ progress: z.object({ what: z.string(), records: z.number() }) }),
  z.object({ report: z.looseObject({ ok: z.boolean() }) }),
  z.object({ failed: z.string() }),
]);

/** The owner is this program of the same machine: its report has the shape that it says. */
async function askToVerify(
  url: string,
  owner: Owner,
  onProgress: (progress: VerifyProgress) => void,
): Promise<VerifyReport> {
  const at = `${url}/v1/verify`;
  const response = await askOwner(at, { method: 'POST', headers: controlHeader(url, owner) });
  if (!response.ok || response.body === null) throw await refusalOf(at, response);
  for await (const text of createInterface({ input: Readable.fromWeb(response.body) })) {
    const said = line.parse(JSON.parse(text));
    if ('progress' in said) onProgress(said.progress);
    else if ('failed' in said) throw new UsageError(`${at} could not verify: ${said.failed}`);
    else return said.report as unknown as VerifyReport;
  }
  throw new UsageError(`${at} ended before it had verified. Does "waywarden up" still run?`);
}

async function verify(flags: { readonly data: string; readonly json?: true }): Promise<void> {
  const paths = dataPaths(flags.data);
  if (!existsSync(paths.log)) {
    throw new UsageError(
      `${paths.root} holds no data (there is no ${paths.log}). Name the folder that "up" or "replay" used.`,
    );
  }
  const progress = new Progress('Verifying');
  const show = ({ what, records }: VerifyProgress) => progress.show(`${records} records, ${what}`);
  const owner = ownerOf(paths);
  const result =
    owner?.url == null
      ? await verifyFolder(paths, show)
      : await askToVerify(owner.url, owner, show);
  const { counts, problems } = result;
  progress.done(`${counts.records} records`);
  report(flags.json === true, result, [
    result.ok
      ? `Store and log agree: ${counts.records} records, ${counts.rows} rows, ${counts.repeats} repeats dropped, ${counts.expired_rows} rows expired, ${counts.minutes} minutes and ${counts.hours} hours of roll-ups.`
      : `${problems.length} problems:`,
    ...problems
      .slice(0, SHOWN_PROBLEMS_MAX)
      .flatMap((p) => [
        `  ${p.code}: ${p.what}`,
        `    where     ${p.where}`,
        `    expected  ${p.expected}`,
        `    found     ${p.found}`,
        `    do        ${p.what_to_do}`,
      ]),
    ...(problems.length > SHOWN_PROBLEMS_MAX
      ? [`  and ${problems.length - SHOWN_PROBLEMS_MAX} more (--json names them)`]
      : []),
  ]);
  if (!result.ok) process.exitCode = EXIT.findings;
}

export const verifyCommand = new Command('verify')
  .description('hold the store against the log: nothing lost, nothing doubled')
  .requiredOption('--data <folder>', 'data folder, of a running "up" or of none')
  .option('--json', 'print one JSON object as the last line')
  .action(verify);
