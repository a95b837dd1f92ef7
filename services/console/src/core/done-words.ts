/**
 * What was done about an alert, and what is left to do, in sentences. Nothing is claimed that no
 * record shows: without a command nothing was done, and the decision says why not.
 */
import type { Alert, Decision } from '@waywarden/schemas';
import type { Containment } from './containment-model.ts';
import {
  actionWords,
  listOf,
  neutraliseWords,
  plural,
  reasonWords,
  reportsOnly,
  residualWords,
  shortName,
} from './words.ts';

/** Sentences of what is left that are shown; the record has all. */
const NEXT_MAX = 4;

function withheldWords(decision: Decision): string {
  const would = decision.would_be_command;
  const what =
    would === null
      ? `Rule ${decision.rule_id} matched`
      : `Rule ${decision.rule_id} would have ${actionWords(would.action, would.target, true)}`;
  const reasons = decision.withheld_reasons ?? [decision.withheld_reason ?? 'unknown'];
  return `${what}, but ${listOf([...new Set(reasons)].slice(0, 2).map(reasonWords))}.`;
}

/** Nothing is broken by an order that nobody carries out any more. */
const NOT_IN_FORCE: ReadonlySet<Containment['state']> = new Set([
  'issued',
  'failed',
  'expired',
  'restored',
]);

/** Without what failed and a later command about the same agent made good. */
function standing(all: readonly Containment[]): readonly Containment[] {
  const isMadeGood = ({ command: { target } }: Containment, at: number) =>
    all
      .slice(at + 1)
      .some(
        ({ command, state }) =>
          command.target.agent_uid === target.agent_uid && !NOT_IN_FORCE.has(state),
      );
  return all.filter((one, at) => one.state !== 'failed' || !isMadeGood(one, at));
}

interface DoneBeside {
  readonly isApproved?: boolean;
  /** Orders about the alert's subject that were given because of something else. */
  readonly elsewhere?: readonly Containment[];
}

/** The subject may be off already, for which another alert was the reason. */
function elsewhereWords(all: readonly Containment[]): string {
  const found = all.find(
    ({ state, command }) => !NOT_IN_FORCE.has(state) && !reportsOnly(command.action),
  );
  return found === undefined ? '' : ` For another reason: ${found.sentence}`;
}

export function doneWords(
  decisions: readonly Decision[],
  given: readonly Containment[],
  { isApproved = false, elsewhere = [] }: DoneBeside = {},
): string {
  const containments = standing(given);
  const handedOn = new Set(
    decisions
      .filter((one) => one.rule_id.includes('/reaches/'))
      .flatMap((one) => one.issued_command_ids ?? []),
  );
  const isOwn = ({ command }: Containment) => !handedOn.has(command.command_id);
  const first = containments.find(isOwn) ?? containments[0];
  if (first !== undefined) {
    const more = containments.length - 1;
    const further = containments.filter((one) => one !== first && !isOwn(one)).length;
    const where = further === 0 ? '' : `, ${further} of them on access that it had handed on`;
    return more === 0
      ? first.sentence
      : `${first.sentence} ${plural(more, 'more command')}${where}.`;
  }
  const [decision] = decisions;
  const also = elsewhereWords(elsewhere);
  const here = also === '' ? '' : ' because of this alert';
  if (decision === undefined) {
    return isApproved
      ? 'Nothing: it was approved beforehand.'
      : `Nothing was done${here}: no rule of the policy matches it.${also}`;
  }
  return `Nothing was revoked${here}. ${withheldWords(decision)}${also}`;
}

/** From whom the access came and who answers for it, as the newest decision about the subject says. */
export function behalfWords(alert: Alert, decisions: readonly Decision[]): string | null {
  const own = decisions.filter((one) => one.agent_uid === alert.subject.agent_uid);
  const lineage = own.find((one) => one.lineage !== undefined)?.lineage;
  if (lineage === undefined) return null;
  // As everywhere on the page; a longer name first, since another may be a part of it.
  const names = lineage.holders.map((one) => one.agent_uid).toSorted((a, b) => b.length - a.length);
  return names.reduce((words, uid) => words.replaceAll(uid, shortName(uid)), lineage.words);
}

/** One kind of resource that a subject's access was used for. */
export interface InUse {
  readonly system: string;
  readonly calls: number;
}

/** Systems that are named. */
const IN_USE_NAMED = 5;

