/** Writes the reference pages of the contracts to `docs/reference`. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { referencePages } from '../src/json/reference-pages.ts';

const folder = fileURLToPath(new URL('../../docs/reference/', import.meta.url));
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) if (file.endsWith('.md')) rmSync(folder + file);
const pages = referencePages();
for (const [file, text] of pages) writeFileSync(folder + file, text);
process.stdout.write(`${pages.size} pages written to docs/reference\n`);
