import { KNOWN_ALERT_KINDS } from '../alerts/alert.ts';
import { APPROVALS, CREDENTIAL_BREADTHS } from '../policy/class-table.ts';
import { type Meanings, prefixed } from './meaning.ts';

const CLASS_ROW: Meanings = {
  credential_life: 'The longest that a credential may live.',
  credential_bound:
    'Since 1.1: what else ends it: the `task`, the `session` of one person, the `window` of `profile.schedule`; `age` ends it by `credential_life` alone.',
  window_grace:
    'Since 1.1: how long after the end of a time of `profile.schedule` its agent may act, and its credential be used.',
  breadth: {
    text: 'Since 1.1: how broad a credential may be. `grants`: as the agent’s grants; `entitlement`: as those of the person it acts for too; `reads`: reads and nothing else; `envelope`: as the envelope of the task’s workflow. Any other text is shown and judges nothing.',
    known: CREDENTIAL_BREADTHS,
  },
  approval: {
    text: 'Who lets calls through. `at_change`: a review of each change; `trigger`: the person who triggers it; `policy`: a policy where `approval_for` is `critical` and the call only sensitive; `human`: a person.',
    known: APPROVALS,
  },
  approval_for: 'Since 1.1: which calls a human must have approved.',
  unattended_calls:
    'How many calls of one task an agent may make in a row with no person asking or approving. Left out: any number.',
  step_up:
    'For what a person must be asked beside `approval_for`: effects (`pay`), capabilities (`send:external`, `grant:*`) or a scope of `approval_for`.',
  revocation_triggers:
    'Since 1.1: findings after which access is taken away, by rules whose kind is `class_triggers`.',
  ladder: 'What is done, weakest first.',
  unanswered:
    'Since 1.2: what follows when a person who is asked says nothing in time: `act`, what the rule says; `keep`, nothing more.',
  sensitive: 'Since 1.1: grant patterns of sensitive effects, instead of the shipped ones.',
  critical: 'Since 1.1: grant patterns of critical effects, instead of the shipped ones.',
  rubber_stamp: 'Since 1.1: when approvals look like a rubber stamp.',
  'rubber_stamp.approvals': 'So many in a row, none refused,',
  'rubber_stamp.median': 'faster than this in the median.',
};

const STEP: Meanings = {
  id: 'Name; the evidence’s `role`.',
  any: 'Capabilities, one of which the call did. `attempted:` before one: it was denied.',
  after: 'Steps whose calls must be ancestors of this one’s.',
  link: 'Kinds of link of which the path consists. Left out: the five kinds of evidence.',
  direct: 'Since 1.1: the path is a single link, without relays.',
  attempted: 'Since 1.1: every alternative is an attempt.',
  records_min: 'Since 1.1: at least so many records; `bulk` is `limits.bulk_records`.',
  plane: 'Since 1.1: plane of the agent, by the registry.',
  result_trust: 'Since 1.1: who can write what the call gave back.',
  same: 'Since 1.1: all of these facts are those of the named step.',
  'same.as': 'The step.',
  'same.of': 'The facts.',
  differs: 'Since 1.1: at least one of these facts is not that of the named step.',
  'differs.from': 'The step.',
  'differs.of': 'The facts.',
  beyond_scopes_of:
    'Since 1.1: did what the scopes of the credential used in that step do not contain.',
  unless: 'Since 1.1: the call does not count when one of these holds.',
  'unless.own_subject_of': 'It goes to the subject of the record that the named step read.',
  'unless.declared_handoff_from':
    'The workflow declares the hand-off from that step’s plane to this one’s.',
  'unless.approved_by_human': 'A person approved this very call, and that is proven.',
};

const COMBINATION: Meanings = {
  id: 'Name; the alert’s `rule_id`.',
  title: 'One sentence for people.',
  danger:
    'Since 1.1: what harm the steps do together and none alone; the page shows it with the alert.',
  severity: 'Of the alert.',
  severity_usual:
    'Since 1.12: of the alert where its workflow is not known, or usually does it; else `severity`.',
  kind: 'Since 1.1: fixes the alert’s kind, which else follows from the grants.',
  kind_one_agent: 'Since 1.1: the kind when one agent did all the steps.',
  evaluable: 'Since 1.1: false: listed, and never fires.',
  evaluable_note: 'Since 1.1: why it is not evaluable.',
  steps: 'The calls; each takes one of its own.',
  ...prefixed('steps[]', STEP),
  within: 'Longest time between any call of the proof and the completing one.',
  actors: 'A condition on every pair of steps: who did them.',
  pairs: 'Since 1.1: the same for single pairs.',
  'pairs[].steps': 'The two steps: maker, checker.',
  'pairs[].are': 'The condition.',
  taxonomy: 'Where it stands in public lists.',
  'taxonomy.owasp': 'OWASP’s list for agentic applications.',
  'taxonomy.atlas': 'MITRE ATLAS.',
  'taxonomy.attack': 'MITRE ATT&CK.',
  'taxonomy.maestro': 'MAESTRO.',
  'taxonomy.nist': 'NIST.',
  runbook: 'What to do first.',
  examples: 'Calls on which it must fire, or stay quiet. Both are tests.',
  'examples.fires': 'Must fire.',
  'examples.quiet': 'Must stay quiet.',
};

