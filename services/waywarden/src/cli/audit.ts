/** `waywarden audit verify`: exit 1 names the first broken record. */
import { Command } from 'commander';
import { auditFolder, readHead } from '../audit/audit-folder.ts';
import type { AuditReport } from '../audit/verify-audit.ts';
import { EXIT, Progress, report } from '../input/command-output.ts';

const SHOWN_PROBLEMS_MAX = 20;

interface AuditFlags {
  readonly data: string;
  readonly head?: string;
  readonly json?: true;
}

function sayWhole({ decisions, repeats, after, head }: AuditReport): readonly string[] {
  if (head === null) return ['No decision was ever made: there is no chain yet.'];
  const since = after === null ? 'from the first one' : `after decision ${after.seq}`;
  const twice = repeats === 0 ? '' : ` (${repeats} were written twice, in the same words)`;
  return [
    `The chain is whole: ${decisions} decisions${twice}, verified ${since}.`,
    `Its head: ${head.seq}:${head.hash}`,
    'Keep that line elsewhere. "audit verify --head" finds a chain that was since cut off or written anew.',
  ];
}

function sayBroken({ problems, problems_unreported: unreported }: AuditReport): readonly string[] {
  const [first] = problems;
  const shown = problems.slice(0, SHOWN_PROBLEMS_MAX);
  const rest = problems.length - shown.length + unreported;
  return [
    `The chain is broken; the first record that is not as it was: ${first?.where}${first?.decision_id == null ? '' : ` (decision ${first.decision_id})`}.`,
    ...shown.map(({ code, where, what }) => `  ${code}: ${where}: ${what}`),
    ...(rest > 0 ? [`  and ${rest} more (--json names ${problems.length})`] : []),
    'Do: keep this folder as it is, compare with the store (waywarden verify) and with who had access to the log.',
  ];
}

async function verify(flags: AuditFlags): Promise<void> {
  const head = flags.head === undefined ? undefined : readHead(flags.head);
  const progress = new Progress('Verifying', flags.json === true);
  const result = await auditFolder(flags.data, head, ({ what, records }) =>
    progress.show(`${records} ${what}`),
  );
  progress.done(`${result.decisions} decisions`);
  report(flags.json === true, result, result.ok ? sayWhole(result) : sayBroken(result));
  if (!result.ok) process.exitCode = EXIT.findings;
}

export const auditCommand = new Command('audit')
  .description('the hash-chained log of decisions')
  .addCommand(
    new Command('verify')
      .description(
        'whether a decision was altered, removed, added or moved; exit 1 naming the first',
      )
      .option('--data <folder>', 'data folder, of a running "up" or of none', '.waywarden/data')
      .option('--head <seq:hash>', 'an end of the chain that you kept: finds one that was cut off')
      .option('--json', 'print one JSON object as the last line')
      .action(verify)
      .exitOverride(),
  );
