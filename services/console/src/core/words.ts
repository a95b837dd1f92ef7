/**
 * The words of the page for the wire's terms. The compiler demands them of each known kind and reason; a term that is
 * not known is shown as it is.
 */
import type {
  Decision,
  KNOWN_ALERT_KINDS,
  KNOWN_WITHHELD_REASONS,
  Target,
} from '@waywarden/schemas';

const REASONS: Readonly<Record<(typeof KNOWN_WITHHELD_REASONS)[number], string>> = {
  rule_in_shadow: 'the rule is in shadow: it only says what it would have done',
  rule_in_warn: 'the rule only warns',
  claim_only_asserted:
    'who acted, or another claim that decides, is only asserted by the telemetry itself, and nothing is revoked on an assertion',
  asserted_claims: 'a claim that decides it is only asserted, not proven',
  capability_inferred: 'what the call can do is only inferred',
  order_undetermined: 'the order of the calls is not certain',
  proof_not_minimal: 'the proof may hold calls that were not needed',
  possibly_exercised: 'one of the calls may have had no effect',
  grant_unknown: 'what an agent was granted is not known',
  independence_not_evaluated: 'whether the agents are independent could not be judged',
  joined_by_principal: 'over days, only the person for whom it was done joins the calls',
  near_threshold: 'two agents together scored only just enough for an alert',
  only_listed: 'what was found is only listed, and no alert',
  never_revoke: 'it would hit an agent on the list of those that are never revoked',
  above_not_taken: 'whoever handed its access on was left alone',
  cascade_limit: 'more hold access that was handed on than one order reaches',
  budget_exceeded: 'the limit on automatic revocations was reached',
  bystanders_affected: 'it would have hit others too',
  target_incomplete: 'an id that the command needs is missing',
  alert_withdrawn: 'the alert was withdrawn',
  needed_by_other_alert: 'another alert still needs it',
  not_evaluable: 'there was too little to judge by',
  no_receiver: 'no receiver is registered that could carry it out',
  already_contained: 'it is contained already',
  enforcement_paused: 'enforcement is paused',
  issued_commands_limit: 'too many commands are in force',
  ordered_by_hand: 'a person ordered it, and decides on what is stronger',
  ordered_by_two: 'two people ordered it, and two give it back',
  ladder_exhausted: 'there is nothing stronger to ask for',
  rule_gone: 'its rule is no longer in the policy',
  origin_quarantined: 'several were misled by the same text, which is stopped instead of them',
  second_person_needed: 'a second person must agree',
  another_person_needed:
    'it takes another person: a responder where it gives access back, and nobody whose account or password the first one made',
  nothing_to_approve: 'there is nothing of that to approve',
  already_so: 'it was so already',
  reverted: 'a person took back what was ordered because of this alert',
  nothing_to_restore: 'no such order is in force',
  left_at_step_up: 'nobody answered, and its class leaves it at the step-up then',
  no_other_receiver: 'all who could carry out something stronger are silent too',
  blackout: 'it falls into a time in which the agent is not to be touched; its owner is asked',
};

/** What to do, and what was done. */
const ACTIONS: Readonly<Record<string, readonly [string, string]>> = {
  hold: ['hold', 'held'],
  hold_payment: ['hold the payment of', 'held the payment of'],
  revoke_token: ['revoke the token of', 'revoked the token of'],
  revoke_credential: ['revoke the credential of', 'revoked the credential of'],
  rotate_secret: ['rotate the secret of', 'rotated the secret of'],
  revoke_delegation: ['revoke the delegation to', 'revoked the delegation to'],
  revoke_grant: ['revoke a grant of', 'revoked a grant of'],
  kill_session: ['end', 'ended'],
  require_step_up: [
    'ask for a person’s consent before further calls of',
    'asked for a person’s consent before further calls of',
  ],
  block_tool: ['block', 'blocked'],
  reduce_scope: ['narrow', 'narrowed'],
  quarantine_origin: ['quarantine', 'quarantined'],
  block_issuance: ['give no new tokens to', 'given no new tokens to'],
  signal_risk: ['report the risk of', 'reported the risk of'],
  disable_agent: ['switch off', 'switched off'],
  open_case: ['open a case for', 'opened a case for'],
  restore: ['give access back to', 'given access back to'],
};

const KINDS: Readonly<Record<(typeof KNOWN_ALERT_KINDS)[number], string>> = {
  behavior_deviation: 'behavioral anomaly',
  hijack_suspected: 'indirect prompt injection',
  privilege_assembly: 'cross-agent privilege assembly',
  toxic_combination: 'dangerous combination in one hand',
  privilege_gap_closing: 'asks for the last step',
  class_drift: 'acts above its class',
  unregistered_agent: 'not registered',
  review_lapsed: 'review lapsed',
  outside_task_envelope: 'outside its task',
  outside_profile: 'outside its profile',
  confused_deputy: 'did what its principal may not',
  over_privilege: 'granted too much at once',
  decoy_touched: 'touched a decoy',
  credential_misuse: 'a credential in other hands',
  credential_static: 'a credential that lives too long',
  task_overrun: 'acts after its task',
  approval_quality: 'approvals that decide nothing',
  reach_growth: 'reaches further than reviewed',
  undeclared_change: 'changed, and nobody declared it',
  telemetry_gap: 'telemetry gap',
  approval_bypass: 'approval bypassed',
  separation_of_duty: 'duties not separate',
  guardrail_probing: 'tried around a refusal',
  containment_leak: 'containment leaked',
  canary_missing: 'detection itself is in doubt',
  unlogged_action: 'an action that no log of the agent shows',
  orphaned_agent: 'an agent without an owner',
  approved_assembly: 'an assembly that was approved',
};

