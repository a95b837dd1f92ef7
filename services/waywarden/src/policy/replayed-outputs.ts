/** What a replay wrote into its output folder, read back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryOutputs } from './try-policy.ts';

/** The files are our own, written a moment ago: this names what stands in them. */
function lines<T>(folder: string, name: string): readonly T[] {
  return readFileSync(join(folder, `${name}.ndjson`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

export function readHistoryOutputs(folder: string): Omit<HistoryOutputs, 'events'> {
  return {
    alerts: lines(folder, 'alerts'),
    decisions: lines(folder, 'decisions'),
    commands: lines(folder, 'commands'),
  };
}
