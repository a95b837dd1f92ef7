/**
 * A policy in plain words: what each rule would do to whom and what holds it back, and what each
 * combination watches for. Written for whoever must sign a policy and did not write it.
 */
import type { Combination, CombinationStep, Policy, Rule } from '@waywarden/schemas';

const MODE_WORDS: Readonly<Record<Rule['mode'], string>> = {
  shadow: 'only records what it would do',
  warn: 'records and says what it would do, and does nothing',
  enforce: 'acts by itself, unless a guard forbids it',
};

const ACTION_WORDS: Readonly<Record<string, string>> = {
  revoke_token: 'revokes the token',
  kill_session: 'ends the session',
  require_step_up: 'asks for a person’s agreement',
  block_issuance: 'stops new credentials from being issued',
  disable_agent: 'switches the agent off',
  revoke_credential: 'revokes the credential',
  rotate_secret: 'rotates the secret',
  block_tool: 'blocks the tool',
  reduce_scope: 'reduces the scope',
  revoke_grant: 'takes the grant back',
  revoke_delegation: 'ends the delegation',
  quarantine_origin: 'quarantines the origin',
  hold: 'holds the call',
  hold_payment: 'holds the payment',
  signal_risk: 'signals risk',
  open_case: 'opens a case',
};

function list(parts: readonly string[], word = 'and'): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} ${word} ${last}`;
}

export function explainRule(rule: Rule): readonly string[] {
  const { when, actions } = rule;
  const about = (['classes', 'agents', 'owners', 'workflows', 'tools'] as const).flatMap((key) =>
    when[key] === undefined ? [] : [`${key} ${list(when[key], 'or')}`],
  );
  const whom = about.length === 0 ? 'any agent' : list(about);
  const does = actions.map(
    ({ action, level }) => `${ACTION_WORDS[action] ?? action} at the level of the ${level}`,
  );
  return [
    `${rule.id} (${rule.mode}): ${MODE_WORDS[rule.mode]}.`,
    `  When: ${list(when.kind, 'or')} of severity ${when.severity_min} or above, about ${whom}.`,
    `  Then: ${list(does)}, for ${rule.expires}; work under way: ${rule.drain.replaceAll('_', ' ')}.`,
    `  Needs claims that are ${rule.assurance_min === 'attested' ? 'attested' : 'authenticated'} or better.`,
    ...(when.confidence_min === undefined
      ? []
      : ['  Matches alerts with a confidence only, which a p-value gives (behavior_deviation).']),
  ];
}

function conditionsOf(step: CombinationStep): readonly string[] {
  const { unless } = step;
  const words: (string | undefined)[] = [
    step.attempted === true ? 'the call was denied' : undefined,
    step.records_min === undefined
      ? undefined
      : `on ${step.records_min === 'bulk' ? 'so many records that it is bulk' : `at least ${step.records_min} records`}`,
    step.plane === undefined ? undefined : `by an agent of the ${step.plane} plane`,
    step.result_trust === undefined ? undefined : `with a result that is ${step.result_trust}`,
    step.same === undefined
      ? undefined
      : `with the same ${list(step.same.of).replaceAll('_', ' ')} as ${step.same.as}`,
    step.differs === undefined
      ? undefined
      : `with another ${list(step.differs.of, 'or')} than ${step.differs.from}`,
    step.beyond_scopes_of === undefined
      ? undefined
      : `beyond the scopes of the credential of ${step.beyond_scopes_of}`,
    unless?.own_subject_of === undefined
      ? undefined
      : `not to the very subject of ${unless.own_subject_of}`,
    unless?.declared_handoff_from === undefined
      ? undefined
      : `without a declared hand-off from ${unless.declared_handoff_from}`,
    unless?.approved_by_human === true ? 'without a person’s approval' : undefined,
  ];
  return words.filter((one) => one !== undefined);
}

function explainStep(step: CombinationStep): string {
  const after =
    step.after === undefined
      ? ''
      : `, after ${list(step.after)}, linked by ${list(
          (step.link ?? ['any evidence']).map((kind) => kind.replaceAll('_', ' ')),
          'or',
        )}${step.direct === true ? ' directly' : ''}`;
  const conditions = conditionsOf(step);
  return `  ${step.id}: ${list(step.any, 'or')}${after}${conditions.length === 0 ? '' : `; ${list(conditions)}`}.`;
}

export function explainCombination(one: Combination): readonly string[] {
  const pairs = (one.pairs ?? []).map(
    ({ steps, are }) => `  The actors of ${list(steps)} are ${are.replaceAll('_', ' ')}.`,
  );
  const kind =
    one.kind ?? 'privilege_assembly, or toxic_combination when one agent is granted all of it';
  return [
    `${one.id} (${one.severity}): ${one.title ?? 'no title'}`,
    ...one.steps.map(explainStep),
    ...(one.actors === 'any' ? [] : [`  All actors are ${one.actors.replaceAll('_', ' ')}.`]),
    ...pairs,
    `  Within ${one.within ?? 'the life of the chain'}. Raises ${kind}${one.kind_one_agent === undefined ? '' : `; ${one.kind_one_agent} when one agent did it all`}.`,
    ...(one.evaluable === false ? [`  NEVER FIRES: ${one.evaluable_note ?? ''}`] : []),
  ];
}

/** The whole policy; `shippedCombinations`: the file names none, and those that are shipped stand. */
export function explainPolicy(policy: Policy, shippedCombinations: boolean): readonly string[] {
  const { limits, rules } = policy;
  const enforced = rules.filter((rule) => rule.mode === 'enforce');
  const never = policy.never_revoke.length;
  return [
    enforced.length === 0
      ? 'Nothing is enforced: every rule only watches.'
      : `Enforced: ${list(enforced.map((rule) => rule.id))}. All others only watch.`,
    `Each rule may contain at most ${limits.subjects} subjects and ${limits.fleet_share * 100} % of the live agents (of a small fleet, one) in ${limits.window}; past that, it asks for a person’s agreement instead.`,
    never === 0
      ? 'No agent is on this policy’s never-revoke list (the registry and the responder have their own).'
      : `Never touched: ${list(policy.never_revoke)}.`,
    '',
    'RULES',
    ...rules.flatMap(explainRule),
    '',
    `COMBINATIONS${shippedCombinations ? ' (the shipped ones: this file names none)' : ''}`,
    ...policy.combinations.flatMap(explainCombination),
  ];
}
