/** What the fields of the files mean that people write: registry, catalogue, policy. */
import { KNOWN_ALERT_KINDS } from '../alert.ts';
import { type Meanings, only, prefixed } from './meaning.ts';

const ENVELOPE: Meanings = {
  capabilities: 'Capabilities that the work may use, as grant patterns.',
  targets: 'Resources that it may act on, as patterns with `*`.',
  sensitivity_max: 'The most confidential thing that it may touch.',
  destinations: 'Domains that it may send to.',
  environments: 'Environments that it may act in.',
  deadline: 'How long a task may take from its first call: `30m`, `2h`.',
  provenance: 'For each argument, from where its value may come: `trusted`, `requested`.',
  volume: 'How much it may do.',
  'volume.calls': 'Calls of one task.',
};

const TOOL: Meanings = {
  match: 'Which calls the entry is about.',
  'match.server':
    'Server by name or pattern: `*` for any run of characters, `|` between alternatives.',
  'match.tool': 'Tool by name or pattern.',
  capabilities: 'What such a call can do.',
  'capabilities[].symbol': 'A capability symbol.',
  'capabilities[].unless': 'Not exercised when an argument stays inside a domain.',
  'capabilities[].unless.arg':
    'Argument names, `|` between them; all that are present must stay inside.',
  'capabilities[].unless.domain': 'The domain; `$organisation` for those of the registry’s people.',
  'capabilities[].when': 'Since 1.1: exercised only if an argument is there.',
  'capabilities[].when.arg': 'Argument names, `|` between them.',
  'capabilities[].when.is': 'And has one of these values.',
  effect: 'What the call does to the world. Where a tool reads and writes, the stronger.',
  result_trust: 'Who can write what it returns: `untrusted` where outsiders can.',
  target: 'Where the target stands in the call.',
  'target.arg': 'The argument that names it.',
  'target.resource_type': 'Kind of thing.',
  'target.system': 'The system.',
  sensitivity: 'How confidential what it touches is.',
  dry_run: 'Since 1.1: arguments (`a|b`) that the tool honours as a dry run, if one is true.',
};

export const CATALOGUE: Meanings = {
  version: 'Version of the format.',
  name: 'Name of the file’s entries; shown by `catalogue explain`.',
  title: 'What the documentation calls these tools.',
  tools: 'The entries. The most exact match wins, and the registry wins over all.',
  ...prefixed('tools[]', TOOL),
  'tools[].match.anywhere': 'These names are telling enough to be known on any server, or on none.',
};

const AGENT: Meanings = {
  uid: 'The agent, as in the events. Given once.',
  class: 'How autonomous it is; decides what it may hold and do before somebody must look.',
  role: 'Names it in approvals.',
  plane: 'Where it stands: takes things in, thinks, or acts.',
  owner: 'Who answers for it.',
  'owner.person': 'A person; their mail domain counts as the organisation’s.',
  'owner.team': 'A team.',
  grants:
    'Capabilities that it was granted, with wildcards. Left out: unknown, which contains nothing. `[]`: none.',
  profile: 'What it was built for.',
  'profile.tools': 'Its tools, as `server/tool` with `*`.',
  'profile.environments': 'Its environments.',
  'profile.sensitivity_max': 'The most confidential thing it needs.',
  'profile.destinations': 'Domains that it sends to.',
  workflows: 'Workflows that it takes part in.',
  criticality: 'What depends on it; raises the severity of a lapsed review.',
  blackout:
    'Times, in UTC, when nothing automatic takes its access away: `mon-fri 08:00-18:00`, `daily 22:00-02:00`, or `from/until`. Irreversible calls then wait for a person.',
  never_revoke: 'Nothing automatic takes its access away.',
  monitoring: 'How it is watched. Kept; nothing is decided by it yet.',
  'monitoring.sources': 'Sources that report its calls.',
  'monitoring.heartbeat_s': 'A sign of life at least every so many seconds.',
  risk_review: 'The last review of its risk.',
  'risk_review.by': 'Who reviewed.',
  'risk_review.at': 'When: `2027-04-01`, or a time.',
  'risk_review.expires': 'When it ends. A date stands for its first moment, UTC.',
  'risk_review.reviewed':
    'Since 1.1: what was reviewed. Left out: what the registry said when it first named this review.',
  'risk_review.reviewed.class': 'The class at the review.',
  'risk_review.reviewed.grants': 'The grants at the review.',
  'risk_review.reviewed.tools': 'The tools at the review.',
  state: 'Where it is in its life. `proposed` counts as not registered.',
};

