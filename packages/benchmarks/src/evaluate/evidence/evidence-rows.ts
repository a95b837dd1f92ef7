/** The evidence terms of every call of recorded runs, read as the product reads them, without history. */
import {
  type BenignHistory,
  EMPTY_CONTEXT,
  type Evidence,
  evidenceOf,
  observe,
  toCall,
  toReading,
} from '@waywarden/detector';
import { type EventAcceptor, type Format, FormatReader } from '@waywarden/ingest';
import { replayAcceptor } from '../load-agentdojo.ts';
import type { LabelledRun } from './recorded-runs.ts';

export interface RunRows {
  readonly run: LabelledRun;
  readonly calls: readonly Evidence[];
}

const NO_HISTORY: BenignHistory = {
  isHabit: () => false,
  isLearning: () => false,
  knowsId: () => false,
};

const FORMATS = { agentdojo: 'trajectories', tau: 'multi-agent' } as const;

export function evidenceRows(runs: readonly LabelledRun[]): readonly RunRows[] {
  const acceptors = new Map<Format, EventAcceptor>();
  return runs.map((run) => {
    const format =
      run.source === 'agentdojo' || run.source === 'tau' ? FORMATS[run.source] : 'events';
    const acceptor = acceptors.get(format) ?? replayAcceptor('default', 'authenticated', format);
    acceptors.set(format, acceptor);
    const reader = new FormatReader(format);
    let context = EMPTY_CONTEXT;
    const calls = run.lines.flatMap((line, at) =>
      acceptor.accept(reader.read(JSON.stringify(line), at + 1)).events.map((event) => {
        const call = toCall(event);
        const found = evidenceOf({ context, call, history: NO_HISTORY });
        context = observe(context, call, toReading(event));
        return found;
      }),
    );
    return { run, calls };
  });
}
