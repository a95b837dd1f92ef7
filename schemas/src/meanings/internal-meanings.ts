/** Meanings of internal records; other programs must not write them. */

import { EVENT } from './event-meanings.ts';
import { type Meanings, only, prefixed } from './meaning.ts';

const OF_CALL =
  'As in the [audit event](audit-event.md), copied so that the stage needs no other input.';

function moved(from: string, to: string): Meanings {
  return Object.fromEntries(
    Object.entries(EVENT).flatMap(([path, meaning]) =>
      path === from || path.startsWith(`${from}[]`) || path.startsWith(`${from}.`)
        ? [[`${to}${path.slice(from.length)}`, meaning]]
        : [],
    ),
  );
}

export const STEP: Meanings = {
  ...only(['claims', 'capabilities', 'target'], EVENT),
  event_id: 'The call.',
  native_id: OF_CALL,
  tenant_id: 'Whose event it is.',
  chain_id: 'The piece of work: a hash of its strongest explicit root key, fixed at ingest.',
  agent_uid: 'Who acted.',
  instance_uid: OF_CALL,
  agent_assurance: 'How the identity was earned.',
  event_time: OF_CALL,
  event_time_quality: OF_CALL,
  reported_late_ms:
    'Since 1.11: how long after its time it was received, of a measured call that came over two minutes late; absent: in time. What one source told late is not earlier than what it told in time.',
  source_seq: 'The source with its own running number; what a source numbers has an order.',
  'source_seq.source': 'Which source.',
  'source_seq.seq': 'Its number.',
  source: 'Since 1.7: which source told of it, as `kind/instance`.',
  activity: OF_CALL,
  tool: OF_CALL,
  'tool.name': OF_CALL,
  'tool.server': OF_CALL,
  'tool.definition_hash': 'Since 1.10: of a note that tells of another definition, which one.',
  effect: OF_CALL,
  outcome: OF_CALL,
  exercise:
    'Whether the capability was used: `possibly` where the effect may have happened although the outcome does not say so (a time-out of a payment), `attempted` where it was denied. Since 1.1: `requested` where it was only asked for so far, `settled` where nothing came of a request.',
  call_uid: 'Since 1.1: pairs the request of a call with its end.',
  task_id: OF_CALL,
  workflow: OF_CALL,
  credential_uid: OF_CALL,
  credential_fp: 'Fingerprint of the credential in use, by which the use of a read secret shows.',
  principal_uid: OF_CALL,
  span_id: OF_CALL,
  parent_span_id: OF_CALL,
  delegation_ref: 'The hand-over under which it was made, as the delegation names it.',
  parent_agent_uid: 'The agent that handed the work over.',
  delegators:
    'Since 1.12: who handed the work down to that agent, the nearest first, as the delegation declares it.',
  'delegators[].agent_uid': 'The agent.',
  'delegators[].ref': 'The hand-over, as this agent names it.',
  delegate_uid: 'Of a hand-over: the agent that gets the work.',
  args_hash:
    'Since 1.12: of a call whose effect can’t be undone, all its arguments as a hash: by it a retry is known.',
  ...moved('args.values', 'arg_values'),
  ...moved('result.values', 'result_values'),
  result_trust: OF_CALL,
  grants:
    'The agent’s grant when this call was decided; null when neither registry nor scopes tell.',
  agent_class: 'By the registry.',
  agent_role: 'By the registry.',
  plane: 'By the registry.',
  policy_version: 'The policy in force at the call; combinations of this version are asked.',
  registry_version: 'The registry in force at the call.',
  values_truncated: 'Some values were left out, so a link may be missing.',
  args_truncated: 'Since 1.11: some of them stood in the arguments.',
  dry_run_claimed: 'Since 1.1: a dry run by its caller’s word alone: it counts.',
  records: 'Since 1.1: records that the call read or acted on, where that could be told.',
  task_subjects: 'Since 1.1: whom the task is about.',
  task_subject_fps: 'Since 1.7: fingerprints of the same, as of destinations.',
  grantee_uid: 'Since 1.1: who receives what a grant call grants.',
  approval: 'Since 1.1: how the call was decided.',
  'approval.mode': 'By whom or what.',
  'approval.by': 'Who, where that is known.',
  credential_parent_uid: 'Since 1.1: the credential from which the one in use was derived.',
  scope_grants: 'Since 1.1: what the scopes of the credential in use allow.',
  root_agent_uid: 'Since 1.1: the agent that controls the delegation.',
  agent_owner: 'Since 1.1: the registry’s owner of the agent.',
  handoffs: 'Since 1.1: hand-offs that the proven workflow declares, as `retrieval>execution`.',
  destination_domain: 'Since 1.1: the domain that a send, publication or payment goes to.',
  destinations: 'Since 1.1: to how many in all.',
  outside_fps: 'Since 1.8: of several, fingerprints of all that are outside the organisation.',
  workload:
    'Since 1.1: from where an unregistered agent came, or what is looked at for several agents together (a change, a credential). Such a step is a note and no call; it takes no part in any chain.',
  noted_since_ms:
    'Since 1.1: when what a note tells of may have begun, in milliseconds since 1970.',
  noted_decision:
    'Since 1.10: of a note of a person’s decision, which one it is, as a print: one may cover several calls. Left out where nothing tells.',
  usual_ms:
    'Since 1.8: of a silence, within how many milliseconds its agent is usually heard of again at that hour. Left out where it is its heartbeats that stopped.',
  reported_by: 'Since 1.8: of a silence, the source that tells of its agent.',
  noted_agent_uid: 'Since 1.8: the silent agent whose credential was used.',
  noted_count: 'Since 1.8: how many uses of it are known.',
  noted_values:
    'Since 1.10: what was new to an agent without a history, to be held against what its workload knows.',
  'noted_values[].kind': 'The feature that judges such values.',
  'noted_values[].print': 'The value, as a print.',
  'noted_values[].report': 'What is told where it is new to all; left out where nothing is.',
  'noted_values[].report.what': 'It in words.',
  'noted_values[].report.severity': 'How grave it is.',
  'noted_values[].report.also': 'Prints under which the same may be known.',
  'noted_values[].report.after_days': 'For how many days the workload must have been known.',
  agent_workload:
    'Since 1.10: of a note of a credential, the workload of its agent, which nobody registered and which has no history of its own.',
  workload_churns: 'Since 1.10: each run of that workload is a new uid.',
  words:
    'Since 1.1: what the call read and said, as hashes, where that can matter to other agents of its chain.',
  'words.read': 'What its result brought.',
  ...moved('result.passages', 'words.read.passages'),
  ...moved('result.free_text_ids', 'words.read.free_text_ids'),
  ...moved('result.field_ids', 'words.read.field_ids'),
  'words.read.named': 'The request named the source that was read.',
  'words.act':
    'What it was told to do; only of a call that changes something or fetches an address, and obeyed nothing that its own agent had read.',
  'words.act.write': 'It changes something.',
  'words.act.object_tokens': 'Hashes of the words of the tool’s name.',
  'words.act.name_ids': 'Hashes of the names by which texts call the tool.',
  ...moved('args.items', 'words.act.items'),
  ...moved('task.purpose', 'words.act.purpose'),
  'words.act.known_ids': 'Identifiers of it that its agent’s benign calls had used before.',
  'words.act.habit': 'Its agent often used the tool for such requests.',
};

