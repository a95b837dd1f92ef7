/** `waywarden score`: learns from baseline files, then scores; one line a call. No log, no store. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { type CallScore, isScored, learnCall, scoreCall, sightEvent } from '@waywarden/detector';
import { FormatReader, type ReadItem } from '@waywarden/ingest';
import type { AuditEvent } from '@waywarden/schemas';
import { MemoryTransaction } from '@waywarden/stage';
import { Command } from 'commander';
import { Progress, report } from '../input/command-output.ts';
import { addInputOptions, fileAcceptor, type InputFlags } from '../input/input-options.ts';
import { readLines } from '../input/read-lines.ts';
import { loadPolicy, loadRegistry } from '../runtime/rule-files.ts';

interface ScoreFlags extends InputFlags {
  readonly baseline: readonly string[];
  readonly input: readonly string[];
  readonly out: string;
  readonly frozen?: true;
}

const NOTHING: CallScore = { score: 0, features: [], flag: 'clear' };

const hasAlarm = ({ features }: CallScore) => features.some(({ alarm }) => alarm !== undefined);

function toLine(item: ReadItem, event: AuditEvent, scored: CallScore): string {
  const line = {
    trace_id: item.traceId ?? event.task?.id ?? event.trace_id ?? null,
    step: item.step ?? null,
    event_id: event.event_id,
    score: Number(scored.score.toPrecision(8)),
    alert: hasAlarm(scored),
    reasons: scored.features.flatMap((one) => one.reasons().map((reason) => reason.text)),
  };
  return `${JSON.stringify(line)}\n`;
}

async function score(flags: ScoreFlags): Promise<void> {
  const registry = loadRegistry(flags.registry);
  if (flags.policy !== undefined) loadPolicy(flags.policy);
  const acceptor = fileAcceptor(flags, registry);
  const transaction = new MemoryTransaction();
  const registered = new Map((registry?.agents ?? []).map((agent) => [agent.uid, agent]));
  const totals = { learnt: 0, scored: 0, alerts: 0, dead_lettered: 0 };
  const eachCall = async (
    files: readonly string[],
    what: string,
    use: (item: ReadItem, event: AuditEvent) => void | Promise<void>,
  ) => {
    const progress = new Progress(what);
    let calls = 0;
    for (const file of files) {
      const reader = new FormatReader(flags.format);
      for await (const line of readLines(file)) {
        for (const item of reader.read(line.text, line.number)) {
          const batch = acceptor.accept([item]);
          totals.dead_lettered += batch.deadLettered;
          for (const event of batch.events) await use(item, event);
          progress.show(`${++calls} calls`);
        }
      }
    }
    progress.done(`${calls} calls`);
  };
  await eachCall(flags.baseline, 'Learning', (_, event) => {
    if (sightEvent(transaction, { id: event.event_id }) !== 'first' || !isScored(event)) return;
    learnCall(transaction, event, 'clear');
    totals.learnt++;
  });
  const out = createWriteStream(flags.out);
  await eachCall(flags.input, 'Scoring', async (item, event) => {
    const scored = isScored(event)
      ? scoreCall(transaction, event, registered.get(event.agent.uid))
      : NOTHING;
    if (isScored(event))
      learnCall(transaction, event, flags.frozen === true ? 'flagged' : scored.flag);
    totals.scored++;
    if (hasAlarm(scored)) totals.alerts++;
    if (!out.write(toLine(item, event, scored))) await once(out, 'drain');
  });
  out.end();
  await once(out, 'finish');
  report(flags.json === true, totals, [
    `Learnt from ${totals.learnt} calls, scored ${totals.scored}: ${totals.alerts} would alert; ${totals.dead_lettered} dead-lettered.`,
    `One line a call in ${flags.out}.`,
  ]);
}

export const scoreCommand = addInputOptions(
  new Command('score').description('learn from baseline files, then score input files'),
)
  .requiredOption('--baseline <files...>', 'files to learn from')
  .requiredOption('--input <files...>', 'files to score, in order')
  .requiredOption('--out <file>', 'where the scores go, one JSON object a line')
  .option('--frozen', 'learn nothing more from the input')
  .action(score);
