/** `waywarden response-impact`: what rules cost people; asks the running `up`. */
import { Command, Option } from 'commander';
import { z } from 'zod';
import { report, table, UsageError } from '../input/command-output.ts';
import { askOwner, ownerRefusal, readerHeader } from '../owner/ask-owner.ts';
import { COSTS, LEDGER_KEYS, type LedgerLine } from '../response-impact/ledger.ts';
import { durationWords } from '../response-impact/words.ts';
import { dataPaths, ownerOf } from '../runtime/data-folder.ts';

interface ResponseImpactFlags {
  readonly data: string;
  readonly by: string;
  readonly days: string;
  readonly agent?: string;
  readonly rule?: string;
  readonly json?: true;
}

const costs = Object.fromEntries(COSTS.map((cost) => [cost, z.number()])) as Record<
  (typeof COSTS)[number],
  z.ZodNumber
>;
const line = z.object({
  key: z.string(),
  ...costs,
  share_approved: z.number().nullable(),
  waited_mean_ms: z.number().nullable(),
  precision: z.number().nullable(),
});
const responseImpactSchema = z.looseObject({
  sentence: z.string(),
  by: z.string(),
  cut: z.boolean(),
  lines: z.array(line),
  total: line,
});

const HEAD = [
  ...['step-ups', 'yes', 'no', 'waited', 'revoked', 'taken back', 'denied calls'],
  ...['in error', 'tasks', 'withheld', 'would ask', 'would revoke', 'withdrawn'],
  ...['found right', 'found wrong'],
];

function cellsOf(one: LedgerLine): readonly string[] {
  const waited = one.waited_mean_ms === null ? '–' : durationWords(one.waited_mean_ms);
  const before = [one.step_ups, one.approved, one.refused].map(String);
  const after = [
    ...[one.revocations, one.reverted, one.denied_calls, one.denied_in_error],
    ...[one.tasks_stopped, one.withheld, one.would_step_up, one.would_revoke],
    ...[one.withdrawn_alerts, one.true_positives, one.false_positives],
  ].map(String);
  return [one.key, ...before, waited, ...after];
}

async function responseImpact(flags: ResponseImpactFlags): Promise<void> {
  const owner = ownerOf(dataPaths(flags.data));
  if (owner?.url == null) {
    throw new UsageError(`No "waywarden up" runs on ${flags.data}; start it, then ask again.`);
  }
  const { by, days, agent, rule } = flags;
  const asked = new URLSearchParams({
    ...{ by, days },
    ...(agent === undefined ? {} : { agent }),
    ...(rule === undefined ? {} : { rule }),
  });
  const url = `${owner.url}/v1/response-impact?${asked}`;
  const response = await askOwner(url, { headers: readerHeader(url, flags.data) });
  if (!response.ok) throw await ownerRefusal(url, response);
  const answer = responseImpactSchema.parse(await response.json());
  const rows = answer.lines.map((one) => [...cellsOf(one)]);
  report(flags.json === true, answer, [
    answer.sentence,
    ...(answer.cut ? ['There is more than can be counted: all numbers are too low.'] : []),
    ...(rows.length === 0 ? [] : ['', ...table([by, ...HEAD], rows)]),
  ]);
}

export const responseImpactCommand = new Command('response-impact')
  .description('what the rules cost people: step-ups, waiting, refused calls, and what was wrong')
  .addOption(new Option('--by <what>', 'one line for each').choices(LEDGER_KEYS).default('rule'))
  .option('--days <days>', 'the last so many days of the store, at most 90', '7')
  .option('--agent <uid>', 'only of this agent')
  .option('--rule <id>', 'only of this rule')
  .option('--data <folder>', 'data folder of the running up', '.waywarden/data')
  .option('--json', 'print one JSON object as the last line')
  .action(responseImpact);
