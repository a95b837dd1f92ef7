/**
 * Writes docs/reference-limits.md: every exported `…_MAX` of the product, with its value as the source
 * states it, by folder. A test holds the committed page to this.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './bootstrap.mjs';

const FOLDERS = ['schemas/src', 'packages', 'services'];
const SKIPPED = new Set(['dist', 'node_modules', 'testing']);
const DECLARED = /^export const ([A-Z][A-Z0-9_]*_MAX(?:_MS)?)\b[^=\n]*=\s*([^;]+);/gm;
const VALUE_LENGTH_MAX = 24;

const HEAD = `# Limits

Every exported bound, by folder, as the source states it. Made by \`npm run docs:generate\`. The comment beside each constant says what happens when it is hit; [why](adr/0006-everything-has-a-limit.md). Time is in milliseconds, size in bytes.
`;

function sources() {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .filter(({ name }) => !/\.test\.tsx?$|\.d\.ts$/.test(name))
      .map(({ parentPath, name }) => relative(ROOT, join(parentPath, name))),
  )
    .filter((path) => !path.split('/').some((part) => SKIPPED.has(part)))
    .sort();
}

const short = (value) => {
  const text = value.replace(/\s+/g, '').replace(/(\d)_(?=\d)/g, '$1');
  return text.length > VALUE_LENGTH_MAX ? '' : ` ${text.replaceAll('*', '×')}`;
};

export function limitsPage() {
  const byFolder = new Map();
  for (const path of sources()) {
    const found = [...readFileSync(join(ROOT, path), 'utf8').matchAll(DECLARED)];
    const limits = found.map(([, name, value]) => `\`${name}\`${short(value)}`);
    if (limits.length === 0) continue;
    const folder = dirname(path)
      .replace(/^(packages|services)\//, '')
      .replace('/src', '');
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), ...limits]);
  }
  const lines = [...byFolder].map(([folder, limits]) => `- **${folder}**: ${limits.join(', ')}`);
  return `${HEAD}\n${lines.join('\n')}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(join(ROOT, 'docs/reference-limits.md'), limitsPage());
  process.stdout.write('limits written to docs/reference-limits.md\n');
}
