/**
 * What a verdict on an alert does and what it does not, before it is given, and what was said, in sentences. The same
 * facts as in docs/guide-analyst.md: whoever changes what is learnt changes both.
 */
import type { Alert } from '@waywarden/schemas';
import type { Containment } from './containment-model.ts';
import type { ClaimedVerdict } from './verdict-model.ts';
import { ENDED, listOf, plural, reasonWords, reportsOnly, shortName } from './words.ts';

/** Kinds of which something is learnt: what is usual of an agent is their ground (`domain/severities.ts` of the detector). */
export const LEARNS_FROM_VERDICTS: readonly string[] = ['behavior_deviation', 'reach_growth'];

/** Amounts that are named of a revision; the table of reasons has all. */
const OBSERVED_MAX = 3;

type Judged = Pick<Alert, 'kind' | 'rule_id' | 'revision' | 'reasons' | 'subject'>;

export interface VerdictEffects {
  readonly wrong: readonly string[];
  readonly right: readonly string[];
  /** How far what is learnt reaches; null: nothing is. */
  readonly limits: string | null;
}

/** Orders that a verdict would give back, or make last. */
export function ordersWithheld(containments: readonly Containment[]): number {
  return containments.filter(
    ({ state, command }) => !ENDED.has(state) && !reportsOnly(command.action),
  ).length;
}

function sameWords({ rule_id: rule, revision, reasons, subject }: Judged): string {
  if (rule === 'common-cause') {
    return 'The same is not told again of each agent that it lists, up to the latest that was told of that agent. More than that alarms as ever.';
  }
  const observed = reasons.flatMap((one) => one.observed ?? []);
  const named = [...new Set(observed)].slice(0, OBSERVED_MAX);
  const amount = named.length === 0 ? '' : ` (${named.join('; ')})`;
  return `The same of ${shortName(subject.agent_uid)} is not told again, up to what it had come to in revision ${revision}${amount}. More than that alarms as ever.`;
}

/** Where a rule is changed that says what is meant to be so. */
const CHANGE_INSTEAD: Readonly<Record<string, string>> = {
  privilege_assembly: 'have the work approved in the registry',
  toxic_combination: 'have the work approved in the registry',
  privilege_gap_closing: 'have the work approved in the registry',
  separation_of_duty: 'have the work approved in the registry',
  outside_profile: 'mend the agent’s profile in the registry',
  outside_task_envelope: 'mend the envelope in the registry',
  class_drift: 'mend the agent’s class in the registry',
  review_lapsed: 'have the agent reviewed',
  unregistered_agent: 'register the agent',
  undeclared_change: 'have the change declared',
};

function ruleWords(kind: string): string {
  const how = Object.hasOwn(CHANGE_INSTEAD, kind) ? CHANGE_INSTEAD[kind] : undefined;
  return `No rule is silenced: the same is raised again, however often it is judged false positive. If it is meant to be so, ${how ?? 'change the registry or the policy'}.`;
}

/** What the same agents complete alike again and again is listed (`correlation/assembly/usual-assemblies.ts`). */
const BECOMES_USUAL: ReadonlySet<string> = new Set([
  'privilege_assembly',
  'toxic_combination',
  'separation_of_duty',
]);

const rightWords = (kind: string): string =>
  BECOMES_USUAL.has(kind)
    ? 'The same is always queued, however usual it becomes.'
    : 'Nothing is learnt: a rule needs no history.';

const givenBack = (commands: number) =>
  commands === 0
    ? 'Nothing is restored: no command of it is in force.'
    : `${plural(commands, 'command')} of it ${commands === 1 ? 'is' : 'are'} restored, unless another alert needs ${commands === 1 ? 'it' : 'them'}; what two people ordered takes two to give back.`;

const stands = (commands: number) =>
  commands === 0
    ? 'It orders nothing: access is taken by a rule, or by hand with “waywarden order”.'
    : `${plural(commands, 'order')} of it no longer ${commands === 1 ? 'ends by itself and is' : 'end by themselves and are'} given anew until somebody takes ${commands === 1 ? 'it' : 'them'} back.`;

const LIMITS =
  'Learnt is what the detector still follows: the latest 32 alerts of an agent, of each its first revision and the latest three (of one between, the one before it), and not those of a workload whose runs are counted together.';

