/** The commands that point a client at this installation, as they stand on its empty page and in its welcome. */
import { join, resolve } from 'node:path';
import { shellQuote } from '../input/say-value.ts';

/** Where `connect` and `doctor` look unless they are told. */
const DATA_DEFAULT = '.waywarden/data';
const SETTINGS = 'claude-settings.json';

/** Claude Code as the example: its settings, a session with them, and what is seen of it. `root`: the data folder. */
export function connectLines(root: string): readonly string[] {
  const data = root === resolve(DATA_DEFAULT) ? '' : ` --data ${shellQuote(root)}`;
  const file = shellQuote(join(root, SETTINGS));
  return [
    `npx waywarden connect claude-code${data} --part settings --out ${file}`,
    `claude --settings ${file}`,
    `npx waywarden doctor${data}`,
  ];
}
