import { catalogueSources } from '@waywarden/ingest';
import { describe, expect, it } from 'vitest';
import { checkCatalogue } from './check-catalogue.ts';

const catalogueOf = (...tools: readonly string[]) =>
  `version: 1\nname: own\ntools:\n${tools.map((tool) => `  - ${tool}`).join('\n')}\n`;

function findings(text: string, path = 'own.yaml') {
  return checkCatalogue([{ path, text }]).findings.map(
    ({ level, line, path: at, expected }) => `${level} ${line} ${at}: ${expected}`,
  );
}

describe('checkCatalogue', () => {
  it('finds nothing in what is shipped', () => {
    const checked = checkCatalogue(catalogueSources());
    expect(checked.findings).toEqual([]);
    expect(checked.entries).toBeGreaterThan(300);
  });

  it('tells all problems at once, each with its line and what was meant', () => {
    const text = catalogueOf(
      '{ match: { tool: a }, capabilities: [{ symbol: send:externl }], effekt: send }',
      '{ match: { tool: "b| c|" }, capabilities: [{ symbol: read }], effect: raed }',
      '{ match: { tool: "^d.*" }, capabilities: [{ symbol: acme:launch }] }',
      '{ match: { tool: e }, capabilities: [{ symbol: send:external, unless: { arg: to, domain: "@acme.example" } }] }',
      '{ match: { tool: f }, capabilities: [{ symbol: write:data }], effect: read }',
      '{ match: { tool: g }, capabilities: [{ symbol: ingest:untrusted }], result_trust: trusted }',
    );
    const told = findings(text).join('\n');
    expect(told).toContain('error 4 tools[0].capabilities[0].symbol');
    expect(told).toContain('did you mean "send:external"?');
    expect(told).toContain('error 4 tools[0].effekt: no such field; did you mean "effect"?');
    expect(told).toContain('error 5 tools[1].effect');
    expect(told).toContain('warning 6 tools[2].match.tool: a name, or a pattern in which only *');
    expect(told).toContain('warning 6 tools[2].capabilities[0].symbol');
    expect(told).toContain('error 7 tools[3].capabilities[0].unless.domain: a domain');
    expect(told).toContain('warning 8 tools[4].effect: what write:data does');
    expect(told).toContain('error 9 tools[5].result_trust: untrusted');
  });

  it('tells an entry that never decides, and which one takes its calls', () => {
    const text = catalogueOf(
      '{ match: { tool: "x|send_mail" }, capabilities: [{ symbol: send:external }] }',
      '{ match: { tool: [y, send-mail] }, capabilities: [{ symbol: send:internal }] }',
      '{ match: { tool: x }, capabilities: [{ symbol: send:external }] }',
    );
    expect(findings(text)).toEqual([
      'error 5 tools[1].match.tool[1]: nothing for send_mail: own.yaml:4 takes all its calls, and says something else',
      'warning 6 tools[2].match.tool: nothing for x: own.yaml:4 takes all its calls and says the same',
    ]);
  });

  it('looks at the tools of a registry, and leaves the rest to registry check', () => {
    const text = `version: 1
agents: [{ uid: a, owner: 7 }]
tools:
  - { match: { tool: pay }, capabilities: [{ symbol: initiate:paymnt }] }
`;
    const told = findings(text);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('error 4 tools[0].capabilities[0].symbol');
    expect(told[0]).toContain('did you mean "initiate:payment"?');
  });

  it('says where a file stops being YAML', () => {
    expect(findings('version: 1\ntools: [')[0]).toMatch(/^error 2 : YAML: /);
  });
});