export const POLICY: Meanings = {
  version: 'Version of the format.',
  extends: 'Since 1.13: `shipped`: those combinations stand too; of one id, the file’s.',
  limits: 'How much may happen automatically, and how late things may be.',
  'limits.subjects': 'Subjects that one rule may contain automatically within `window`.',
  'limits.fleet_share': 'The same, as a share of the agents active in the window.',
  'limits.window': 'The window of both.',
  'limits.lateness': 'How late an event may come and still count.',
  'limits.clock_skew': 'How far the clocks of two sources may differ: nearer calls have no order.',
  'limits.request_deadline':
    'A call that was requested and not completed by then may have happened.',
  'limits.overrun_grace': 'Beyond a task’s deadline. Kept; nothing is decided by it yet.',
  'limits.silence_factor':
    'How many of its longest usual pauses of silence confirm that a contained agent stopped, while others are heard from the same source.',
  task_end: 'Since 1.2: what becomes of a task’s access when the task has ended; absent: nothing.',
  'task_end.mode': '`shadow` (default), `warn` or `enforce`.',
  'task_end.expires': 'How long the order holds.',
  'task_end.idle':
    'Since 1.4: a task of which nothing is heard for so long, and five minutes more, is over. Left out: idleness ends none.',
  'task_end.deadlines':
    'Since 1.4: true: a task is over when its deadline has passed, its own (`task.deadline`) or that of its workflow’s envelope, whichever comes first, and `limits.overrun_grace` with it.',
  'limits.origin_subjects':
    'Since 1.2: from so many subjects on (default 2), the text that misled them all is quarantined instead of revoking from each.',
  'limits.probe_after':
    'Since 1.5: how long after an order was applied those who may probe are asked about it, where neither a call nor a silence has told (default 5m).',
  'limits.step_up_for':
    'Since 1.8: how long a step-up stands that takes the place of an order, or of a shorter step-up, which ended by itself, where nobody restores it (default 30d).',
  'limits.by_hand_of_two':
    'Since 1.6: actions that two people must agree to when they are ordered by hand.',
  'limits.answer_within':
    'Since 1.2: how long a person who is asked may take (default 15m); then the class’s `unanswered` holds.',
  'limits.receipt_within':
    'Since 1.2: how long a required receiver may take to say what it did, before what is stronger is asked for. Left out: a minute.',
  'limits.bulk_records': 'From how many records on a call is bulk.',
  links: 'How calls are tied together.',
  'links.chains_max':
    'Chains in which others may have shown a value within `horizon` before its use; in more, it links nothing.',
  'links.horizon': 'How long a chain stays open after its last call.',
  'links.hops_max': 'Links of one path.',
  'links.kinds': 'Kinds of value whose appearance in two places is more than chance.',
  'links.common_values': 'Values that everybody uses and that tie nothing: your own addresses.',
  never_revoke:
    'Agents whose access nothing takes away, no rule and no person, nor a credential that they are proven to have used.',
  classes: 'What differs from the shipped class table, by class.',
  ...prefixed('classes.*', CLASS_ROW),
  'classes.*.environments': 'Since 1.1: what differs by the target’s environment.',
  ...prefixed('classes.*.environments.*', CLASS_ROW),
  combinations:
    'Which calls are dangerous together. A file that names none takes the shipped ones.',
  ...prefixed('combinations[]', COMBINATION),
  rules: 'Which alerts lead to which orders.',
  'rules[].id': 'Name; stands in the decision.',
  'rules[].when': 'Which alerts.',
  'rules[].when.kind': {
    text: 'Kinds of alert. Since 1.5: `class_triggers` stands for those that the class table names for the class of the agent (`revocation_triggers`).',
    known: KNOWN_ALERT_KINDS,
  },
  'rules[].when.severity_min': 'At least so bad.',
  'rules[].when.confidence_min':
    'At least so probable. Never met by an alert without a confidence: those of rules, of hijacks and of assemblies have none.',
  'rules[].when.classes': 'Of agents of these classes.',
  'rules[].when.agents':
    'Since 1.13: of these agents. Here and in the next three `*` stands for any text.',
  'rules[].when.owners': 'Since 1.13: of agents of these persons or teams.',
  'rules[].when.workflows': 'Since 1.13: in these workflows; never where an alert names none.',
  'rules[].when.tools':
    'Since 1.13: by these tools (`server/name`); never where an alert names none.',
  'rules[].assurance_min': 'What decides the alert must be proven at least so far.',
  'rules[].mode': '`shadow` records, `warn` says so, `enforce` orders, unless a guard forbids it.',
  'rules[].actions': 'What is ordered.',
  'rules[].actions[].action':
    'The action; must go with the level. Since 1.5: `class_ladder` is the first rung of the class’s ladder whose target is known, at the narrowest level.',
  'rules[].actions[].level': 'How much is meant.',
  'rules[].expires': 'How long the order holds.',
  'rules[].drain': 'What happens to work under way.',
  receivers: 'Receivers that must answer when the registry names none.',
};