export const REGISTRY: Meanings = {
  version: 'Version of the format.',
  agents: 'Every non-human identity.',
  ...prefixed('agents[]', AGENT),
  principals: 'People and services that agents act for. Kept; nothing is decided by it yet.',
  'principals[].uid': 'Who.',
  'principals[].grants': 'What they may do themselves.',
  tools: 'Your own catalogue entries; they win over the shipped ones.',
  ...prefixed('tools[]', TOOL),
  'tools[].state': 'Since 1.1: `proposed` entries wait for a person and are not used.',
  workflows: 'Pieces of work that recur.',
  'workflows[].name': 'As in `task.workflow` of the events.',
  'workflows[].owner': 'Who answers for it.',
  'workflows[].owner.person': 'A person.',
  'workflows[].owner.team': 'A team.',
  'workflows[].envelope': 'What a task of this workflow may do.',
  ...prefixed('workflows[].envelope', ENVELOPE),
  'workflows[].approvals': 'Combinations that this workflow may complete.',
  'workflows[].approvals[].combination': 'Id of the combination.',
  'workflows[].approvals[].roles': 'Roles of the agents, and no others.',
  'workflows[].approvals[].envelope': 'Limits of the approval.',
  ...prefixed('workflows[].approvals[].envelope', ENVELOPE),
  'workflows[].approvals[].by': 'Who approved.',
  'workflows[].approvals[].reason': 'Why.',
  'workflows[].approvals[].from': 'First day.',
  'workflows[].approvals[].expires':
    'First moment when it no longer holds; at most 180 days later.',
  'workflows[].mediates':
    'Capabilities that it may use beyond its principal’s own. Kept; nothing is decided by it yet.',
  'workflows[].handoffs': 'Hand-overs between planes that belong to the work.',
  'workflows[].handoffs[].from': 'Plane that hands over.',
  'workflows[].handoffs[].to': 'Plane that takes over.',
  'workflows[].handoffs[].type': 'What is handed over.',
  scope_map: 'Which capabilities each OAuth scope gives.',
  decoys: 'Things that nobody has a reason to touch. Kept; nothing is decided by it yet.',
  'decoys[].tool': 'A tool.',
  'decoys[].tool.server': 'Its server.',
  'decoys[].tool.name': 'Its name.',
  'decoys[].resource_id': 'A resource.',
  'decoys[].credential_uid': 'A credential.',
  operators: 'Since 1.2: people who may order by hand (`pause`, `resume`, `approve`).',
  'operators[].uid': 'Who.',
  'operators[].key': 'Public JWK by which what they order is verified (`waywarden operator-key`).',
  receivers: 'Who carries out commands. Without one for the agent nothing is ordered.',
  'receivers[].id': 'Its id, as it stands in its receipts.',
  'receivers[].kind':
    'How it gets commands: `kafka` (the topic) or `http` (it asks). The others don’t exist yet.',
  'receivers[].subjects': 'Agents that it serves, as patterns with `*`.',
  'receivers[].required': 'Whether its receipt is waited for.',
  'receivers[].issuer': 'Whether it issues tokens, so that it can refuse new ones.',
  'receivers[].rate_per_second':
    'Since 1.2: so many commands a second it is handed at most, over HTTP; absent: as many as it asks for.',
  'receivers[].probes':
    'Since 1.5: true: it may be asked whether access that was taken is really gone, and what it answers counts.',
  'receivers[].key': 'Public JWK by which its receipts are believed; without it they aren’t.',
};

const CLASS_ROW: Meanings = {
  credential_life: 'The longest that a credential may live.',
  credential_bound: 'Since 1.1: what else ends it.',
  window_grace: 'Since 1.1: how long after the end of its slot a scheduled job may act.',
  breadth: 'Since 1.1: how broad a credential may be, in words.',
  approval: 'Who lets calls through, in a word.',
  approval_for: 'Since 1.1: which calls a human must have approved.',
  unattended_calls: 'Calls in a row without a person.',
  step_up: 'Effects for which a person is asked again.',
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
    'How many usual intervals of silence confirm that a contained agent stopped, while others are heard from the same source.',
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
  never_revoke: 'Agents whose access nothing automatic takes away.',
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
    'At least so probable. Never met while confidence is not calibrated.',
  'rules[].when.classes': 'Of agents of these classes.',
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

export const WATERMARK: Meanings = {
  seq: 'Number of the sequencer; a number not above the last is ignored.',
  time: 'Log time: nothing that falls due up to it may be decided later.',
};

/** The two kinds share their first fields; the file itself means what it means elsewhere. */
export const CONTROL: Meanings = {
  ...only(['seq'], WATERMARK),
  kind: 'Which rules changed.',
  tenant_id: 'Whose rules.',
  version: 'Hash of the content; every decision names it.',
  policy: 'The policy, from here on in force.',
  ...prefixed('policy', POLICY),
  registry: 'The registry, from here on in force.',
  ...prefixed('registry', REGISTRY),
};
