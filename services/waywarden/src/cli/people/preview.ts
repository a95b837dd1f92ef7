/** `waywarden preview`: what an order would break. Nothing is ordered. */
import { Command } from 'commander';
import { z } from 'zod';
import { report, table, UsageError } from '../../input/command-output.ts';
import { askOwner, ownerRefusal, readerHeader } from '../../owner/ask-owner.ts';
import { dataPaths, ownerOf } from '../../runtime/data-folder.ts';
import {
  previewQuery,
  type TargetFlags,
  takesWords,
  targetOf,
  withTargetFlags,
} from './operator.ts';

interface PreviewFlags extends TargetFlags {
  readonly data: string;
  readonly days: string;
  readonly json?: true;
}

const previewSchema = z.looseObject({
  would_break: z.looseObject({ words: z.string() }),
  lineage: z.looseObject({ words: z.string() }).nullable(),
  action: z.string(),
  people: z.number(),
  withheld: z.string().nullable(),
  protects: z.array(z.string()),
  reaches: z.array(
    z.looseObject({
      agent_uid: z.string(),
      task_id: z.string().nullable(),
      because: z.string(),
      withheld: z.string().nullable(),
      instead: z.string().nullable(),
    }),
  ),
  in_use: z.array(
    z.looseObject({ system: z.string(), type: z.string(), calls: z.number(), last: z.string() }),
  ),
});

async function preview(flags: PreviewFlags): Promise<void> {
  const target = targetOf('default', flags);
  const owner = ownerOf(dataPaths(flags.data));
  if (owner?.url == null) {
    throw new UsageError(`No "waywarden up" runs on ${flags.data}; start it, then ask again.`);
  }
  const { days } = flags;
  const url = `${owner.url}/v1/preview?${previewQuery(target, { days })}`;
  const response = await askOwner(url, { headers: readerHeader(url, flags.data) });
  if (!response.ok) throw await ownerRefusal(url, response);
  const answer = previewSchema.parse(await response.json());
  const reached = answer.reaches.map((one) => [
    one.agent_uid,
    one.task_id ?? '',
    one.withheld === null ? 'loses it' : `${one.instead ?? 'left'} (${one.withheld})`,
    one.because,
  ]);
  const used = answer.in_use.map((one) => [one.system, one.type, String(one.calls), one.last]);
  report(flags.json === true, answer, [
    `${answer.would_break.words}${takesWords(answer)}`,
    ...(answer.lineage === null ? [] : [answer.lineage.words]),
    ...(reached.length === 0
      ? []
      : ['', ...table(['reaches', 'task', 'what', 'because'], reached)]),
    '',
    ...(used.length === 0
      ? [`Nothing of it was in use in the last ${days} days.`]
      : [
          `In use in the last ${days} days:`,
          ...table(['system', 'resource', 'calls', 'last'], used),
        ]),
  ]);
}

export const previewCommand = withTargetFlags(
  new Command('preview').description('what taking access would break; nothing is ordered'),
)
  .option('--days <days>', 'how far back it is looked what was in use', '7')
  .option('--data <folder>', 'data folder of the running up', '.waywarden/data')
  .option('--json', 'print one JSON object as the last line')
  .action(preview);
