/** A file that was named, to read or to write; UsageErrors in words. */
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
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

function troubleWith(file: string): string | undefined {
  const folder = dirname(file);
  if (!existsSync(folder)) return `there is no folder ${folder}`;
  if (existsSync(file) && statSync(file).isDirectory()) return 'it is a folder';
  try {
    accessSync(existsSync(file) ? file : folder, constants.W_OK);
  } catch {
    return 'this user has no right to write it';
  }
  return undefined;
}

/** UsageError where one can't be written. */
export function checkOutputs(files: Readonly<Record<string, string | undefined>>): void {
  for (const [flag, file] of Object.entries(files)) {
    const trouble = file === undefined ? undefined : troubleWith(file);
    if (trouble !== undefined) {
      throw new UsageError(`${flag} ${file}: can't be written: ${trouble}. Name another file.`);
    }
  }
}