/** What each of the two words would do about the alert as it was looked at. */
export function verdictEffects(alert: Judged, commands: number): VerdictEffects {
  const isLearnt = LEARNS_FROM_VERDICTS.includes(alert.kind);
  return {
    wrong: isLearnt
      ? [
          sameWords(alert),
          'What was held back because of it is learnt, at most a little above what was usual.',
          'No rule is silenced: a hijack, an envelope or an assembly of the same agents is told as ever.',
          givenBack(commands),
        ]
      : [ruleWords(alert.kind), givenBack(commands)],
    right: isLearnt
      ? [
          'What it is about never becomes usual by going on. Without a verdict a volume does after thirty days, a tool or an effect after a week.',
          stands(commands),
        ]
      : [rightWords(alert.kind), stands(commands)],
    limits: isLearnt ? LIMITS : null,
  };
}

export const foundWords = ({ verdict }: Pick<ClaimedVerdict, 'verdict'>): string =>
  verdict === 'true_positive' ? 'judged true positive' : 'judged false positive or benign';

/** The word that counts; undefined: nobody said one that does. */
const verdictThatCounts = (verdicts: readonly ClaimedVerdict[]): ClaimedVerdict | undefined =>
  verdicts.find((one) => one.standing === 'counts');

/** For a line of the queue; null: nobody said anything that counts or waits. */
export function verdictBrief(
  verdicts: readonly ClaimedVerdict[],
  { revision: latest }: Pick<Alert, 'revision'>,
): string | null {
  const last = verdictThatCounts(verdicts);
  if (last !== undefined) {
    const words = foundWords(last);
    if (!last.reported_since) return words;
    return last.revision === null
      ? `${words}, raised again since`
      : `${words} in revision ${last.revision} of ${latest}`;
  }
  const waiting = verdicts.find((one) => one.standing === 'waiting');
  return waiting === undefined ? null : `${foundWords(waiting)} by one, a second person is needed`;
}

const byWhom = ({ by, revision }: ClaimedVerdict) =>
  `by ${listOf(by)}${revision === null ? ', without naming a revision' : `, of revision ${revision}`}`;

/** What was told of the alert beyond what was judged; empty: nothing. */
export function sinceWords(
  { reported_since: isReportedSince, revision, verdict }: ClaimedVerdict,
  alert: Pick<Alert, 'kind' | 'revision'>,
): string {
  if (!isReportedSince) return '';
  const isExempt = verdict === 'false_positive' && LEARNS_FROM_VERDICTS.includes(alert.kind);
  const beyond = revision === null ? 'what came since' : `what goes beyond revision ${revision}`;
  const how = isExempt ? 'is not excused' : 'nobody has judged';
  return `The alert has come to revision ${alert.revision}: ${beyond} ${how}.`;
}

/** Where the alert stands, in one or two sentences. */
export function verdictSentence(
  verdicts: readonly ClaimedVerdict[],
  alert: Pick<Alert, 'kind' | 'revision'>,
): string {
  const waiting = verdicts.find((one) => one.standing === 'waiting');
  const half =
    waiting === undefined
      ? ''
      : `${capital(foundWords(waiting))} ${byWhom(waiting)}; it counts when a second person says the same.`;
  const last = verdictThatCounts(verdicts);
  if (last === undefined) return half === '' ? 'Nobody has said whether it was right.' : half;
  return [`${capital(foundWords(last))} ${byWhom(last)}.`, sinceWords(last, alert), half]
    .filter((part) => part !== '')
    .join(' ');
}

const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  second_person_needed: 'has effect when a second person gives the same: see Approvals',
  operator_without_key:
    'has no effect, since the registry has no key of your account: have what "waywarden account operators" prints published in the registry, then reopen and close again',
};

/** Of a closing whose verdicts were not all taken. */
export function withoutEffectWords(refused: readonly { readonly why: string }[]): string {
  const reasons = [...new Set(refused.map(({ why }) => why))].map((why) => {
    const what = Object.hasOwn(WITHOUT_EFFECT, why) ? WITHOUT_EFFECT[why] : undefined;
    const count = plural(refused.filter((one) => one.why === why).length, 'alert');
    return `The verdict on ${count} ${what ?? `has no effect: ${reasonWords(why)}`}.`;
  });
  return ['Closed.', ...reasons].join(' ');
}

/** What became of one word, behind who said it. */
export function standingWords({ standing, gave_back: back, stays }: ClaimedVerdict): string {
  switch (standing) {
    case 'replaced':
      return 'A later word counts instead.';
    case 'waiting':
      return 'It counts when a second person says the same within a quarter of an hour.';
    case 'lapsed':
      return 'It did not count: no second person said the same in time.';
    case 'counts':
      if (stays) return 'It counts. Nothing was restored: another alert needs the command.';
      return back === 0 ? 'It counts.' : `It counts. ${plural(back, 'command')} restored.`;
  }
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
