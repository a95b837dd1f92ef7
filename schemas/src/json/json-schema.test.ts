import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONTRACT_NAMES, jsonSchemaOf } from './json-schema.ts';
import { schemaBreaks } from './json-schema-compatibility.ts';

const folder = new URL('../../json/', import.meta.url);
const released = new URL('../../json/baseline/', import.meta.url);
const read = (base: URL, name: string) =>
  JSON.parse(readFileSync(new URL(`${name}.schema.json`, base), 'utf8'));
const names = (base: URL) =>
  readdirSync(base)
    .filter((file) => file.endsWith('.schema.json'))
    .map((file) => file.replace('.schema.json', ''))
    .sort();

describe('the committed JSON Schemas', () => {
  it('are those of today’s zod schemas, no more and no less (npm run schemas:generate)', () => {
    expect(names(folder)).toEqual([...CONTRACT_NAMES].sort());
    for (const name of CONTRACT_NAMES) {
      expect(read(folder, name), name).toEqual(jsonSchemaOf(name));
    }
  });

  it('are 2020-12 with an id of their own', () => {
    for (const name of CONTRACT_NAMES) {
      expect(read(folder, name)).toMatchObject({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: `https://waywarden.dev/schemas/${name}/v1.json`,
      });
    }
  });
});

describe('the released contracts', () => {
  it('still exist', () => {
    expect([...CONTRACT_NAMES]).toEqual(expect.arrayContaining(names(released)));
  });

  it.each(names(released))('%s accepts whatever it accepted when it was released', (name) => {
    expect(schemaBreaks(read(released, name), read(folder, name))).toEqual([]);
  });
});
