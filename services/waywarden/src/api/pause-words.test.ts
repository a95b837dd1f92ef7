/** Guarantees: a reason is told from the next sentence, and what a pause held back is not passed over. */
import { expect, it } from 'vitest';
import { pauseWords } from './pause-words.ts';

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
