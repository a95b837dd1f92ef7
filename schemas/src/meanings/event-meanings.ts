import {
  EFFECTS,
  ITEM_CLASSES,
  KNOWN_ACTIVITIES,
  PASSAGE_KINDS,
} from '../vocabulary/event-vocabulary.ts';
import type { Meanings } from './meaning.ts';

const IDENTITY: Meanings = {
  schema_version: 'Version of this contract.',
  event_id: 'Derived from tenant, source, agent, native id and phase (see Ids); set by ingest.',
  native_id:
    'The id that the source gives the event. With it a repeat is recognised; without it the hash of the received body takes its place.',
  call_uid: 'Pairs the `requested` and the `completed` event of one call.',
  event_time:
    'When it happened, by the source: RFC 3339 with a zone, up to nanoseconds. A time that is too far ahead or behind is clamped and marked.',
  event_time_quality:
    'How far the time may be trusted: `measured`; `coarse` (whole seconds or worse); `synthetic` (made from order, so that no rate or hour is judged).',
  duration_ms: 'How long the call took, in milliseconds.',
  observed_time: 'When ingest received it; set by ingest.',
  source: 'Who sends: a gateway, a collector, a file.',
  'source.kind': 'What it is, such as `gateway` or `otlp_span`. The token decides it.',
  'source.instance': 'Which one. The token decides it; a body that says otherwise is refused.',
  'source.seq': 'The source’s own running number; a gap shows that something was lost.',
  tenant_id: 'Whose event it is; set by ingest from the token. Holds no `|`.',
  activity: { text: 'What kind of thing was done.', known: KNOWN_ACTIVITIES },
  phase: '`requested` before, `completed` after. Only completed calls are counted.',
  effect: 'What the call does to the world; from the tool catalogue unless the token may say it.',
  agent: 'Who acted.',
  'agent.uid':
    'The agent’s identity, the same in every event: a SPIFFE ID, a client id, `agent/name`. Profiles, grants and commands hang on it.',
  'agent.assurance':
    'How the identity was earned, strongest first: `attested` (workload identity), `authenticated` (token or credential), `asserted` (the sender says so), `inferred`, `unresolved`. Set by ingest.',
  'agent.uid_source':
    'From what the identity was read, such as `svid` or `token`; only where the sender proves as much.',
  'agent.name': 'A name for people; nothing is decided by it.',
  'agent.version': 'Release of the agent’s code.',
  'agent.instance_uid': 'Which running copy of the agent.',
  'agent.framework': 'What it is built with, such as `langgraph`.',
  'agent.class':
    'What the event says of its autonomy. Evidence only: the registry decides the class.',
  claims: 'How far each thing that the event says is proven; set by ingest from token and body.',
  'claims.task': 'Of `task.id`.',
  'claims.workflow': 'Of `task.workflow`.',
  'claims.principal': 'Of `principal`.',
  'claims.delegation': 'Of `delegation`.',
  'claims.trace': 'Of `trace_id`.',
  'claims.conversation': 'Of `conversation_id` and the turn.',
  'claims.approval': 'Of `approval`.',
  'claims.outcome': 'Of `outcome`.',
  'claims.class': 'Of `agent.class`.',
};