const RESIDUAL: Readonly<Record<string, string>> = {
  secret_read: 'a secret that was read',
  data_read: 'data that was read',
  credential_created: 'a credential that was created',
  identity_created: 'an identity that was created',
  access_granted: 'access that was granted',
  data_sent: 'data that was sent',
  config_changed: 'a changed configuration',
  agent_modified: 'a changed agent',
  memory_written: 'what was written to memory',
  code_deployed: 'code that was deployed',
  payment_set_up: 'a payee or payment that was set up',
  code_executed: 'code that ran',
};

const PAYMENT_PARTS: Readonly<Record<string, string>> = {
  'create:payee': 'a payee that was added',
  'initiate:payment': 'a payment that was set up',
  'approve:payment': 'a payment that was set up',
};

const NEUTRALISE: Readonly<Record<string, string>> = {
  rotate_secret: 'rotate it',
  revoke_credential: 'revoke it',
  revoke_grant: 'take it back',
  disable_agent: 'switch it off',
  hold_payment: 'hold the payment',
  quarantine_origin: 'quarantine it',
  open_case: 'open a case',
};

const VALUES: Readonly<Record<string, string>> = {
  iban: 'bank account',
  email: 'e-mail address',
  url: 'web address',
  phone: 'phone number',
  account: 'account',
  document_number: 'document number',
  secret: 'secret',
  token: 'token',
  shingle: 'passage of text',
  root_key: 'task',
};

const LINKS: Readonly<Record<string, string>> = {
  secret_use: 'secret in use',
  delegation: 'hand-over',
  data_flow: 'value',
  resource: 'same object',
  context: 'what it had read',
};

/** Whose a limit is. */
const LIMITS: Readonly<Record<string, string>> = {
  static: 'as shipped',
  learned: 'from its history',
  operator: 'set by your registry or policy',
};

const say = (words: Readonly<Record<string, string>>, term: string): string =>
  Object.hasOwn(words, term) ? (words[term] ?? term) : term.replaceAll('_', ' ');

export const reasonWords = (reason: string): string => say(REASONS, reason);

/** Whose budget was spent: `10 subjects on the word of gateway/gateway-1`. */
export function budgetWords({ of, source, counted, max }: NonNullable<Decision['budget']>): string {
  const many = `${max} ${max === 1 ? counted.slice(0, -1) : counted}`;
  if (of === 'source') return `${many} on the word of ${source ?? 'one source'}`;
  return of === 'shared' ? `${many} on the word of several sources, or of unknown ones` : many;
}
export const kindWords = (kind: string): string => say(KINDS, kind);
/** What is left behind, after the capability that left it where one kind of thing has several. */
export const residualWords = (what: string, capability = ''): string =>
  what === 'payment_set_up' && Object.hasOwn(PAYMENT_PARTS, capability)
    ? (PAYMENT_PARTS[capability] ?? what)
    : say(RESIDUAL, what);
export const neutraliseWords = (how: string): string => say(NEUTRALISE, how);
export const valueWords = (kind: string): string => say(VALUES, kind);
export const linkWords = (via: string): string => say(LINKS, via);
export const limitWords = (source: string): string => say(LIMITS, source);

/** The last part of a uid is how people call an agent: `spiffe://…/agent/invoice-bot`. */
export function shortName(uid: string): string {
  const parts = uid.split(/[/#]/).filter((part) => part !== '');
  return parts.at(-1) ?? uid;
}

/** Whom a command is aimed at: `checker-1's task payment-7`, `intake-2`. */
export function targetWords(target: Target): string {
  const who = shortName(target.agent_uid);
  const ids: Readonly<Record<string, string | undefined>> = {
    call: target.call_uid ?? target.payment_id,
    task: target.task_id,
    conversation: target.conversation_id,
    instance: target.instance_uid,
    credential: target.credential_uid,
    delegation: target.delegation_ref,
    tool: target.tool,
    grant: target.grant_id,
    origin: target.resource_id ?? target.sender ?? target.fp,
  };
  if (target.level === 'agent') return who;
  const id = Object.hasOwn(ids, target.level) ? ids[target.level] : undefined;
  return `${who} for ${target.level} ${id ?? '?'}`;
}

/** The verb alone, for where the target is plain to see. */
export function actionVerb(action: string): string {
  const known = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  return (known?.[0] ?? action.replaceAll('_', ' '))
    .replace(/ (of|to|for|with)$/, '')
    .replace(/ before further calls$/, '');
}

/** Orders that tell somebody and take nothing away: nobody is contained by them. */
const REPORTS_ONLY: ReadonlySet<string> = new Set(['signal_risk', 'open_case']);

/** States of orders that are no longer in force. */
export const ENDED: ReadonlySet<string> = new Set(['expired', 'restored', 'restoring']);

export function reportsOnly(action: string): boolean {
  return REPORTS_ONLY.has(action);
}

/** `revoke the token of checker-1 for task payment-7`; `past` for what was done. */
export function actionWords(action: string, target: Target, past = false): string {
  const known = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  const verb = known?.[past ? 1 : 0] ?? action.replaceAll('_', ' ');
  return `${verb} ${targetWords(target)}`;
}

export function listOf(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

export const plural = (n: number, one: string): string =>
  `${n.toLocaleString('en-GB')} ${one}${n === 1 ? '' : 's'}`;

/** `14:03:07` of a log time. */
export const clockOf = (time: string): string => time.slice(11, 19);
