import { type Meanings, prefixed } from './meaning.ts';

const ALERT: Meanings = {
  alert_id: 'The alert.',
  revision: 'The revision that its author saw.',
  count: 'How often it had happened then. A closed alert that happens more often is open again.',
  last_event_time:
    'Its last call then. A closed alert of which a later revision has a later call is open again.',
  severity: 'Its severity then. A closed alert that becomes graver is open again.',
};

/** Since 1.14. */
const TUNING: Meanings = {
  tuning_id: 'The change; its later states name the same.',
  state: 'Since 1.15 `proposed`, which another person accepts; `accepted`, `reverted`.',
  what: '`suppression`, `approval` or `profile`.',
  suppression_id: 'The suppression given.',
  registry_before: 'Registry version before; null: none.',
  registry_after: 'Registry version published.',
  entry: 'What was added, as JSON.',
};

const RULES: Meanings = {
  proposal_id: 'The proposal; publishing and withdrawing name the same.',
  kind: '`registry` or `policy`.',
  text_hash: 'SHA-256 of the proposed file, which stays in the data folder.',
  before: 'Version in force when it was proposed; null: none.',
};

const CHANGE: Meanings = {
  state: '`new`, `in_progress` or `closed`.',
  classification:
    'Of `closed`: `true_positive`, `benign_expected` (right, and approved), `false_positive` or `duplicate`. All but the last also give a verdict, from which the detector learns.',
  duplicate_of: 'Of `duplicate`: the alert that stays.',
  assignee: 'Who works on it; null: nobody.',
  note: 'A note; notes are added and never changed.',
  tags_add: 'Tags to add.',
  tags_remove: 'Tags to remove.',
  related_add: 'Alerts to name as related.',
  related_remove: 'Alerts to name no longer.',
  case_link: 'Address of the case in another system; null: none.',
  tuning: 'Since 1.14: a proposed change of rules.',
  ...prefixed('tuning', TUNING),
};

const SCOPE: Meanings = {
  kind: 'Kind of alert.',
  rule_id: 'Rule that raised it.',
  agent_uid: 'An agent that it names.',
  workflow: 'Workflow of its calls.',
  tool: 'Tool of one of its calls, as `server/tool`.',
};

const ACT: Meanings = {
  act_id: 'Id; the same act counts once.',
  tenant_id: 'Whose alerts.',
  act: '`change` (of alerts), `suppress`, `unsuppress`; since 1.14 `propose_rules`, `publish_rules`, `withdraw_rules`.',
  by: 'Who: the account, whose key signed.',
  at: 'When it was signed.',
  reason: 'Why.',
  alerts: 'Of `change`: the alerts, as their author saw them.',
  ...prefixed('alerts[]', ALERT),
  change: 'Of `change`: what changes; what is left out stays.',
  ...prefixed('change', CHANGE),
  suppression_id: 'Of `suppress` and `unsuppress`: the suppression.',
  scope: 'Of `suppress`: which alerts; every field that is given must fit.',
  ...prefixed('scope', SCOPE),
  expires: 'Of `suppress`: alerts raised from then on are shown again.',
  rules: 'Since 1.14, of acts on rules: which registry or policy.',
  ...prefixed('rules', RULES),
};

export const TRIAGE: Meanings = {
  act: 'What a person did.',
  ...prefixed('act', ACT),
  signed: 'The act as it was signed.',
  'signed.text': 'The act, byte for byte.',
  'signed.signature': 'Detached JWS over it, for topic `waywarden.triage.acts.v1`.',
  'signed.key': 'The public key by which it was believed, as a JWK.',
  'signed.key_print': 'Which key that is, whatever it is called.',
};