const CONTEXT: Meanings = {
  principal: 'For whom the agent acts.',
  'principal.uid': 'The person’s or service’s identity.',
  'principal.type': { text: 'What it is.', known: ['human', 'service'] },
  credential: 'What the agent authenticated with. Never the credential itself.',
  'credential.uid':
    'Its id, such as a token’s `jti`; what `revoke_token` at level credential names.',
  'credential.type': 'What it is, such as `access_token` or `api_key`.',
  'credential.issued_at': 'Start of its validity.',
  'credential.expires_at': 'End of its validity.',
  'credential.task_id': 'The task for which it was issued.',
  'credential.fp': 'Keyed fingerprint, by which a secret read in a result is met again in use.',
  'credential.parent_uid': 'The credential from which it was derived.',
  scopes: 'Scopes of the credential; the registry’s `scope_map` says which capabilities they are.',
  delegation: 'Who handed the work to this agent.',
  'delegation.root_agent_uid': 'The agent at the start of the hand-overs.',
  'delegation.parent_agent_uid': 'The agent that handed over.',
  'delegation.depth': 'Number of hand-overs so far.',
  'delegation.chain': 'The hand-overs, first to last.',
  'delegation.chain[].agent_uid': 'Who handed over.',
  'delegation.chain[].via': 'By what, such as `act_claim`.',
  'delegation.chain[].ref': 'The `native_id` of the event of the hand-over.',
  'delegation.chain[].assurance':
    'Since 1.12: how far this hop is believed; absent: as the claim `delegation`. Set by ingest from a verified token.',
  conversation_id: 'The conversation that the call belongs to.',
  conversation_turn: 'Rises with each request of a person.',
  chain_id:
    'The piece of work: hash of the strongest root key (task run, delegation root, trace, conversation and turn; proven before asserted). Set by ingest.',
  task: 'The piece of work, as its orchestrator names it.',
  'task.id': 'One run of the work. Commands at level task name it.',
  'task.workflow': 'Name of the workflow, as in the registry.',
  'task.subjects': 'Whom the task is about: customer, employee, patient.',
  'task.subject_fps':
    'Since 1.7: fingerprints of the subjects as of destinations, by which a send to one of them is known as that. Set by ingest.',
  'task.deadline': 'When the task must be over.',
  'task.request':
    'What the agent was asked to do, in clear; at most 65,536 characters are read. Ingest derives `purpose` and drops the words. Without it nothing can be said about obeying other text.',
  'task.purpose': 'What the request asks for, without its words.',
  'task.purpose.terms': { text: 'Effects that it asks for.', known: EFFECTS },
  'task.purpose.tokens': 'Hashes of its words, salted by chain.',
  'task.purpose.values': 'Fingerprints of the values that it names.',
  'task.purpose.delegates': 'It says that what is to be done, or with what, stands in some source.',
  'task.purpose.sources':
    'Hashes of the words that name sources: paths, addresses, what is quoted.',
  'task.purpose.text_hash': 'Keyed hash of the whole text.',
  trace_id: 'Trace of the call, as in OpenTelemetry.',
  span_id: 'Span of the call.',
  parent_span_id: 'Span of its caller.',
};

const CALL: Meanings = {
  tool: 'What was called. A tool call needs it.',
  'tool.name': 'The tool’s name, as its server lists it.',
  'tool.server': 'The server that offers it.',
  'tool.type': 'How it is reached, such as `mcp` or `http`.',
  'tool.call_id': 'The model’s id of the call.',
  'tool.definition_hash': 'Hash of the tool’s definition, by which a silent change shows.',
  'tool.description': 'The tool’s description; read by ingest and not kept.',
  'tool.object_tokens': 'Hashes of the words of the tool’s name, salted by chain; derived.',
  'tool.name_ids':
    'Since 1.11: hashes of the names by which texts call the tool, keyed by tenant; derived.',
  'tool.passages':
    'Since 1.11: passages of the tool’s description that are marked as planted; derived.',
  'tool.passages[].actions': { text: 'As in `result.passages`.', known: EFFECTS },
  'tool.passages[].tokens': 'As in `result.passages`.',
  'tool.passages[].kind': { text: 'As in `result.passages`.', known: PASSAGE_KINDS },
  'tool.passages[].ids': 'As in `result.passages`.',
  'tool.passages[].mark': 'As in `result.passages`.',
  'tool.passages[].meta': 'As in `result.passages`.',
  'tool.action': 'Until 1.10: action group of the tool’s name; neither set nor read any more.',
  target: 'What it acted on.',
  'target.system': 'The system, such as `mail` or `crm`.',
  'target.resource_type': 'Kind of thing. `agent` for a hand-over.',
  'target.resource_id':
    'Which one. For send, publish and pay the destination, which is kept as a fingerprint with its domain apart.',
  'target.owner_uid': 'Whose it is.',
  'target.owner_fp':
    'Since 1.7: fingerprint of the owner as of a destination, by which a send to the owner is known as that. Set by ingest.',
  'target.sensitivity': 'How confidential it is, least first.',
  'target.environment': 'Where it stands; `prod` and `nonprod` match capabilities and grants.',
  capabilities: 'What the call can do, by the tool catalogue unless the token may say it.',
  'capabilities[].symbol':
    'A capability symbol: `<verb>:<object>`, optionally `@prod` or `@nonprod`.',
  'capabilities[].basis':
    'Who says so, strongest first: `operator` (your registry), `catalogue`, `annotation` (the tool server’s), `inferred` (from its name; never enough for an automatic command).',
  catalogue_version: 'The tool catalogue that decided effect and capabilities.',
  args: 'What was passed. Values leave ingest only as keyed fingerprints.',
  'args.value': 'The arguments in clear, any JSON. Ingest derives the rest and drops them.',
  'args.hash': 'Keyed hash of the whole.',
  'args.shape': 'Names and types, as `to:string`.',
  'args.size': 'Size as JSON, in bytes.',
  'args.values': 'Values that may turn up elsewhere: addresses, accounts, URLs, secrets.',
  'args.values[].fp': 'Keyed fingerprint of the canonical form.',
  'args.values[].kind': 'Kind of value, such as `email` or `iban`.',
  'args.values[].path': 'Which argument it stood in.',
  'args.items': 'The arguments one by one, for the comparison with request and results.',
  'args.items[].path': 'Which argument.',
  'args.items[].class': { text: 'Length of it.', known: ITEM_CLASSES },
  'args.items[].tokens': 'Hashes of its words, salted by chain.',
  'args.items[].ids': 'Hashes of the identifiers in it, keyed by tenant.',
  'args.items[].id_like': 'It looks like an identifier as a whole.',
  'args.items[].secret': 'Until 1.10: it looks like a secret; neither set nor read any more.',
  'args.values_truncated': 'A limit was reached: not all values were kept.',
  'args.features':
    'Derived facts, such as `records`, `dry_run` (somebody other than the caller says that the tool honours it), `dry_run_claimed` (only the caller says so), `destination_domain`.',
  'args.outside_fps':
    'Since 1.8: of a call to several destinations, fingerprints of all that are outside the organisation, by which a send to its subjects with a copy to colleagues is known as that. Left out where there are too many. Set by ingest.',
  result: 'What came back.',
  'result.value': 'The result in clear, any JSON. Ingest derives the rest and drops it.',
  'result.size': 'Size as JSON, in bytes.',
  'result.is_error': 'The tool reported an error.',
  'result.trust':
    'Who can write such text: `trusted` (a system of record), `untrusted` (outsiders: mail, web, files, tickets), `unknown`.',
  'result.values': 'As in `args.values`.',
  'result.values[].fp': 'Keyed fingerprint of the canonical form.',
  'result.values[].kind': 'Kind of value.',
  'result.values[].instructed': 'It stood in text that reads like an instruction.',
  'result.values[].in': 'Where it stood, such as `text` or `field`.',
  'result.passages': 'Passages that are marked as planted or give orders, the most marked kept.',
  'result.passages[].actions': { text: 'Effects that it speaks of.', known: EFFECTS },
  'result.passages[].mark':
    'Since 1.11: how probable it is, by how it talks, that it was planted for an agent; 0 to 1.',
  'result.passages[].meta':
    'Until 1.10: what marks it as talking to the agent; neither set nor read any more.',
  'result.passages[].tokens': 'Hashes of its words, salted by chain.',
  'result.passages[].kind': { text: 'Asks, or only speaks of it.', known: PASSAGE_KINDS },
  'result.passages[].ids': 'Hashes of the identifiers in it.',
  'result.values_truncated': 'A limit was reached: not all values were kept.',
  'result.features':
    'Derived facts, such as `records`; `unread_language` where its language is not read.',
  'result.free_text_ids': 'Hashes of identifiers met in free text.',
  'result.field_ids': 'Hashes of identifiers met in fields of their own.',
};

