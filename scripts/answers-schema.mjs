/**
 * Writes services/console/answers.schema.json: JSON schemas of answers, made of the types that the
 * servers have (`services/waywarden/src/api/answers-model.ts`). A test holds the committed file to this.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import TJS from 'typescript-json-schema';
import { ensureBuilt, ROOT } from './bootstrap.mjs';

const CONSOLE = join(ROOT, 'services/console');
const SERVICE = join(ROOT, 'services/waywarden');
const FILE = join(CONSOLE, 'answers.schema.json');
const REF = '#/definitions/';

/** A type's own name; one without a name is numbered. */
function shortNames(names) {
  const taken = new Set();
  return new Map(
    names.map((name) => {
      const own = /(?:^|\.)([A-Za-z]\w*)$/.exec(name)?.[1] ?? 'Part';
      let short = own === 'Part' || own.startsWith('ZodEnum') ? 'Part1' : own;
      for (let n = 2; taken.has(short); n += 1) short = `${short.replace(/\d+$/, '')}${n}`;
      taken.add(short);
      return [name, short];
    }),
  );
}

export function answersSchema() {
  const program = TJS.programFromConfig(join(SERVICE, 'tsconfig.json'), [
    join(SERVICE, 'src/api/answers-model.ts'),
  ]);
  const made = TJS.generateSchema(program, 'Answers', { required: true, ignoreErrors: true });
  if (made === null) throw new Error('The answers of the console have no schema.');
  const names = shortNames(Object.keys(made.definitions ?? {}));
  const refOf = (ref) =>
    `#/components/schemas/${names.get(decodeURIComponent(ref.slice(REF.length)))}`;
  const renamed = JSON.parse(JSON.stringify(made), (key, value) => {
    if (key === '$ref') return refOf(value);
    if (!Array.isArray(value?.items)) return value;
    // Tuples as draft 2020-12 has them.
    const { items: prefixItems, additionalItems: items = false, ...rest } = value;
    return { ...rest, prefixItems, items };
  });
  const schemas = Object.fromEntries(
    Object.entries(renamed.definitions).map(([name, schema]) => [names.get(name), schema]),
  );
  return `${JSON.stringify({ answers: renamed.properties, schemas }, null, 1)}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  // Types of other packages are read from what they compiled to; without it most answers would be missing.
  await ensureBuilt();
  writeFileSync(FILE, answersSchema());
}
