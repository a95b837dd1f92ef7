/** Mappings of JSON logs that whoever runs this ingest wrote: `mappings/*.yaml` beside `tokens.json`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Mapping, mappingOf } from '@waywarden/agent-telemetry';

export const MAPPINGS_MAX = 200;

/** In the order of their names. Throws naming the file and the field that can't be used. */
export function loadMappingFiles(folder: string): readonly Mapping[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .filter((file) => /\.ya?ml$/u.test(file))
    .sort();
  if (files.length > MAPPINGS_MAX) {
    throw new Error(`${folder}: ${files.length} mappings are more than ${MAPPINGS_MAX}.`);
  }
  return files.map((file) => {
    const read = mappingOf(readFileSync(join(folder, file), 'utf8'));
    if (read.kind === 'mapping') return read.mapping;
    throw new Error(`The mapping ${join(folder, file)}: ${read.problem}`);
  });
}
