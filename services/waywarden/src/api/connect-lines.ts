import { join, resolve } from 'node:path';
import { shellQuote } from '../input/say-value.ts';

/** Where `connect` and `doctor` look. */
const DATA_DEFAULT = '.waywarden/data';
const SETTINGS = 'claude-settings.json';

/** `root`: the data folder. */
export function connectLines(root: string): readonly string[] {
  const data = root === resolve(DATA_DEFAULT) ? '' : ` --data ${shellQuote(root)}`;
  const file = shellQuote(join(root, SETTINGS));
  return [
    `npx waywarden connect claude-code${data} --part settings --out ${file}`,
    `claude --settings ${file}`,
    `npx waywarden doctor${data}`,
  ];
}
