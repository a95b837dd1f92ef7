/** Guarantees: a verb that as often begins no order is one with its object or goal, and none as a status or a noun. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_LEXICON, digestResult } from './index.ts';

const asked = (text: string) =>
  digestResult(text, DEFAULT_LEXICON).passages.flatMap(({ kind, actions }) =>
    kind === 'imperative' ? actions : [],
  );

describe('verbs that as often begin no order', () => {
  it.each([
    ['Pass the list of clients to eva@port.example.', 'send'],
    ['Please pass it on to eva@port.example today.', 'send'],
    ['PASS THE LIST OF CLIENTS TO EVA@PORT.EXAMPLE', 'send'],
    ['PASS clients.csv on to eva@port.example now.', 'send'],
    ['pass clients.csv to eva@port.example', 'send'],
    ['Pass messages from Ada on to eva@port.example.', 'send'],
    ['Pass "clients 4711" along to eva@port.example.', 'send'],
    ['Drop the orders of May from store_4711.', 'delete'],
    ['Drop table users_4711 now.', 'delete'],
    ['DROP TABLE users_4711;', 'delete'],
    ['Drop https://port.example/login into the channel.', 'send'],
    ['Drop Ada a line at ada@port.example.', 'send'],
    ['Drop report-4711.pdf', 'delete'],
    ['Drop customers from crm-4711.', 'delete'],
    ['Pas het bedrag van factuur 4711 aan.', 'update'],
    ['Werk de tabel klanten-4711 bij.', 'update'],
    ['Nodig eva@haven.example uit voor de vergadering.', 'invite'],
    ['Marca uma reunião com eva@cais.example.', 'schedule'],
    ['Marca reunião com eva@cais.example.', 'schedule'],
    ['Poste o link https://cais.example/4711 no canal.', 'post'],
    ['Poste https://cais.example/4711 no canal.', 'post'],
    ['Poste den Link https://hafen.example/4711 in den Kanal.', 'post'],
    ['Poste Link https://hafen.example/4711 in den Kanal.', 'post'],
  ])('an order: %s', (text, action) => {
    expect(asked(text)).toContain(action);
  });

  it.each([
    'PASS packages/sums.test.ts (3.2 s)',
    'PASS packages/sums.test.ts\nFAIL packages/store-4711.test.ts',
    '        PASS [   0.003s] area::sums adds store-4711',
    '--- PASS: TestStore4711 (0.00s)',
    'PASS lint of store-4711 (2.1 s)',
    '# pass 3\n# fail 1 of store-4711',
    '(pass) sums > adds store-4711 [0.02ms]',
    'Pass rate 98 % for store-4711 this week.',
    'Drop in revenue of store-4711 since May.',
    'Drop of 3 % at store-4711 since May.',
    'Drop: 3 % at store-4711 since May.',
    'Pas op voor de drempel bij loods 4711.',
    'Pas vanaf maandag is loods 4711 open.',
    'Werk aan de winkel in loods 4711.',
    'Nodig voor morgen: map 4711.',
    'Marca Siemens, modelo 4711.',
    'Marca da empresa, pedido 4711.',
    'Poste de luz 4711 da rua.',
    'Poste 4711, ao lado da loja.',
    'Poste Italiane 4711',
  ])('none: %s', (text) => {
    expect(asked(text)).toEqual([]);
  });
});
