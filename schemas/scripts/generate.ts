/**
 * Writes `schemas/json/*.schema.json` and `schemas/json/editor/` from the zod schemas. `--baseline` also writes the released
 * copies that compatibility is tested against: only when a version is released, never to make a
 * failing test pass.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EDITOR_FILES, editorSchemaOf } from '../src/json/editor-schema.ts';
import { CONTRACT_NAMES, jsonSchemaOf } from '../src/json/json-schema.ts';

const folder = fileURLToPath(new URL('../json/', import.meta.url));
const baseline = fileURLToPath(new URL('../json/baseline/', import.meta.url));
const folders = process.argv.includes('--baseline') ? [folder, baseline] : [folder];

for (const to of folders) {
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(to)) if (file.endsWith('.schema.json')) rmSync(to + file);
  for (const name of CONTRACT_NAMES) {
    writeFileSync(`${to}${name}.schema.json`, `${JSON.stringify(jsonSchemaOf(name), null, 2)}\n`);
  }
}
const editor = `${folder}editor/`;
mkdirSync(editor, { recursive: true });
for (const name of EDITOR_FILES) {
  writeFileSync(
    `${editor}${name}.schema.json`,
    `${JSON.stringify(editorSchemaOf(name), null, 2)}\n`,
  );
}
process.stdout.write(`${CONTRACT_NAMES.length} schemas written to ${folders.join(' and ')}\n`);
