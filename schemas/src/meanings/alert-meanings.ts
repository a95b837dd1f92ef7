import { CONFIDENCE_BASES, KNOWN_ALERT_KINDS, RESIDUAL_ACCESS } from '../alerts/alert.ts';
import { LINK_KINDS } from '../alerts/policy-combination.ts';
import { KNOWN_WITHHELD_REASONS } from '../commands/decision.ts';
import { TARGET_LEVEL_NAMES, TARGET_LEVELS } from '../commands/target.ts';
import { type Meanings, prefixed } from './meaning.ts';

const ACTIONS: readonly string[] = [
  ...new Set(Object.values(TARGET_LEVELS).flatMap((level) => [...level.actions])),
  'restore',
  'probe',
];

export const TARGET: Meanings = {
  level: {
    text: 'How much is meant; decides which ids must stand here.',
    known: TARGET_LEVEL_NAMES,
  },
  tenant_id: 'Whose agent.',
  agent_uid: 'Which agent; every level names it.',
  call_uid: 'Level call.',
  payment_id: 'Level call, action `hold_payment`.',
  task_id: 'Level task.',
  conversation_id: 'Level conversation.',
  instance_uid: 'Level instance.',
  credential_uid: 'Level credential.',
  parent_agent_uid: 'Level delegation: who handed over.',
  delegation_ref: 'Level delegation: which hand-over.',
  tool: 'Level tool.',
  grant_id: 'Level grant.',
  fp: 'Level origin: fingerprint of a value; one of the three.',
  resource_id: 'Level origin: the thing that holds the text; one of the three.',
  sender: 'Level origin: who sent it; one of the three.',
};

const EVIDENCE: Meanings = {
  event_id: 'The call, as in the store.',
  native_id: 'The id that its source gave it, to find it there.',
  agent_uid: 'Who made it.',
  role: 'What it is in the proof, such as the step of a combination, or `cause`.',
  capability: 'What it exercised.',
  assurance: 'How far it is proven.',
};

const ASSEMBLY: Meanings = {
  combination: 'Id of the combination in the policy file.',
  capabilities: 'The capabilities that came together.',
  contributors: 'The agents of the proof.',
  'contributors[].agent_uid': 'Who.',
  'contributors[].granted':
    'What the registry or the scopes grant it. Null: unknown, which is not the same as all.',
  'contributors[].exercised': 'What it did here.',
  completed_by: 'The agent whose call completed the combination.',
  proof: 'Event ids of the smallest set of calls that shows it, earliest first.',
  proof_minimal: 'No call of the proof can be left out. When false, nothing automatic follows.',
  links: 'Why the calls belong together.',
  'links[].from_event': 'The earlier call.',
  'links[].to_event': 'The later call.',
  'links[].via': { text: 'By what, strongest first.', known: LINK_KINDS },
  'links[].strength': 'From 0 to 1.',
  gap_before: 'Capabilities that were still missing before the completing call.',
  residual_access: 'What remains usable after the calls end, and must be undone by hand.',
  'residual_access[].what': { text: 'What remains.', known: RESIDUAL_ACCESS },
  'residual_access[].event_id': 'The call that gave it.',
  'residual_access[].neutralise': 'What undoes it.',
  cut: 'What would stop it, cheapest first; what a rule turns into commands.',
  'cut[].action': { text: 'What to do.', known: ACTIONS },
  'cut[].target': 'To exactly whom, as in a command.',
  ...prefixed('cut[].target', TARGET),
  'cut[].stops': 'What it stops, in words.',
  'cut[].collateral': 'What else breaks, in words; never silently empty.',
  cut_sound: 'Whether the proof, with the cut taken away, leaves nothing usable.',
  caveats: 'Causes that forbid automatic action, such as an order that times don’t settle.',
};

