/** Text of a named file; UsageErrors in words. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { UsageError } from './command-output.ts';

export function readTextFile(path: string): string {
  if (!existsSync(path)) throw new UsageError(`${path}: there is no such file.`);
  if (statSync(path).isDirectory())
    throw new UsageError(`${path}: is a folder; name a file in it.`);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${path}: can't be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
