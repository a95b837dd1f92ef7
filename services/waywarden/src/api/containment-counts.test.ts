/**
 * Guarantees: a reason is told from the next sentence, and what a pause held back is not passed
 * over; a spent budget is told with its rule and its source, and of many the latest.
 */
import { expect, it } from 'vitest';
import { pauseWords, spentWords } from './containment-counts.ts';

const NOTHING = { decisions: [], more: 0 };
const RUNNING = { paused: false, by: [], reason: '' };
const OWNED = {
  ...{ decisionId: 'd1', alertId: 'a1', agentUid: 'agent/mailer', ruleId: 'hijack-task' },
  ...{ action: 'revoke_token', atMs: 0 },
};

it.each(['the gateway reports nonsense', 'It reports nonsense.'])(
  'keeps the reason apart: %s',
  (reason) => {
    const said = `${pauseWords({ paused: true, by: ['ana', 'ben'], reason }, NOTHING)}No order is in force.`;
    expect(said).toBe(
      `Enforcement is PAUSED by ana and ben; the reason: “${reason}”. No order is in force.`,
    );
  },
);

it('says what was held back, also when enforcement goes on, and nothing when there is nothing', () => {
  expect(pauseWords(RUNNING, NOTHING)).toBe('');
  const said = pauseWords(RUNNING, { decisions: [OWNED, { ...OWNED, decisionId: 'd2' }], more: 3 });
  expect(said).toContain('5 orders were held back by a pause and wait for a person');
  expect(said).toContain('the first: revoke_token of agent/mailer, decision d1.');
});

it('a pause says how many orders from before it wait for its end', () => {
  const paused = { paused: true, by: ['ana', 'ben'], reason: 'nonsense' };
  expect(pauseWords(paused, NOTHING, 9000)).toContain('9000 orders given before it');
  expect(pauseWords(paused, NOTHING, 0)).not.toContain('given before it');
});

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
