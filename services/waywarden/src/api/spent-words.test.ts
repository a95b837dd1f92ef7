/** Guarantees: a spent budget is told with its rule and its source, and of many the latest. */
import { expect, it } from 'vitest';
import { spentWords } from './spent-words.ts';

const SPENT = { ruleId: 'hijack-task', counted: 'subjects', max: 10, atMs: 0 } as const;

it('says whose budget is spent, and nothing where none is', () => {
  expect(spentWords([])).toBe('');
  const source = { ...SPENT, of: 'source', source: 'gateway/gateway-1' } as const;
  expect(spentWords([source])).toBe(
    'Spent, so that step-ups are asked instead: the budget of rule hijack-task for source gateway/gateway-1 (10 subjects). ',
  );
  expect(spentWords([{ ...SPENT, of: 'shared' }])).toContain('for what no one source tells (10');
  expect(spentWords([{ ...SPENT, of: 'rule', max: 30 }])).toContain('of rule hijack-task (30');
});

it('names the latest, and how many there are beside them', () => {
  const many = Array.from(
    { length: 5 },
    (_, n) => ({ ...SPENT, of: 'rule', ruleId: `r${n}` }) as const,
  );
  const said = spentWords(many);
  expect(said).toContain('of rule r4 (10 subjects), of rule r3 (10 subjects), of rule r2');
  expect(said).toContain('and 2 more');
});
