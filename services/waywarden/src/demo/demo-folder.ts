/**
 * The demo's own data folder. It carries a mark (`demo.json`), and neither does the demo play into a
 * folder without it that holds something, nor does a real run open one with it: made-up agents must
 * never stand among real ones.
 *
 * The mark also says how often the demo was started here (each run gets ids of its own) and whether
 * the agents' past has been sent, so that a start after a kill neither repeats nor misses it.
 */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../input/command-output.ts';
import { type DataPaths, makeFolder } from '../runtime/data-folder.ts';

const MINUTE_MS = 60_000;

const markSchema = z.object({
  /** When the demo first started here; the agents' past ends there. */
  started_at: z.iso.datetime(),
  runs: z.number().int().nonnegative(),
  history_sent: z.boolean(),
  /** Events that the demo has sent here, all runs together. */
  events: z.number().int().nonnegative(),
});
export type DemoMark = z.infer<typeof markSchema>;

const markPath = (paths: DataPaths): string => join(paths.root, 'demo.json');

function readMark(paths: DataPaths): DemoMark | undefined {
  try {
    return markSchema.parse(JSON.parse(readFileSync(markPath(paths), 'utf8')));
  } catch {
    return undefined; // Absent, or cut short by a full disk: then the folder's content decides.
  }
}

export function writeMark(paths: DataPaths, mark: DemoMark): void {
  const aside = `${markPath(paths)}.${process.pid}`;
  writeFileSync(aside, `${JSON.stringify(mark, null, 2)}\n`);
  renameSync(aside, markPath(paths));
}

/** UsageError when a real run was pointed at the demo's folder. */
export function refuseDemoFolder(paths: DataPaths): void {
  if (!existsSync(markPath(paths))) return;
  throw new UsageError(
    `${paths.root} holds the demo (demo.json), and made-up data must not stand among real data. ` +
      'Name another folder with --data, or leave out --no-demo.',
  );
}

/** The mark of a demo folder, made when the folder is new. UsageError when it holds something else. */
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
  // A mark that was lost: the past was sent, and run numbers from the clock repeat no earlier one's ids.
  const runs = isDemo ? Math.floor(Date.parse(now) / MINUTE_MS) : 0;
  const mark = { started_at: now, runs, history_sent: isDemo, events: 0 };
  writeMark(paths, mark);
  return mark;
}
