import { type Meanings, only, prefixed } from './meaning.ts';
import { POLICY } from './policy-meanings.ts';

const ENVELOPE: Meanings = {
  capabilities: 'Capabilities that the work may use, as grant patterns.',
  targets: 'Resources that it may act on, as patterns with `*`.',
  sensitivity_max: 'The most confidential thing that it may touch.',
  destinations:
    'Whom it may send to or pay: domains; of an approval also addresses and accounts, written out or by fingerprint.',
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
  statement:
    'Since 1.10: where a statement stands; effect and capabilities of a call follow what it does.',
  'statement.language':
    'What it is written in: `sql` of any dialect, or the command line of a `shell`.',
  'statement.arg': 'Argument names, `|` between them; all that are present are read.',
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
  'profile.schedule':
    'Since 1.7: times, in UTC, in which it works, written as those of `blackout`. Left out: at any.',
  blackout:
    'Times, in UTC, when nothing automatic takes its access away: `mon-fri 08:00-18:00`, `daily 22:00-02:00`, or `from/until`. Irreversible calls then wait for a person.',
  never_revoke:
    'Nothing takes its access away, no rule and no person, nor a credential that it is proven to have used.',
  monitoring: 'How it is watched: whose silence is missed, and who may end it.',
  'monitoring.sources':
    'Sources that report its calls, by `source.instance`. Heartbeats of it count by these alone, where any is named.',
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
  'workflows[].orchestrators':
    'Since 1.8: agents (uids) whose `task_end` of a task of this workflow ends it for all who work in it, and not for themselves alone.',
  'workflows[].handoffs': 'Hand-overs between planes that belong to the work.',
  'workflows[].handoffs[].from': 'Plane that hands over.',
  'workflows[].handoffs[].to': 'Plane that takes over.',
  'workflows[].handoffs[].type': 'What is handed over.',
  scope_map: 'Which capabilities each OAuth scope gives.',
  decoys: 'Things that nobody has a reason to touch: each touch is an alert.',
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

export const WATERMARK: Meanings = {
  seq: 'Number of the sequencer; a number not above the last is ignored.',
  time: 'Log time: nothing that falls due up to it may be decided later.',
};

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

export const VERDICT: Meanings = {
  ...only(['seq'], WATERMARK),
  kind: 'Since 1.10: always `verdict`.',
  tenant_id: 'Whose alert.',
  version: 'Id of the decision that records it.',
  alert_id: 'Which alert.',
  agent_uid: 'The agent that the alert named when it was told first.',
  verdict:
    '`true_positive`: what it was about never becomes normal by age. `false_positive`: what was held back is learnt, and the same, up to as much, is not told again.',
  revision:
    'The revision of the alert that was looked at: what came to it after that is not excused. Left out: the latest that was told before.',
  verdict_at: 'Log time of the decision; an earlier word about the same alert changes nothing.',
};
