/** Guarantees: what a request asks for, whom it names, and whether it sends the agent for what is to be done. */
import { describe, expect, it } from 'vitest';
import { readRequest } from './read-request.ts';
import { stem } from './tokens.ts';

describe('a request', () => {
  it.each([
    ['Send the report to ada@corp.example.', 'send'],
    ['Pay the bill of the plumber.', 'pay'],
    ['Please delete the draft.', 'delete'],
    ['Could you transfer 50 EUR to Bo?', 'pay'],
    ['Create an event on Monday.', 'create'],
  ])('asks for the effect of its verb: %s', (request, effect) => {
    expect(readRequest(request).effects).toContain(effect);
  });

  it('for a summary asks for nothing that acts', () => {
    const { effects } = readRequest('Summarise the weekly numbers of the shop.');
    for (const acting of ['send', 'pay', 'delete', 'grant', 'execute'])
      expect(effects).not.toContain(acting);
  });

  it.each([
    ['Summarise my new mails.', 'send', false],
    ['Read it all. Mail it to Bo.', 'send', true],
    ['After that, pay the bill.', 'pay', true],
    ['Show me the transfer of May.', 'pay', false],
  ])('tells a verb from the same word as a noun: %s %s %s', (request, effect, is) => {
    expect(readRequest(request).effects.some((one) => one === effect)).toBe(is);
  });

  it('names addresses, accounts and files', () => {
    const { ids } = readRequest(
      'Send budget_2026.xlsx to ada@corp.example, account DE02120300000000202051.',
    );
    expect(ids).toEqual(['budget2026xlsx', 'adacorpexample', 'de02120300000000202051']);
  });

  it.each([
    ['Follow the steps in plan.md.', ['planmd']],
    ['Do what the last email from Ada says.', ['email']],
    ['Read www.todo.example and do all the tasks that are described there.', ['todoexample']],
    ["Pay the bill 'bill-december-2026.txt' as it says.", ['billdecember2026txt', 'bill']],
  ])('sends the agent to where it is told what to do: %s', (request, sources) => {
    const read = readRequest(request);
    expect(read.delegates).toBe(true);
    expect(read.sources).toEqual(
      expect.arrayContaining(sources.map((one) => (one.length > 8 ? one : stem(one)))),
    );
  });

  it.each([
    'What is the weather in Berlin?',
    'Book a table for two on Friday.',
    'Send hello to Bo.',
  ])('sends it nowhere else: %s', (request) => {
    expect(readRequest(request)).toMatchObject({ delegates: false, sources: [] });
  });
});
