/** Guarantees: what a verdict would do is said before it is given, and what was said is not stronger than it is. */
import type { Alert } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import type { Containment } from './containment-model.ts';
import type { ClaimedVerdict } from './verdict-model.ts';
import {
  ordersWithheld,
  sinceWords,
  standingWords,
  verdictBrief,
  verdictEffects,
  verdictSentence,
  withoutEffectWords,
} from './verdict-words.ts';

const reasons = [
  { feature: 'task_length', text: '', observed: '92 calls' },
  { feature: 'call_rate', text: '', observed: '54 calls within a minute' },
];
const alert = (over: Partial<Alert> = {}): Alert =>
  ({
    ...{ kind: 'behavior_deviation', rule_id: 'task-length', revision: 9, reasons },
    ...{ subject: { agent_uid: 'agent/reporter' }, ...over },
  }) as Alert;
const one = (over: Partial<ClaimedVerdict> = {}): ClaimedVerdict => ({
  ...{ decision_id: 'd', at: '2026-11-24T09:00:00Z', by: ['ana'], verdict: 'false_positive' },
  ...{ reason: 'x', revision: 5, reported_since: true, standing: 'counts', gave_back: 0 },
  ...{ stays: false, ...over },
});

describe('what a verdict would do', () => {
  it('to a statistical alert: as much as the revision had come to is excused, and no more', () => {
    const { wrong, right } = verdictEffects(alert(), 0);
    expect(wrong[0]).toBe(
      'The same of reporter is not told again, up to what it had come to in revision 9 (92 calls; 54 calls within a minute). More than that alarms as ever.',
    );
    expect(wrong.join(' ')).toMatch(/is learnt.*No rule is silenced.*Nothing is restored/);
    expect(right[0]).toContain('never becomes usual by going on');
    expect(verdictEffects(alert(), 0).limits).toContain('the latest 32 alerts of an agent');
  });

  it.each([['common-cause', /of each agent that it lists/]])(
    'to %s: what it is about',
    (rule_id, words) => {
      expect(verdictEffects(alert({ rule_id }), 0).wrong[0]).toMatch(words);
    },
  );

  it.each([
    ['hijack_suspected', 'change the registry or the policy'],
    ['privilege_assembly', 'have the work approved in the registry'],
    ['unregistered_agent', 'register the agent'],
    ['a_kind_of_tomorrow', 'change the registry or the policy'],
    // A name of every object is none of ours.
    ['constructor', 'change the registry or the policy'],
  ])('to what a rule says (%s): it is not silenced, and nothing is learnt', (kind, how) => {
    const { wrong, right, limits } = verdictEffects(alert({ kind }), 0);
    expect(limits).toBeNull();
    expect(wrong[0]).toContain('No rule is silenced: the same is raised again');
    expect(wrong[0]).toContain(how);
    expect(`${wrong.join(' ')} ${right.join(' ')}`).not.toMatch(/is learnt,|never becomes usual/);
  });

  it('to orders in force: given back, or made to last', () => {
    const { wrong, right } = verdictEffects(alert(), 1);
    expect(wrong.at(-1)).toContain('1 command of it is restored, unless another alert needs it');
    expect(right.at(-1)).toContain('1 order of it no longer ends by itself');
    expect(verdictEffects(alert(), 2).wrong.at(-1)).toContain('2 commands of it are restored');
  });

  it('counts as orders what is in force and takes something', () => {
    const inHand = (state: string, action: string) =>
      ({ state, command: { action } }) as Containment;
    expect(
      ordersWithheld([
        inHand('applied', 'revoke_token'),
        inHand('restored', 'revoke_token'),
        inHand('expired', 'revoke_token'),
        inHand('carried_out', 'open_case'),
      ]),
    ).toBe(1);
  });
});

describe('what was said', () => {
  it('stands with its revision and what goes beyond it', () => {
    expect(verdictSentence([], alert())).toBe('Nobody has said whether it was right.');
    expect(verdictSentence([one()], alert())).toBe(
      'Judged false positive or benign by ana, of revision 5. The alert has come to revision 9: what goes beyond revision 5 is not excused.',
    );
    expect(verdictSentence([one({ reported_since: false, revision: 9 })], alert())).toBe(
      'Judged false positive or benign by ana, of revision 9.',
    );
    const open = one({ revision: null });
    expect(verdictSentence([open], alert())).toContain('without naming a revision');
    expect(sinceWords(open, alert())).toContain('what came since is not excused');
  });

  it('excuses nothing where a rule says it, or where it was judged true positive', () => {
    expect(sinceWords(one(), alert({ kind: 'hijack_suspected' }))).toContain('nobody has judged');
    expect(sinceWords(one({ verdict: 'true_positive' }), alert())).toContain('nobody has judged');
  });

  it('of one of two who are needed does not count yet', () => {
    const waiting = one({ standing: 'waiting' });
    expect(verdictSentence([waiting], alert())).toMatch(
      /counts when a second person says the same/,
    );
    expect(verdictBrief([waiting], alert())).toBe(
      'judged false positive or benign by one, a second person is needed',
    );
    const right = one({ verdict: 'true_positive', reported_since: false, revision: 9 });
    expect(verdictSentence([waiting, right], alert())).toMatch(
      /^Judged true positive .* Judged false positive or benign by ana/,
    );
    expect(verdictBrief([one({ standing: 'lapsed' })], alert())).toBeNull();
  });

  it('fits a line of the queue', () => {
    expect(verdictBrief([], alert())).toBeNull();
    expect(verdictBrief([one()], alert())).toBe(
      'judged false positive or benign in revision 5 of 9',
    );
    expect(verdictBrief([one({ revision: null })], alert())).toBe(
      'judged false positive or benign, raised again since',
    );
    expect(verdictBrief([one({ reported_since: false })], alert())).toBe(
      'judged false positive or benign',
    );
  });

  it('says what became of it', () => {
    expect(standingWords(one({ gave_back: 2 }))).toBe('It counts. 2 commands restored.');
    expect(standingWords(one({ stays: true }))).toContain('another alert needs the command');
    expect(standingWords(one({ standing: 'lapsed' }))).toContain('did not count');
  });
});

it('a closing whose verdict has no effect says why and what to do, each reason once', () => {
  const words = withoutEffectWords([
    { why: 'operator_without_key' },
    { why: 'second_person_needed' },
    { why: 'operator_without_key' },
    { why: 'act_replayed' },
  ]);
  expect(words).toMatch(
    /^Closed\. The verdict on 2 alerts has no effect, .*account operators" prints/,
  );
  expect(words).toContain(
    'The verdict on 1 alert has effect when a second person gives the same: see Approvals.',
  );
  expect(words).toContain('The verdict on 1 alert has no effect: act replayed.');
  expect(withoutEffectWords([{ why: 'operator_without_key' }])).not.toContain('Approvals');
});
