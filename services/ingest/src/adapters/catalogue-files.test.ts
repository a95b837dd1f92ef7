import { CAPABILITY_SYMBOLS, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import {
  catalogueSources,
  loadCatalogue,
  organisationDomains,
  readCatalogueFiles,
} from './catalogue-files.ts';

describe('the shipped catalogue', () => {
  it('uses symbols of version 1 only, and `unless` for the organisation only', () => {
    for (const { match, capabilities, effect } of readCatalogueFiles()) {
      expect(effect, match.tool).toBeDefined();
      for (const { symbol, unless } of capabilities) {
        expect(CAPABILITY_SYMBOLS, match.tool).toContain(symbol);
        expect(unless?.domain ?? '$organisation').toBe('$organisation');
      }
    }
  });

  it('names its schema to editors, and a title for the documentation, in each file', () => {
    for (const { path, text } of catalogueSources()) {
      expect(text.split('\n')[0], path).toBe(
        '# yaml-language-server: $schema=../../../schemas/json/catalogue.schema.json',
      );
      expect(text, path).toMatch(/^title: \S/m);
    }
  });

  it.each([
    ['read_emails', undefined, 'ingest:untrusted'],
    ['get_user_info', undefined, 'read:personal'],
    ['send_email', undefined, 'send:external'],
    ['send_money', undefined, 'initiate:payment'],
    ['update_password', undefined, 'create:credential'],
    ['get_secret', 'vault', 'read:secret'],
    ['merge_pull_request', 'github', 'approve:change'],
    ['create_payee', 'payments', 'create:payee'],
    ['query', 'postgres', 'write:data'],
    ['bash', undefined, 'exec:shell'],
    ['delegate', undefined, 'delegate:task'],
  ] as const)('says of %s on %s that it can %s', (tool, server, symbol) => {
    const catalogue = loadCatalogue();
    const match = catalogue.find(tool, server);
    const symbols =
      match === undefined ? [] : catalogue.capabilities(match, {}).map(({ symbol }) => symbol);
    expect(symbols).toContain(symbol);
  });

  it('changes its version with the registry', () => {
    const registry = registrySchema.parse({
      version: 1,
      tools: [{ match: { tool: 'x' }, capabilities: [{ symbol: 'read:internal' }] }],
    });
    expect(loadCatalogue().version).toBe(loadCatalogue().version);
    expect(loadCatalogue({ registry }).version).not.toBe(loadCatalogue().version);
    expect(loadCatalogue({ registry }).find('x', undefined)?.basis).toBe('operator');
  });
});

describe('organisationDomains', () => {
  it('are those of people in the registry, shared mail providers left out', () => {
    const registry = registrySchema.parse({
      version: 1,
      agents: [
        { uid: 'a', owner: { person: 'ana@Acme.example' } },
        { uid: 'b', owner: { person: 'bo@gmail.com' } },
      ],
      principals: [{ uid: 'alice@sub.acme.example' }, { uid: 'service-1' }],
    });
    expect(organisationDomains(registry)).toEqual(['acme.example', 'sub.acme.example']);
  });
});
