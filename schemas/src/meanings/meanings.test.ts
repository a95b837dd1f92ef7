import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ContractName, type JsonSchema, jsonSchemaOf } from '../json/json-schema.ts';
import { fieldsOf, MEANINGS, type Meanings } from './index.ts';

const NEW_AS_A_WHOLE: ReadonlySet<string> = new Set([
  'catalogue',
  'verdict-control',
  'baseline-snapshot',
  'enforcement-notice',
  'triage-record',
]);
const contracts = Object.entries(MEANINGS) as [ContractName, Meanings][];
const textOf = (meaning: Meanings[string] | undefined) =>
  typeof meaning === 'object' ? meaning.text : meaning;
const parentOf = (path: string) => path.replace(/(\.\*)?(\[\])?\.?[^.]*$/, '');

describe('the meanings of fields', () => {
  it.each(contracts)('%s: every field has its own', (name, meanings) => {
    const wrong = fieldsOf(jsonSchemaOf(name)).filter(
      ({ path, schema }) => schema['description'] !== textOf(meanings[path] ?? '(none)'),
    );
    expect(wrong.map((field) => field.path)).toEqual([]);
  });

  it('each belongs to a field of some contract', () => {
    const paths = new Map<Meanings, Set<string>>();
    for (const [name, meanings] of contracts) {
      const known = paths.get(meanings) ?? new Set<string>();
      for (const field of fieldsOf(jsonSchemaOf(name))) known.add(field.path);
      paths.set(meanings, known);
    }
    for (const [meanings, known] of paths) {
      expect(Object.keys(meanings).filter((path) => !known.has(path))).toEqual([]);
    }
  });

  it('say since when, exactly where the first released contract lacks the field', () => {
    for (const [name, meanings] of contracts) {
      if (NEW_AS_A_WHOLE.has(name)) continue;
      const url = new URL(`../../json/baseline/${name}.schema.json`, import.meta.url);
      const released: JsonSchema = JSON.parse(readFileSync(url, 'utf8'));
      const before = new Set(fieldsOf(released).map((field) => field.path));
      for (const { path } of fieldsOf(jsonSchemaOf(name))) {
        const parent = parentOf(path);
        // What came with its parent needs no word of its own.
        if (parent !== '' && !before.has(parent)) continue;
        const isNew = !before.has(path);
        const saysSo = /^Since \d/.test(textOf(meanings[path]) ?? '');
        expect([name, path, saysSo]).toEqual([name, path, isNew]);
      }
    }
  });
});