const CAPABILITIES = only(['capabilities'], EVENT);

export const FLOW: Meanings = {
  ...CAPABILITIES,
  tenant_id: 'Whose event it is.',
  fp: 'Fingerprint of the value.',
  kind: 'What kind of value; `root_key` for the key of a piece of work.',
  event_id: 'The call in which it was seen.',
  chain_id: 'The piece of work.',
  agent_uid: 'Who made the call.',
  direction: '`produced`: it stood in a result or was written; `used`: it stood in arguments.',
  event_time: 'When.',
  capabilities: 'What the call could do.',
  by: 'Since 1.1: how the call had it: in its result, in arguments that it wrote somewhere or only used, as the credential that it called with or created; a root key by carrying it, or by handing work over under it. Since 1.2: `under` a hand-over that is not the root, to whom it gave access (`granted`), as whoever got it (`grantee`). Since 1.4: `principal`, for whom it was made.',
  object: 'Since 1.1: the resource that the value was written to or read from.',
  assurance: 'Since 1.1: the weakest of who acted, with what outcome, and under which key.',
  policy_version: 'Since 1.1: the policy in force for the call.',
  key_rank: 'Since 1.1: of a root key, how strong its kind is; 1 is the strongest.',
  chain_key_rank: 'Since 1.1: the same of the key that gave the call its chain.',
  chain_key_proven:
    'Since 1.1: whether that key is proven; two proven ones are never joined by a weaker.',
};