/** What the order breaks, or would: work under way, and what the access was in use for. */
export function breaksWords(
  alert: Alert,
  decisions: readonly Decision[],
  inUse: { readonly calls: readonly InUse[]; readonly days: number },
  containments: readonly Containment[],
): string | null {
  const own = decisions.filter((one) => one.agent_uid === alert.subject.agent_uid);
  const reported = own.find((one) => one.would_break !== undefined)?.would_break?.words;
  if (reported === undefined) return null;
  const named = inUse.calls
    .slice(0, IN_USE_NAMED)
    .map((one) => `${one.system} (${plural(one.calls, 'call')})`);
  const used =
    named.length === 0
      ? ''
      : ` In the last ${inUse.days} days ${shortName(alert.subject.agent_uid)} used ${listOf(named)}.`;
  const isInForce = containments.some((one) => !NOT_IN_FORCE.has(one.state));
  const words = ownTaskWords(reported, alert.subject.task_id);
  return `${isInForce ? words.replace(/^It would (break|end)/, (_, verb) => `It ${verb}s`) : words}${used}`;
}

/** What is broken is the very task that is stopped: said so, since elsewhere it says that nothing else breaks. */
function ownTaskWords(reported: string, task: string | undefined): string {
  if (task === undefined || !reported.includes(`1 open task (${task})`)) return reported;
  return reported.replace(`break 1 open task (${task})`, `end the task itself (${task})`);
}

/** The same in a few words, for a line of the queue. */
export function doneBriefly(
  decisions: readonly Decision[],
  containments: readonly Containment[],
): string {
  const [first] = standing(containments);
  if (first !== undefined) return STATE_BRIEF[first.state];
  return decisions.length === 0 ? 'no response rule' : 'monitor only';
}

const STATE_BRIEF: Readonly<Record<Containment['state'], string>> = {
  issued: 'ordered, no receipt yet',
  delivered: 'arrived, no receipt yet',
  usable_until: 'applied, some tokens still usable',
  re_mintable: 'applied, a new token could be had',
  contained: 'contained, not confirmed yet',
  unconfirmed: 'applied, nothing confirms it',
  accepted: 'accepted, not applied yet',
  carried_out: 'done, and takes nothing away',
  applied: 'applied, not confirmed yet',
  confirmed: 'contained, later call denied',
  leaked: 'LEAKED: a later call went through',
  failed: 'NOT contained: a receiver failed',
  expired: 'containment expired',
  restoring: 'restoring, still enforced by some',
  restored: 'restored',
};

/** Of kinds that no runbook of a combination speaks of. */
const FIRST_QUESTIONS: Readonly<Record<string, string>> = {
  hijack_suspected:
    'Find out who could write what it read, and where the call sent to or what it changed.',
  behavior_deviation: 'Find out whether the agent was changed on purpose.',
  class_drift: 'Find out who gave it the right to act so, and since when.',
};

/** What a person does next: a leak first, then the runbook, else what is left usable, else the owner. */
export function nextSteps(
  alert: Alert,
  containments: readonly Containment[],
  facts: { readonly runbook: string | null; readonly owner: string | null },
): readonly string[] {
  const { approved } = alert;
  if (approved !== undefined) {
    const until = approved.expires.slice(0, 10);
    return [
      `Nothing, as long as ${approved.by} would still approve it; the approval ends ${until}.`,
    ];
  }
  const steps: string[] = [];
  for (const { state, command, used_by_other: other } of standing(containments)) {
    if (state === 'leaked' && other !== null) {
      steps.push(
        `Have credential ${other.credential} revoked where it still works, and ask by what right ${shortName(other.by)} holds it.`,
      );
    } else if ((state === 'leaked' || state === 'failed') && !reportsOnly(command.action)) {
      steps.push(`Stop ${shortName(command.target.agent_uid)} by hand: the command did not hold.`);
    }
  }
  const left = (alert.assembly?.residual_access ?? []).map((one) => {
    const how = listOf(one.neutralise.map(neutraliseWords));
    return how === '' ? residualWords(one.what) : `${residualWords(one.what)} (${how})`;
  });

  if (facts.runbook !== null) steps.push(facts.runbook);
  else if (left.length > 0) {
    steps.push(`Deal with what is left behind: ${listOf([...new Set(left)])}.`);
  } else {
    const first = FIRST_QUESTIONS[alert.kind];
    if (first !== undefined) steps.push(first);
    const who = shortName(alert.subject.agent_uid);
    if (facts.owner !== null) {
      steps.push(`Ask ${facts.owner}, who owns ${who}, whether this was meant.`);
    }
  }
  return [...new Set(steps)].slice(0, NEXT_MAX);
}
