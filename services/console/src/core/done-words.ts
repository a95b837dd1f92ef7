/**
 * What was done about an alert, and what is left to do, in sentences. Nothing is claimed that no
 * record shows: without a command nothing was done, and the decision says why not.
 */
import type { Alert, Decision } from '@waywarden/schemas';
import type { Containment } from './view-model.ts';
import { actionWords, listOf, plural, reasonWords, residualWords, shortName } from './words.ts';

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

export function doneWords(
  decisions: readonly Decision[],
  containments: readonly Containment[],
): string {
  const [first] = containments;
  if (first !== undefined) {
    const more = containments.length - 1;
    return more === 0 ? first.sentence : `${first.sentence} ${plural(more, 'more command')}.`;
  }
  const [decision] = decisions;
  if (decision === undefined) return 'Nothing was done: no rule of the policy matches it.';
  return `Nothing was revoked. ${withheldWords(decision)}`;
}

/** The same in a few words, for a line of the queue. */
export function doneBriefly(
  decisions: readonly Decision[],
  containments: readonly Containment[],
): string {
  const [first] = containments;
  if (first !== undefined) return STATE_BRIEF[first.state];
  return decisions.length === 0 ? 'no rule matches' : 'nothing revoked';
}

const STATE_BRIEF: Readonly<Record<Containment['state'], string>> = {
  issued: 'ordered, no receipt yet',
  accepted: 'accepted, not applied yet',
  applied: 'applied, not confirmed yet',
  confirmed: 'contained, next call denied',
  leaked: 'LEAKED: a later call went through',
  failed: 'NOT contained: a receiver failed',
  expired: 'containment expired',
  restored: 'access given back',
};

/** What a person does next: the leak first, then what is left usable, then the runbook. */
export function nextSteps(
  alert: Alert,
  containments: readonly Containment[],
  runbook: string | null,
): readonly string[] {
  const steps: string[] = [];
  const open = containments.filter((one) => one.state !== 'confirmed' && one.state !== 'restored');
  for (const one of open) {
    if (one.state === 'leaked' || one.state === 'failed') {
      const { target } = one.command;
      steps.push(`Stop ${shortName(target.agent_uid)} by hand: the command did not hold.`);
    }
  }
  for (const left of alert.assembly?.residual_access ?? []) {
    const how = left.neutralise.map((one) => one.replaceAll('_', ' '));
    const what = residualWords(left.what);
    steps.push(
      how.length === 0 ? `Still out: ${what}.` : `Still out: ${what}. ${capital(listOf(how))}.`,
    );
  }
  if (runbook !== null) steps.push(runbook);
  return [...new Set(steps)].slice(0, NEXT_MAX);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