const AROUND: Meanings = {
  fp_version: 'Version of the canonical forms behind the fingerprints.',
  key_id: 'Key of the fingerprints; those of two keys can’t be compared.',
  outcome: 'How it ended. `denied` is an attempt: it counts as no exercise.',
  error: 'What went wrong.',
  'error.type': 'Class of the error.',
  'error.code': 'Its code.',
  policy: 'What a policy engine before the call decided.',
  'policy.decision': 'Its decision, such as `allow`.',
  'policy.id': 'The rule that decided.',
  'policy.engine': 'The engine.',
  approval: 'Who let the call through.',
  'approval.mode':
    '`none` (nobody asked), `auto`, `policy`, `human`, or `bypassed` (one was due and was left out).',
  'approval.uid':
    'Since 1.1: names this decision: each call that a person approves has one of its own, or each trigger or change where the class of the agent has that approved as a whole.',
  'approval.by': 'Who approved.',
  'approval.latency_ms':
    'How long the approver took, in milliseconds. More than 366 days is no length of time: ingest tells it in `unmapped` and leaves it out.',
  'approval.args_hash':
    'Hash of the arguments that were shown to the approver, made as `args.hash` is, or `sha256:` over their RFC 8785 form. Of arguments sent in clear it is compared once one of the source agreed.',
  model: 'The model behind the call.',
  'model.provider': 'Who offers it.',
  'model.name': 'Which one.',
  'model.tokens_in': 'Tokens read.',
  'model.tokens_out': 'Tokens written.',
  src: 'Where the call came from.',
  'src.ip': 'Address.',
  'src.user_agent': 'User agent.',
  transport: 'How it was carried, such as `http` or `stdio`.',
  labels: 'The source’s own labels; shown, never decided on.',
  unmapped: 'Fields that this contract lacks, or that the token does not allow; at most 32.',
};

export const EVENT: Meanings = { ...IDENTITY, ...CONTEXT, ...CALL, ...AROUND };