export const LINK: Meanings = {
  ...CAPABILITIES,
  tenant_id: 'Whose events they are.',
  chain_id: 'The piece of work that imports it: that of the later call.',
  from_event: 'The earlier call.',
  from_chain_id: 'Its piece of work.',
  to_event: 'The later call.',
  via: 'By what they are linked.',
  strength: 'A rank inside the kind’s band, not a probability.',
  hops: 'Links between the call of the capabilities and the earlier call; bounded.',
  capabilities: 'What was exercised on the way, a bounded summary.',
  withdrawn: 'A late record took the ground away.',
  event_time: 'Of the later call.',
  fp: 'Since 1.1: what links them: the fingerprint of a value or a credential, or a root key.',
  method: 'Since 1.1: how each call had it; see `by` of a [value flow](value-flow.md).',
  'method.from': 'How the earlier call had it.',
  'method.to': 'How the later call had it.',
  from_agent_uid: 'Since 1.1: who made the earlier call.',
  assurance: 'Since 1.1: the weaker of both calls.',
  hub: 'Since 1.1: no link, but the news that the value links nothing: it is seen in too many chains.',
  ask: 'Since 1.3: no link, but a record of the chain to itself: what it amounts to is asked again.',
  hub_times: 'Since 1.1: of such news, when the value was too common: all that is known of it.',
  'hub_times[].from': 'For uses after this time,',
  'hub_times[].until': 'up to and including this one.',
  'hub_times[].except': 'Agents to which it was common at other times: they showed it themselves.',
  'hub_times[].except[].agent_uid': 'Which agent.',
  'hub_times[].except[].from': 'For its uses after this time,',
  'hub_times[].except[].until': 'up to and including this one; none when both are equal.',
  hub_times_proven:
    'Since 1.9: when it was so among proven observations alone, as links between proven calls ask; absent where that is no other.',
  'hub_times_proven[].from': 'For uses after this time,',
  'hub_times_proven[].until': 'up to and including this one.',
  'hub_times_proven[].except':
    'Agents to which it was common at other times: they showed it themselves.',
  'hub_times_proven[].except[].agent_uid': 'Which agent.',
  'hub_times_proven[].except[].from': 'For its uses after this time,',
  'hub_times_proven[].except[].until': 'up to and including this one; none when both are equal.',
  calls:
    'Since 1.1: the earlier call (first) and what leads to it, as its own chain holds them. Absent while the link is on its way there.',
  ...prefixed('calls[]', STEP),
  edges: 'Since 1.1: the links among these calls, and from them to the later call.',
  'edges[].from_event': 'Where it begins.',
  'edges[].to_event': 'Where it ends.',
  'edges[].via': 'By what they are linked.',
  'edges[].strength': 'A rank inside the kind’s band, in hundredths.',
  'edges[].doubtful': 'Its order is not known.',
  'edges[].assurance': 'How far it is proven.',
  'edges[].through_event': 'The hand-over without which it would not hold.',
  'edges[].round':
    'In which round of telling on from chain to chain it is known; nothing of a later round decides about it.',
  calls_truncated: 'Since 1.1: more leads to the earlier call than is told.',
  unreported: 'Since 1.2: of such, whose calls are not told, the first by name.',
  'unreported[].agent_uid': 'Which agent.',
  'unreported[].since': 'When the earliest of them was made.',
  'unreported[].symbols': 'What they could do, the first few.',
};

export const PARTIAL: Meanings = {
  tenant_id: 'Whose agents they are.',
  peer_group: 'The group that is compared.',
  agent_uid: 'Whose calls were counted.',
  window_start: 'Beginning of the time that was counted.',
  counts:
    'By feature and value (`first_tool/` and a fingerprint, `acting_hours/` and the hour), how often.',
  reported_at:
    'Since 1.5: the agent’s clock at the call that told it. Snapshots take it in by its day.',
  day_maxima:
    'Since 1.5: by feature, 500 × ln(1 + the largest of a day) of the agent’s finished days, oldest first.',
};

export const SNAPSHOT: Meanings = {
  tenant_id: 'Whose agents they are. Nothing is pooled across tenants.',
  peer_group:
    'Role (else class), framework and version; without version; the role or class alone; `*`: all registered agents of the tenant.',
  version: 'The day up to which it was told. The first record of a version counts.',
  effective_from: 'Calls from here on use it, and none before.',
  since: 'The earliest day that any of these agents told of; it holds who told within 30 days.',
  agents: 'Agents whose days it holds.',
  volumes: 'By feature, what is usual of the largest of a day.',
  'volumes.*.agents': 'Agents with days enough.',
  'volumes.*.days': 'Days of all of them.',
  'volumes.*.median': 'Of ln(1 + largest), each agent weighing the same.',
  'volumes.*.scale': 'How far days lie above it.',
  values: 'By feature (tool, effect, target), which values agents have.',
  'values.*.agents': 'Agents that have any.',
  'values.*.alone': 'Values that one agent alone has.',
  'values.*.usual':
    'Since 1.6: by fingerprint, how many agents met it on two days or more; below three it is left out.',
  'values.*.known': 'By fingerprint of the value, how many agents have it.',
  hours: 'By hour of the day (UTC), how many agents have acted in it.',
};
