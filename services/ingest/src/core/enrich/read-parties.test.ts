import type { ToolEntry } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { decisiveParty } from '../domain/destination.ts';
import { Catalogue } from './catalogue.ts';
import { PARTY_NODES_MAX, partiesIn, UNREAD_PARTY } from './read-parties.ts';

const ORGANISATION = ['acme.example'];
const ARG = 'to|cc|bcc|recipients';
const send: ToolEntry = {
  match: { tool: 'send' },
  capabilities: [{ symbol: 'out', unless: { arg: ARG, domain: '$organisation' } }],
};
const catalogue = new Catalogue({
  version: 'v',
  shipped: [send],
  operator: [],
  organisation: ORGANISATION,
});
const LEAD = 'lead@acme.example';
const OPS = 'ops@evil.example';

function leaves(args: unknown): boolean {
  const match = catalogue.find('send', undefined);
  return match !== undefined && catalogue.capabilities(match, args).length > 0;
}

function expectOutside(cases: readonly unknown[]): void {
  for (const args of cases) expect(leaves(args), JSON.stringify(args)).toBe(true);
}

const decisive = (to: unknown) => decisiveParty(partiesIn({ to }, ARG), ORGANISATION);

describe('partiesIn', () => {
  it('lets no outsider hide in a text that holds more than one address, however it is written', () => {
    expectOutside(
      [
        `${LEAD}|${OPS}`,
        `${LEAD} ${OPS}`,
        `${OPS} <${LEAD}>`,
        `${OPS}(${LEAD})`,
        `<${OPS}>${LEAD}`,
        `Board: ${LEAD}, Bo <${OPS}>;`,
        `"${LEAD}"@evil.example`,
        `mailto:${LEAD}?bcc=${OPS}`,
        `ops＠evil.example ${LEAD}`,
        `${LEAD} ops @ evil.example`,
        `${LEAD}, ops@[203.0.113.7]`,
        `@acme.example:${OPS}`,
      ].map((to) => ({ to })),
    );
  });

  it('takes a line break or another invisible character in an address for an outsider', () => {
    expectOutside(
      [
        `${LEAD}\r\nCc: ${OPS}`,
        `${LEAD}\nBcc: undisclosed`,
        `${LEAD}\u0000${OPS}`,
        `${LEAD}\u2028Bcc:${OPS}`,
        `lead\u200b@acme.example`,
        [LEAD, `"Lead\r\nBcc: ${OPS}" <${LEAD}>`],
      ].map((to) => ({ to })),
    );
  });

  it('reads records of recipients at any depth, and takes one that names nobody for an outsider', () => {
    const nested = (depth: number, inner: unknown): unknown =>
      depth === 0 ? inner : { recipient: nested(depth - 1, inner) };
    expectOutside(
      [
        [LEAD, { profile: { contact: { value: OPS } } }],
        [LEAD, { emailAddress: { name: 'Lead', address: LEAD }, copies: [{ addr: OPS }] }],
        [LEAD, {}],
        [LEAD, { all: true }],
        [LEAD, { id: 'somebody' }],
        { [OPS]: { type: 'bcc' } },
        nested(60, LEAD),
        nested(12, OPS),
      ].map((to) => ({ to })),
    );
  });

  it('knows an argument by its name however it is spelled, nested or beside what the entry names', () => {
    expectOutside([
      { to: LEAD, BCC: OPS },
      { to: LEAD, bccRecipients: [{ emailAddress: { address: OPS } }] },
      { to: LEAD, cc_recipients: OPS },
      { to: LEAD, 'Bcc-Emails': OPS, bcc: LEAD, BCCS: OPS },
      { to: LEAD, message: { options: [{ 'B.C.C': OPS, bcc: [OPS] }] } },
      { to: LEAD, rows: Array(10_001).fill(0) },
    ]);
  });

  it('looks for outsiders beyond any number of colleagues, and says so where it stops', () => {
    const many = Array.from({ length: 500 }, (_, n) => `p${n}@acme.example`);
    expectOutside([
      { to: [...many, OPS] },
      { to: `${many.join(', ')}, ${OPS}` },
      { cc: many, to: OPS },
      { to: many.map((address) => ({ address })).concat({ address: OPS }) },
    ]);
    expect(decisive([...many, OPS])?.address).toBe(OPS);
    const more = Array(PARTY_NODES_MAX).fill(LEAD);
    expect(partiesIn({ to: more }, ARG).at(-1)).toBe(UNREAD_PARTY);
    expect(decisive(more)).toBe(UNREAD_PARTY);
    expect(decisive(`${LEAD} ${'x'.repeat(20_000)}`)).toBe(UNREAD_PARTY);
  });

  it('names the outsider who has a domain before one of whom nothing is known', () => {
    expect(decisive([LEAD, 'somebody', OPS])?.domain).toBe('evil.example');
    expect(decisive([LEAD, 'somebody'])?.address).toBe('somebody');
    expect(decisive([LEAD, 'bo@acme.example'])?.address).toBe(LEAD);
  });

  it('stays quiet about colleagues in every form that mail programs and APIs write', () => {
    for (const args of [
      { to: `Ana Long <${LEAD}>` },
      { to: `"Long, Ana" <${LEAD}>; bo@mail.acme.example,` },
      { to: `"${LEAD}" <${LEAD}>` },
      { to: `Team: ${LEAD}, Bo <bo@acme.example>;\n` },
      { to: [{ emailAddress: { name: 'Ana Long', address: LEAD } }] },
      { to: LEAD, message: { ccRecipients: [{ emailAddress: { address: LEAD } }] } },
      { TO: LEAD, Cc: ['Añá <bo@acme.example>'] },
      { to: LEAD, bcc: [], cc: '', in_reply_to: `<1@${OPS}>`, body: `Ask ${OPS}.` },
      { to: Array(500).fill(LEAD) },
    ]) {
      expect(leaves(args), JSON.stringify(args)).toBe(false);
    }
  });
});