export const ALERT: Meanings = {
  alert_id: 'Stable over revisions (see Ids).',
  revision: 'Rises when anything but `count` changes, or when `count` doubles. Keep the highest.',
  state: '`withdrawn`: a late record took the ground away; its commands are restored.',
  supersedes: 'Alerts that this one replaces.',
  count: 'How often it happened under this alert.',
  incident_id: 'Alerts of one root cause share it.',
  tenant_id: 'Whose alert it is.',
  kind: { text: 'What was concluded.', known: KNOWN_ALERT_KINDS },
  hygiene:
    'Listed, never queued: a state to tidy up, work that an approval covers, or a statistical alert beyond the budget.',
  rule_id: 'The feature, finding or combination that concluded it.',
  rule_version: 'Its version.',
  severity: 'How bad it is if true, least first. Not how certain.',
  confidence:
    'At most how probable it is that it is right, by a p-value and one bad agent-day in fifty; null without one, see `confidence_basis`. Since detector 1.55.0 at most .62, as far as p-values were tested.',
  confidence_basis: {
    text: 'Since 1.8: on what it rests, or why there is none. `p_value`: how rarely chance brings as much. `rule`: it breaks what was declared or shipped, and is right as far as its telemetry is. `proof`: its calls prove it, by links that the alert names. `text`: a text that was read and obeyed; how often that is right is measured on public attacks only. `history`: compared with a history that gives no probability.',
    known: CONFIDENCE_BASES,
  },
  score: 'Strength of the deviation; comparable within one kind.',
  evaluable:
    'False: a limit was reached, or part of what it rests on was not heard, as `reasons` and `not_visible` say. Nothing automatic follows.',
  subject: 'Whom it is about; of a common cause or a source’s outage, its name as `agent_uid`.',
  'subject.agent_uid': 'The agent; in an assembly the one that completed it.',
  'subject.instance_uid': 'Which running copy.',
  'subject.chain_id': 'Which piece of work.',
  'subject.task_id': 'Which task.',
  'subject.credential_uid': 'Which credential was used.',
  'subject.workflow': 'Since 1.13: in which workflow the deciding call stood.',
  'subject.tool':
    'Since 1.13: which tool the deciding call used: `server/name`, or its name alone.',
  first_event_time: 'Of the earliest call of the evidence.',
  last_event_time: 'Of the latest.',
  first_detected_at: 'Log time of the first revision; never moves.',
  detected_at: 'Log time of this revision.',
  title:
    'Who did what, in at most 90 characters. Of the detector’s words and names that agents chose.',
  summary: 'What happened, why it is believed, in at most three sentences.',
  reasons: 'Why, one by one.',
  'reasons[].feature': 'The measure.',
  'reasons[].text': 'In words.',
  'reasons[].expected': 'What would have been normal.',
  'reasons[].observed': 'What was seen.',
  'reasons[].p_value':
    'How rare by the history that `level` names, 0 to 1; null for rules without history. Learnt ones since detector 1.55.0 no rarer than .00063 (1 in 1,600), as far as they were tested.',
  'reasons[].baseline_n': 'Number of calls, days or agents behind `expected`.',
  'reasons[].level':
    'Against what it was held: the history of the `agent`, of a `peer group` or the `tenant`; what is `declared` (registry, policy) or `shipped`.',
  'reasons[].threshold': 'Beyond which it counts.',
  'reasons[].threshold_source':
    'Who set it: `static` is shipped, `learned` comes from a history, `operator` from registry or policy. Left out where there is none, or it is not known whose.',
  evidence: 'The calls that prove it.',
  ...prefixed('evidence[]', EVIDENCE),
  assembly: 'Of a finding about several calls: who did which step, and what stops it.',
  ...prefixed('assembly', ASSEMBLY),
  not_visible: 'What could not be seen, in words. Empty means that nothing known was hidden.',
  taxonomy: 'Where it stands in public lists.',
  'taxonomy.owasp': 'OWASP’s list for agentic applications.',
  'taxonomy.atlas': 'MITRE ATLAS.',
  'taxonomy.attack': 'MITRE ATT&CK.',
  'taxonomy.maestro': 'MAESTRO.',
  'taxonomy.nist': 'NIST.',
  baseline: 'The history that it was compared with.',
  'baseline.version': 'Version of its reckoning.',
  'baseline.level': 'Whose history.',
  'baseline.since': 'Its first call.',
  'baseline.n': 'Its number of calls; of peers, of their days (volumes) or of agents.',
  policy_version: 'Policy in force.',
  detector_version: 'Version of the detector’s core: the same log and version give the same alert.',
  decisive_assurance:
    'The weakest assurance among the claims that decide this alert; rules compare it with `assurance_min`.',
  origins:
    'Since 1.2: where what was obeyed came from, the most specific first; when several subjects share one, it is stopped instead of them.',
  'origins[].fp': 'Fingerprint of a value that the text gave, such as an account.',
  'origins[].resource_id': 'What was read: a page, a ticket, a mail.',
  'origins[].sender': 'Who wrote it.',
  sources:
    'Since 1.7: the sources that told its decisive events, as `kind/instance` of their tokens. Left out where one is not known: of what rests on a history, and of what rests on more than 8.',
  subject_class: 'Class that the registry gives the subject.',
  approved:
    'Since 1.1: of an `approved_assembly`, the approval in the registry that kept it quiet.',
  'approved.workflow': 'The workflow that holds the approval.',
  'approved.combination': 'The combination that it covers.',
  'approved.by': 'Who approved.',
  'approved.reason': 'Why.',
  'approved.from': 'First day.',
  'approved.expires': 'First moment when it no longer holds.',
};

