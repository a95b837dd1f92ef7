import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadHookTables } from '../hooks/hook-table.ts';
import { loadMappings } from '../records/record-reader.ts';
import { conventionTable } from '../spans/convention-table.ts';
import { FACTS, factWords, loadClients, loadDetections } from './client-table.ts';

const WIRE = readdirSync(new URL('../../conventions/wire/', import.meta.url))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.slice(0, -'.yaml'.length));
const CONVENTIONS = [
  ...conventionTable().conventions.map(({ name }) => name),
  ...loadHookTables().map(({ name }) => name),
  ...loadMappings().map(({ name }) => name),
  ...WIRE,
];
const clients = loadClients();

describe('the table of clients', () => {
  it('names each client once', () => {
    const ids = clients.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('names conventions that are read, and every convention belongs to a client', () => {
    const named = new Set(clients.flatMap(({ conventions }) => conventions));
    expect([...named].filter((name) => !CONVENTIONS.includes(name))).toEqual([]);
    expect(CONVENTIONS.filter((name) => !named.has(name))).toEqual([]);
  });

  it.each(clients)('gives $id settings that are whole', ({ setup }) => {
    const parts = setup.map(({ part }) => part);
    expect(new Set(parts).size).toBe(parts.length);
    for (const { language, text: template } of setup) {
      const text = template.replaceAll(/\{[a-z_]+\}/gu, 'filled');
      if (language === 'json') expect(() => JSON.parse(text)).not.toThrow();
      if (language === 'yaml') expect(() => parse(text)).not.toThrow();
    }
  });

  it.each(clients)('says of $id no fact as missing that it never sends', ({ content, lacks }) => {
    expect(
      content.missing.filter((fact) => lacks.includes(fact) && content.by_default === 'sent'),
    ).toEqual([]);
  });
});

describe('the table of detections', () => {
  it('says every fact in words, and asks for each of them somewhere', () => {
    const asked = new Set(loadDetections().flatMap((one) => [...one.needs, ...one.weaker_without]));
    for (const fact of FACTS) expect(factWords(fact)).not.toBe('');
    expect(FACTS.filter((fact) => !asked.has(fact))).toEqual([]);
  });

  it('names each detection once', () => {
    const ids = loadDetections().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
