/** Lines of a file, each one JSON value; the first that is none ends the reading with its place. */
import { UsageError } from '@waywarden/waywarden/input/command-output';
import { readLines } from '@waywarden/waywarden/input/read-lines';

export interface JsonLine {
  readonly value: unknown;
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** The file and the line, in words. */
  readonly place: string;
}

/** Empty lines are left out. */
export async function* jsonLines(file: string): AsyncGenerator<JsonLine> {
  for await (const { text, number } of readLines(file)) {
    if (text.trim() === '') continue;
    const place = `${file}, line ${number}`;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new UsageError(`${place}: is no JSON (${String(error)}). Give one object a line.`);
    }
    yield { value, text, number, place };
  }
}