export const COMMAND: Meanings = {
  command_id:
    'Derived from target, action and containment (see Ids): the same order is the same id.',
  containment_id: 'One taking-away, from the order to its restore.',
  tenant_id: 'Whose agent.',
  sequence: 'Rises for each agent. Ignore a number that is not above the last one obeyed.',
  restores: 'Of a `restore`: the command that it takes back.',
  probes:
    'Since 1.5, of a `probe`: the order of which is asked whether it holds. Nothing is taken; try without effect what the order forbids, and answer with `probe`.',
  incident_id: 'The incident of its alerts.',
  alert_ids: 'The alerts that asked for it.',
  issued_at: 'Log time of the decision.',
  expires_at: 'From then on it holds no longer, without a restore.',
  at_expiry:
    'Since 1.8: what it becomes at `expires_at` for a receiver that does not hear Waywarden then, until it does again: an order of its own says the same while Waywarden is heard. Left out: nothing. Who can’t do this action lets it end.',
  'at_expiry.action': 'What to do from then on: `require_step_up`.',
  'at_expiry.target': 'To whom: the same agent, at the narrowest place that is known.',
  ...prefixed('at_expiry.target', TARGET),
  'at_expiry.until': 'No longer than until then.',
  action: { text: 'What to do.', known: ACTIONS },
  target:
    'To exactly whom. A missing or contradictory id makes the command invalid: answer `unsupported`.',
  ...prefixed('target', TARGET),
  receivers: 'Who must answer.',
  audience: 'The receivers’ group, as in a token’s `aud`.',
  drain: 'What to do with work under way: `cancel`, `finish_unit_then_stop`, `leave`.',
  scope: 'What `reduce_scope` leaves.',
  severity: 'Of the alert.',
  confidence: 'Of the alert.',
  confidence_basis: {
    text: 'Since 1.9: on what it rests, or why there is none, as of the alert; left out of what a person ordered.',
    known: CONFIDENCE_BASES,
  },
  initiating_entity: 'Who decided: a rule, a person, or Waywarden itself.',
  approvals: 'People who agreed.',
  'approvals[].by': 'Who.',
  'approvals[].at': 'When.',
  reason: 'For people.',
  evidence: 'The calls that prove it.',
  ...prefixed('evidence[]', EVIDENCE),
  preconditions: 'What held when it was decided.',
  'preconditions.assurance_min': 'The least assurance that the rule asks for.',
  'preconditions.targets_max': 'How many targets it may have; refuse it when you find more.',
};

