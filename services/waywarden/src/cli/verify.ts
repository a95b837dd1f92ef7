/** `waywarden verify --data DIR`: exit 0 agreed, 1 not, 2 damaged log. */
import { existsSync } from 'node:fs';
import type { VerifyProgress, VerifyReport } from '@waywarden/archiver';
import { Command } from 'commander';
import { EXIT, Progress, report, UsageError } from '../input/command-output.ts';
import { askToWork } from '../owner/ask-to-work.ts';
import { dataPaths, ownerOf } from '../runtime/data-folder.ts';
import { verifyFolder } from '../runtime/verify-folder.ts';

const SHOWN_PROBLEMS_MAX = 20;

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
      : await askToWork<VerifyReport>(
          { ...owner, url: owner.url },
          { path: '/v1/verify', onProgress: show },
        );
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
  if (result.ok) return;
  const isUnusable = problems.some((problem) => problem.code === 'log_damaged');
  process.exitCode = isUnusable ? EXIT.badUse : EXIT.findings;
}

export const verifyCommand = new Command('verify')
  .description('hold the store against the log: nothing lost, nothing doubled')
  .requiredOption('--data <folder>', 'data folder, of a running "up" or of none')
  .option('--json', 'print one JSON object as the last line')
  .action(verify);
