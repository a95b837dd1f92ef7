import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { loadClients, loadDetections } from '@waywarden/agent-telemetry';
import { clientPath } from '@waywarden/ingest';
import { KNOWN_ALERT_KINDS } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { COVERAGES } from './client-coverage.ts';
import { clientPages } from './client-page.ts';

const DOCS = new URL('../../../../docs/clients/', import.meta.url);
const coverages = COVERAGES.parse(JSON.parse(readFileSync(new URL('coverage.json', DOCS), 'utf8')));
const pages = clientPages(coverages);

describe('the pages of clients', () => {
  it('are those of the table: run npm run clients:generate', () => {
    const retained = readdirSync(DOCS).filter((file) => file.endsWith('.md'));
    expect(retained.sort()).toEqual([...pages.keys()].sort());
    for (const [file, text] of pages) {
      expect(readFileSync(new URL(file, DOCS), 'utf8'), file).toBe(text);
    }
  });

  it('leave no placeholder unfilled', () => {
    for (const [file, text] of pages) {
      expect(text.match(/\{(?:url|host|port|token|token_file)\}/gu), file).toBeNull();
    }
  });

  it('count only clients that there are', () => {
    const ids = loadClients().map(({ id }) => id);
    expect(Object.keys(coverages).filter((id) => !ids.includes(id))).toEqual([]);
  });
});

describe('the table of clients beside what was recorded', () => {
  const recorded = loadClients().filter(({ id }) => id in coverages);

  it.each(recorded)(
    'says of no fact that $id never sends it, which a recording shows',
    (client) => {
      const coverage = coverages[client.id];
      const told: Readonly<Record<string, number>> = {
        ...coverage?.with,
        definitions: coverage?.definitions ?? 0,
      };
      expect(client.lacks.filter((fact) => (told[fact] ?? 0) > 0)).toEqual([]);
    },
  );

  it('names addresses at which ingest takes what clients send', () => {
    const addresses = loadClients().flatMap((client) => client.addresses);
    const taken = (path: string) => path === '/v1/events' || clientPath('POST', path) === path;
    expect(addresses.filter((path) => !taken(path))).toEqual([]);
  });

  it('names alerts that exist', () => {
    const kinds: readonly string[] = KNOWN_ALERT_KINDS;
    expect(loadDetections().filter(({ kind }) => !kinds.includes(kind))).toEqual([]);
  });

  it('names recordings that exist, where they are at hand', () => {
    const folder = new URL('../../../../../shared/data/telemetry/', import.meta.url);
    if (!existsSync(folder)) return;
    const named = loadClients().flatMap(({ recordings }) => recordings);
    expect(named.filter((name) => !existsSync(new URL(name, folder)))).toEqual([]);
  });
});
