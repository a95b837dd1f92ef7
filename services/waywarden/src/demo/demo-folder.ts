/**
 * The demo's folder, marked by `demo.json`: made-up and real agents never share one. Counts runs, and whether the
 * past was sent.
 */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../input/command-output.ts';
import { type DataPaths, makeFolder } from '../runtime/data-folder.ts';

const MINUTE_MS = 60_000;

const markSchema = z.object({
  started_at: z.iso.datetime(),
  runs: z.number().int().nonnegative(),
  history_sent: z.boolean(),
  events: z.number().int().nonnegative(),
});
export type DemoMark = z.infer<typeof markSchema>;

const markPath = (paths: DataPaths): string => join(paths.root, 'demo.json');

function readMark(paths: DataPaths): DemoMark | undefined {
  try {
    return markSchema.parse(JSON.parse(readFileSync(markPath(paths), 'utf8')));
  } catch {
    return undefined; // The folder's content decides.
  }
}

export function writeMark(paths: DataPaths, mark: DemoMark): void {
  const aside = `${markPath(paths)}.${process.pid}`;
  writeFileSync(aside, `${JSON.stringify(mark, null, 2)}\n`);
  renameSync(aside, markPath(paths));
}

export function refuseDemoFolder(paths: DataPaths): void {
  if (!existsSync(markPath(paths))) return;
  throw new UsageError(
    `${paths.root} holds the demo (demo.json), and made-up data must not stand among real data. ` +
      'Name another folder with --data, or leave out --no-demo.',
  );
}

/** UsageError when it holds something else. */
export function openDemoFolder(paths: DataPaths, now: string): DemoMark {
  const known = readMark(paths);
  if (known !== undefined) return known;
  const others = existsSync(paths.root) ? readdirSync(paths.root) : [];
  const isDemo = existsSync(markPath(paths));
  if (others.length > 0 && !isDemo) {
    throw new UsageError(
      `${paths.root} holds data that is not the demo's, and the demo doesn't play among it. ` +
        'Add --no-demo to run for real there, or name an empty folder with --data.',
    );
  }
  makeFolder(paths.root);
  // Run numbers from the clock repeat none.
  const runs = isDemo ? Math.floor(Date.parse(now) / MINUTE_MS) : 0;
  const mark = { started_at: now, runs, history_sent: isDemo, events: 0 };
  writeMark(paths, mark);
  return mark;
}
