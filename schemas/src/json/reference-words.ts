/** Words of the reference pages that belong to no field. */
import type { HEADERS } from '../crypto/headers.ts';
import type { DocumentedContract } from '../meanings/index.ts';

interface RecordPlace {
  readonly place: string;
  readonly see: string;
  readonly embedded?: readonly string[];
  /** Its fields too. */
  readonly extend?: DocumentedContract;
}

/** As sent only with `trust_fields`. */
const DERIVED_FIELDS = [
  'task.purpose',
  'tool.passages[]',
  'args.items[]',
  'args.values[]',
  'result.values[]',
  'result.passages[]',
];

export const RECORD_PLACES: Readonly<Record<DocumentedContract, RecordPlace>> = {
  'input-event': {
    place: 'Over HTTP to `/v1/events`, or in a file.',
    see: 'How to send: [guide-send-events](../guide-send-events.md); every answer and limit: [reference-ingest](../reference-ingest.md). Only `event_time`, `activity`, `agent.uid` and, of a tool call, `tool.name` must be there. What ingest derives by itself (hashes of words, fingerprints, passages) only the JSON Schema lists.',
    embedded: DERIVED_FIELDS,
  },
  'audit-event': {
    place: 'Topic `waywarden.audit.events.v1`, table `audit_events_v1`.',
    see: 'Beside these it has the fields of the [input event](input-event.md), some required.',
    embedded: DERIVED_FIELDS,
    extend: 'input-event',
  },
  alert: {
    place: 'Topic `waywarden.alerts.v1`, `GET /v1/alerts`, table `alerts_v1`.',
    see: 'How to read one: [guide-analyst](../guide-analyst.md).',
  },
  decision: {
    place: 'Topic `waywarden.decisions.v1`, `GET /v1/decisions`, table `decisions_v1`.',
    see: 'Why something was withheld, in words: [guide-policy](../guide-policy.md). `would_be_command` is a [command](revocation-command.md).',
    embedded: ['would_be_command'],
  },
  'revocation-command': {
    place:
      'Topic `waywarden.revocation.commands.v1`, `GET /v1/commands`, table `revocation_commands_v1`.',
    see: 'How to obey one: [revocation consumer](../../packages/revocation-consumer/README.md#commands).',
    embedded: ['at_expiry.target'],
  },
  'enforcement-notice': {
    place:
      'Topic `waywarden.revocation.commands.v1`, as a record of type `control`, signed as commands are.',
    see: 'What a receiver does with it: [revocation consumer](../../packages/revocation-consumer/README.md#commands).',
  },
  'triage-record': {
    place: 'Topic `waywarden.triage.v1`.',
    see: 'Who may do what: [guide-console](../guide-console.md). It changes no response: closed or suppressed, an alert is decided on as ever.',
  },
  receipt: {
    place: 'Topic `waywarden.revocation.receipts.v1`, table `revocation_receipts_v1`.',
    see: 'How to write one: [revocation consumer](../../packages/revocation-consumer/README.md#receipts).',
  },
  registry: {
    place: 'A YAML file, published into topic `waywarden.registry.v1`.',
    see: 'How to write it: [guide-registry](../guide-registry.md). An approval’s `envelope` takes the keys of its workflow’s.',
    embedded: ['workflows[].approvals[].envelope'],
  },
  policy: {
    place: 'A YAML file, published into topic `waywarden.registry.v1`.',
    see: 'How to write it: [guide-policy](../guide-policy.md); keys of `combinations[]`: [reference-combinations](../reference-combinations.md). `classes.*.environments.*` takes the keys of `classes.*`.',
    embedded: ['classes.*.environments.*', 'combinations[]'],
  },
  catalogue: {
    place: 'YAML files in `services/ingest/catalogue`.',
    see: 'Your own entries go into the [registry](registry.md)’s `tools`.',
  },
  'control-record': {
    place:
      'In every partition of `waywarden.audit.events.v1` and of what stages write, `ww_type` control.',
    see: 'The files: [policy](policy.md), [registry](registry.md).',
    embedded: ['policy', 'registry'],
  },
  'verdict-control': {
    place: 'In every partition of `waywarden.audit.events.v1`, `ww_type` control; not forwarded.',
    see: 'What it does: [guide for analysts](../guide-analyst.md).',
  },
  watermark: {
    place:
      'In every partition of `waywarden.audit.events.v1` and of what stages write, `ww_type` watermark.',
    see: '',
  },
  'privilege-step': {
    place: 'Topic `waywarden.privilege.steps.v1`, from the profile stage to the assembly stage.',
    see: 'What is decided by it: [reference-combinations](../reference-combinations.md).',
  },
  'value-flow': {
    place:
      'Topic `waywarden.value.flows.v1`, which is there and to which nothing is written yet (the flow stage).',
    see: '',
  },
  'privilege-link': {
    place:
      'Topic `waywarden.privilege.links.v1`, which is there and to which nothing is written yet (the flow stage).',
    see: '',
  },
  'baseline-partial': {
    place:
      'Topic `waywarden.baseline.partials.v1`, from the profile stage to the aggregate stage: of each registered agent once a day on which it acts.',
    see: '',
  },
  'baseline-snapshot': {
    place:
      'Topic `waywarden.baseline.snapshots.v1`, one partition, from the aggregate stage to the sequencer; with `kind` `baseline` and a number in every partition of `waywarden.audit.events.v1`, `ww_type` control.',
    see: 'What is made of it: [reference-detection](../reference-detection.md).',
  },
  'journal-entry': {
    place: 'Topic `waywarden.response.journal.v1`, one partition: what the responder decides by.',
    see: '`alert`, `receipt`, `control` and `watermark` hold an [alert](alert.md), a [receipt](receipt.md), a [control record](control-record.md) and a [watermark](watermark.md).',
    embedded: ['alert', 'receipt', 'control', 'watermark'],
  },
};