export const DECISION: Meanings = {
  decision_id: 'Derived from alert, revision and rule (see Ids).',
  tenant_id: 'Whose agent.',
  alert_ids: 'The alerts that were decided on.',
  alert_revision: 'Revision of the alert.',
  agent_uid: 'Whose access it is about.',
  rule_id: 'The rule of the policy.',
  mode: 'Mode of the rule: only `enforce` issues commands.',
  would_be_command:
    'The command of the rule’s first action, issued or not; null when none could be made.',
  ...prefixed('would_be_command', COMMAND),
  withheld_reason: {
    text: 'Why it was not issued; null when it was.',
    known: KNOWN_WITHHELD_REASONS,
  },
  withheld_reasons: 'All guards that spoke against it, the decisive one first.',
  issued_command_ids: 'Since 1.1: commands that were issued, also those of further actions.',
  degraded_to: 'Since 1.1: the weaker action that a tripped budget left.',
  budget:
    'Since 1.7: of `budget_exceeded`, whose budget was spent. Left out in decisions of earlier versions.',
  'budget.of':
    '`source`: of one source of telemetry. `shared`: of all alerts that rest on several sources or on an unknown one. `rule`: of the whole rule, three times as much.',
  'budget.source': 'Which source, as `kind/instance`.',
  'budget.counted':
    'What was counted: `subjects` (`limits.subjects`) or `agents` (`limits.fleet_share`).',
  'budget.max':
    'How many it allows within `limits.window`: all, or of an agent of whom the rule has contained something seven in ten.',
  target_problems: 'Since 1.1: why the target of the first action is incomplete.',
  act: 'Since 1.2: what people ordered by hand.',
  'act.act_id': 'The last of their acts.',
  'act.act':
    '`pause`, `resume`, `approve`, `restore`, since 1.6 `order`, 1.9 `verdict`, 1.15 `decline`.',
  'act.by': 'Who has agreed so far.',
  'act.verdict': 'Since 1.9, of `verdict`: what was found of the alert in `alert_ids`.',
  'act.reason': 'Why, in the words of the last.',
  'act.signed': 'Since 1.6: the last act as it was signed; `audit verify` checks it again.',
  'act.signed.text': 'Byte for byte.',
  'act.signed.signature': 'A JWS without payload over it.',
  'act.signed.key': 'The public key by which it was believed, as a JWK.',
  'act.signed.key_print': 'Which key that is, whatever it is called.',
  would_break:
    'Since 1.4: what the order of the rule’s first action breaks, or would, as far as the live stream has shown.',
  'would_break.open_tasks': 'Tasks under way that lose access.',
  'would_break.agents':
    'Others who lose what was handed on to them, or a credential that they use too, the first few.',
  'would_break.agents_count': 'How many they are.',
  'would_break.words': 'The same as a sentence.',
  lineage:
    'Since 1.4: from whom the access comes that it is about, as far as the live stream has shown.',
  'lineage.holders':
    'The one that the decision is about, then who handed it on, up to the root; the first few.',
  'lineage.holders[].agent_uid': 'Which agent.',
  'lineage.holders[].task_id': 'In which task.',
  'lineage.holders[].credential_uid': 'With which credential, the last that was seen.',
  'lineage.holders[].parent_credential_uid': 'The credential that it was made of.',
  'lineage.workflow': 'The workflow of the task.',
  'lineage.requested_by': 'The person for whom it was started.',
  'lineage.approved_by': 'People who approved calls of it.',
  'lineage.reviewed_by': 'Who answered for the root agent at its last risk review.',
  'lineage.words': 'The same as a sentence.',
  follows: 'Since 1.2: the order upon which this decision follows by itself.',
  'follows.command_id': 'The order that was not carried out, did not hold, or ends.',
  'follows.why': 'Why, in a sentence.',
  policy_version: 'Policy in force.',
  decided_at: 'Log time.',
  seq: 'Running number of all decisions of the installation: one chain, over all tenants.',
  prev_hash:
    '`hash` of the decision before, 64 zeros for the first: a missing or changed one shows.',
  hash: 'SHA-256, lower-case hex, of the RFC 8785 text of this decision without `hash`.',
};

export const NOTICE: Meanings = {
  kind: 'Which kind of notice: there is one.',
  tenant_id: 'Whose enforcement.',
  audience: 'For whom it is signed, as in a command.',
  paused:
    'Two people have paused it: an order of a rule that takes access is not carried out until it is resumed.',
  number: 'The notice with the highest number counts, in whatever order they are read.',
  since: 'When the second person ordered it.',
  by: 'Who ordered it.',
  reason: 'What the second person said.',
};