export const EXTRAS: Readonly<Partial<Record<DocumentedContract, 'levels'>>> = {
  'revocation-command': 'levels',
};

export const HEADER_MEANINGS: Readonly<Record<keyof typeof HEADERS, string>> = {
  contentType: 'Media type of the value: JSON.',
  ceSpecversion: 'CloudEvents 1.0, Kafka binary mode.',
  ceId: 'Id of the record.',
  ceSource: 'Who wrote it.',
  ceType: 'Which contract it follows.',
  ceSubject: 'What it is about.',
  ceTime: 'Event time, or log time of what was concluded.',
  ceDataschema: '`$id` of its JSON Schema.',
  cePartitionkey: 'The record’s key.',
  type: '`event`, `watermark` or `control`.',
  src: 'The record that caused this one, as `topic/incarnation/partition/offset/index`: the incarnation tells a topic from an earlier one of the same name, the index counts the outputs of that record. A reader keeps the highest mark of each (topic, incarnation, partition) and ignores what is not above it.',
  epoch:
    'Of the journal: epoch of the lease under which a responder wrote it; after a newer one an older is refused.',
  producedAt: 'Wall clock when it was written; outside every comparison.',
  sig: 'Detached JWS over the value: commands, receipts, registry.',
  mac: 'Keyed checksum: alerts, watermarks, control records.',
  keyId: 'The key of signature or checksum.',
  body: 'Of an event: keyed hash of the body that it came from, by which a repeat is told from a conflict.',
  deadReason: 'Of a dead letter: why, one code.',
  deadDetail: 'Of a dead letter: why, a sentence.',
  deadSource: 'Of a dead letter: where the original came from.',
  deadTenant: 'Of a dead letter: whose it is.',
};

export const DERIVED_IDS: readonly (readonly [string, string])[] = [
  [
    '`event_id`',
    '`event`, tenant, `source.kind/source.instance`, agent uid, native id (else the hash of the received body), phase. Where uid or native id holds `|`: the uid’s length in UTF-16 units before the phase.',
  ],
  [
    '`alert_id`',
    '`alert`, tenant, kind, rule id, alert key (the first completing event’s id, with the combination for findings over a chain)',
  ],
  ['`incident_id`', '`incident`, tenant, root-cause key'],
  ['`decision_id`', '`decision`, tenant, alert id, revision, rule id'],
  ['`command_id`', '`command`, tenant, RFC 8785 text of the target, action, containment id'],
];

/** As in `services/ingest/src/adapters/dead-letter-seal.ts`. */
export const DEAD_LETTER_HEADER_MEANINGS: readonly (readonly [string, string])[] = [
  ['ww_dead_line', 'Which line of the request or file, or which element of a list, from 1.'],
  ['ww_dead_tenant', 'Whose token brought it. What could not be read proves no tenant of its own.'],
  ['ww_dead_size', 'Bytes of the original.'],
  ['ww_dead_form', '`event` or `cloudevent`: how it is read when it is sent again.'],
  ['ww_dead_token', 'The token that brought it; sent again, it is believed no further than that.'],
  ['ww_dead_field', 'Where in the event; missing when the whole is meant.'],
  ['ww_dead_redriven', 'Of a mark: which letter was sent again.'],
  ['ww_dead_event', 'Of a mark: the event that came of it.'],
];
