/** Reference pages from the validating schemas (`npm run docs:generate`). */

import { TARGET_LEVELS } from '../commands/target.ts';
import { HEADERS } from '../crypto/headers.ts';
import {
  type DocumentedContract,
  fieldsOf,
  INTERNAL_CONTRACTS,
  MEANINGS,
  type SchemaField,
} from '../meanings/index.ts';
import { TOPICS, type Topic } from '../records/topics.ts';
import { CAPABILITY_SYMBOLS, CAPABILITY_VERSION, isPrivileged } from '../vocabulary/capability.ts';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';
import {
  DEAD_LETTER_HEADER_MEANINGS,
  DERIVED_IDS,
  EXTRAS,
  HEADER_MEANINGS,
  RECORD_PLACES,
} from './reference-words.ts';

const MADE = '<!-- npm run docs:generate -->';
const BACKTICK_PIPE = /\|/g;

function cell(text: string): string {
  return text.replace(BACKTICK_PIPE, '\\|').replaceAll('\n', ' ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function listed(schema: JsonSchema, key: string): readonly JsonSchema[] {
  const list = schema[key];
  return Array.isArray(list) ? list : [];
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function rangeOf(schema: JsonSchema, least: string, most: string): string {
  const [min, max] = [schema[least], schema[most]];
  // zod's own bounds limit nothing.
  const cap = typeof max === 'number' && max < Number.MAX_SAFE_INTEGER ? ` ≤ ${max}` : '';
  return typeof min === 'number' && min > 0 ? ` ≥ ${min}${cap}` : cap;
}

export function typeOf(schema: JsonSchema): string {
  const branches = [...listed(schema, 'anyOf'), ...listed(schema, 'oneOf')];
  if (branches.length > 0) return [...new Set(branches.map(typeOf))].join(' or ');
  if (schema['const'] !== undefined) return `\`${String(schema['const'])}\``;
  if (schema['enum'] !== undefined) return 'enum';
  const pattern = schema['pattern'];
  switch (schema['type']) {
    case 'string':
      if (typeof pattern === 'string' && pattern.includes('T\\d{2}')) return 'time';
      if (typeof pattern === 'string' && pattern.includes('ms|s|m|h|d')) return 'duration';
      if (typeof pattern === 'string' && pattern.startsWith('^([0-9a-fA-F]{8}')) return 'UUID';
      if (typeof pattern === 'string' && pattern === '^\\d{4}-\\d{2}-\\d{2}$') return 'date';
      return 'text';
    case 'array':
      return `list of ${isSchema(schema['items']) ? typeOf(schema['items']) : 'values'}${rangeOf(schema, 'minItems', 'maxItems')}`;
    case 'object':
      return isSchema(schema['properties']) ? 'object' : 'map';
    case 'integer':
    case 'number':
      return `${schema['type']}${rangeOf(schema, 'minimum', 'maximum')}`;
    case 'boolean':
    case 'null':
      return String(schema['type']);
    default:
      return 'anything';
  }
}

function quoted(values: readonly unknown[]): string {
  return values.map((value) => `\`${String(value)}\``).join(', ');
}

const BRIEF_WORDS = { min: 4, max: 11 };

/** A long one ends at a comma. */
export function briefly(meaning: string): string {
  const text = meaning.replace(/^Since \d+\.\d+[:,] */, '').replace(/ ?\([^()]*\)/g, '');
  const end = /(?<=[^.\s]{2}|`)[.;](?=\s|$)/.exec(text)?.index ?? text.length;
  const first = text.slice(0, end).trim();
  const words = first.split(' ');
  const commas = words
    .slice(0, BRIEF_WORDS.max)
    .map((word, at) => (word.endsWith(',') ? at + 1 : 0))
    .filter((length) => length >= BRIEF_WORDS.min);
  const length = words.length > BRIEF_WORDS.max ? (commas.at(-1) ?? words.length) : words.length;
  const short = words.slice(0, length).join(' ').replace(/,$/, '');
  return `${short.charAt(0).toUpperCase()}${short.slice(1)}.`;
}

/** Longer ones stand once. */
const VALUES_SHOWN_MAX = 12;

function vocabularyOf(schema: JsonSchema, isWhole: boolean): string {
  const inner = isSchema(schema['items']) ? schema['items'] : schema;
  const closed = [inner, ...listed(inner, 'anyOf')].flatMap((one) => listed(one, 'enum'));
  if (closed.length > 0) return ` One of: ${quoted(closed)}.`;
  const open = listed(inner, 'examples');
  if (open.length > VALUES_SHOWN_MAX && !isWhole) return '';
  return open.length > 0 ? ` Known: ${quoted(open)}.` : '';
}

function defaultOf(schema: JsonSchema): string {
  const value = schema['default'];
  if (value === undefined || value === null) return '';
  const text = JSON.stringify(value);
  return text === '{}' || text === '[]' || text.length > 60 ? '' : ` Default: \`${text}\`.`;
}

function fieldRow({ path, schema, required }: SchemaField): readonly string[] {
  const meaning = briefly(String(schema['description'] ?? ''));
  const type = typeOf(schema);
  const isWhole = !path.includes('.');
  return [
    `\`${path}\`${required ? '*' : ''}${type === 'text' ? '' : ` ${type}`}`,
    `${meaning}${vocabularyOf(schema, isWhole)}${defaultOf(schema)}`,
  ];
}

function shownFields(name: DocumentedContract): readonly SchemaField[] {
  const seen = new Set<string>();
  const embedded = RECORD_PLACES[name].embedded ?? [];
  return fieldsOf(jsonSchemaOf(name)).filter(({ path }) => {
    if (seen.has(path) || embedded.some((one) => path.startsWith(`${one}.`))) return false;
    seen.add(path);
    return true;
  });
}

/** Not those of `extend`. */
function rowsOf(name: DocumentedContract): readonly (readonly string[])[] {
  const { extend } = RECORD_PLACES[name];
  const inherited = new Set(
    extend === undefined ? [] : shownFields(extend).map(({ path }) => path),
  );
  return shownFields(name)
    .filter(({ path }) => !inherited.has(path))
    .map(fieldRow);
}

function contractPage(name: DocumentedContract): string {
  const schema = jsonSchemaOf(name);
  const { place, see } = RECORD_PLACES[name];
  return [
    MADE,
    `# ${String(schema['title'])}`,
    `${briefly(String(schema['description']))} ${place}`,
    `[JSON Schema](../../schemas/json/${name}.schema.json). ${see}`,
    table(['field, type', 'meaning'], rowsOf(name)),
    ...(EXTRAS[name] === 'levels' ? [levelTable()] : []),
    '',
  ].join('\n\n');
}

function levelTable(): string {
  const rows = Object.entries(TARGET_LEVELS).map(([level, entry]) => {
    const one = 'oneOf' in entry ? [`exactly one of ${quoted(entry.oneOf)}`] : [];
    const ids = entry.ids.length > 0 ? [quoted(entry.ids)] : one;
    return [`\`${level}\``, ids.join(', '), quoted(entry.actions)];
  });
  return [
    '## Levels',
    'Beside `tenant_id` and `agent_uid` a target holds exactly the ids of its level: one too few or too many makes the command invalid. `hold_payment` needs `payment_id` too; `restore` goes with every level.',
    table(['level', 'ids', 'actions'], rows),
  ].join('\n\n');
}

function topicTable(): string {
  const rows = Object.values(TOPICS).map((topic: Topic) => [
    `\`${topic.name}\``,
    topic.keyOf,
    topic.protection.toUpperCase(),
    [topic.singlePartition ? '1 partition' : '', topic.compacted ? 'compacted' : '']
      .filter((word) => word !== '')
      .join(', '),
  ]);
  return table(['topic', 'key', 'protection', 'kept'], rows);
}

const DEAD_LETTER_TEXT =
  'What ingest could not take, with why: nothing that was sent is dropped without a trace.';

/** Sealed bytes and headers. */
function deadLetterPage(): string {
  const general = (
    ['type', 'deadReason', 'deadDetail', 'deadSource', 'producedAt', 'keyId'] as const
  ).map((id) => [`\`${HEADERS[id]}\``, HEADER_MEANINGS[id]]);
  const own = DEAD_LETTER_HEADER_MEANINGS.map(([header, meaning]) => [`\`${header}\``, meaning]);
  return [
    MADE,
    '# Dead letter',
    `${DEAD_LETTER_TEXT} Topic \`${TOPICS.auditDeadletter.name}\`, key: ${TOPICS.auditDeadletter.keyOf}; table \`dead_letters_v1\`, without the bytes.`,
    'What to do with them: [operating it](../guide-operate.md#dead-letters). Every reason code: [reference-ingest](../reference-ingest.md#why-a-line-is-set-aside).',
    '## Value',
    'The original bytes, sealed with AES-256-GCM under a key of ingest: one byte version (1), 12 bytes nonce, 16 bytes tag, then the ciphertext. The nonce is a keyed hash of the body, so that the same body gives the same bytes. Empty where the line was too long to be held, and of a mark. Open one with `waywarden deadletter show ID`.',
    '## Headers',
    table(['header', 'meaning'], [...general, ...own]),
    'A **mark** is a record of the same topic without a value: it says that a letter was sent again and what came of it, so that none is sent twice.',
    '',
  ].join('\n\n');
}

/** Their JSON Schema is enough. */
const WITHOUT_PAGE: ReadonlySet<string> = new Set([
  ...INTERNAL_CONTRACTS,
  'catalogue',
  'control-record',
  'verdict-control',
  'watermark',
]);

function contractRows(isInternal: boolean): readonly (readonly string[])[] {
  return Object.keys(MEANINGS)
    .filter((name) => INTERNAL_CONTRACTS.has(name) === isInternal)
    .map((name) => {
      const schema = jsonSchemaOf(name as DocumentedContract);
      const page = WITHOUT_PAGE.has(name) ? `../../schemas/json/${name}.schema.json` : `${name}.md`;
      return [`[${String(schema['title'])}](${page})`, briefly(String(schema['description']))];
    });
}

function indexPage(): string {
  const headers = Object.entries(HEADERS).map(([id, header]) => [
    `\`${header}\``,
    HEADER_MEANINGS[id as keyof typeof HEADERS],
  ]);
  return [
    MADE,
    '# Reference of the contracts',
    'What other programs may rely on, field by field, made from the schemas. What is promised about them: [contracts](../contracts.md).',
    'Paths: `.` enters an object, `[]` the items of a list, `.*` the values of a map. `*` after a field: required when the object that holds it is there. Without a type a field is text. Unknown fields are tolerated, and values beside those after `Known:`. The JSON Schemas hold every meaning and every length in full.',
    table(['contract', 'what'], contractRows(false)),
    '## Between our own stages',
    'Other programs may read these and must not write them; the broker’s rights close their topics. Their JSON Schema is their reference.',
    table(
      ['contract', 'what'],
      [...contractRows(true), ['[Dead letter](dead-letter.md)', DEAD_LETTER_TEXT]],
    ),
    '## Topics',
    'Parts of a key are joined by `|`; a tenant id holds none. ACL: the broker’s; MAC: header `ww_mac`; JWS: header `ww_sig`.',
    topicTable(),
    '## Headers',
    table(['header', 'meaning'], headers),
    '## Capability symbols',
    `Version ${CAPABILITY_VERSION}: \`<verb>:<object>\`, optionally \`@prod\` or \`@nonprod\`. You may add symbols. In grants \`read:*\` and \`*\` are wildcards; a grant for one environment does not contain a symbol whose environment is unknown.`,
    `Privileged: ${quoted(CAPABILITY_SYMBOLS.filter((symbol) => isPrivileged(symbol)))}.`,
    `Others: ${quoted(CAPABILITY_SYMBOLS.filter((symbol) => !isPrivileged(symbol)))}.`,
    '## Derived ids',
    'UUIDv5 in the namespace UUIDv5(URL namespace, `https://waywarden.dev/ns`) over the type’s name and the parts, joined by `|`. Test vectors for other languages: [derived-ids.json](../../schemas/vectors/derived-ids.json).',
    table(['id', 'name and parts'], DERIVED_IDS),
    '',
  ].join('\n\n');
}

export function referencePages(): ReadonlyMap<string, string> {
  const names = Object.keys(MEANINGS) as readonly DocumentedContract[];
  const published = names.filter((name) => !WITHOUT_PAGE.has(name));
  const pages = published.map((name) => [`${name}.md`, contractPage(name)] as const);
  return new Map([['README.md', indexPage()], ['dead-letter.md', deadLetterPage()], ...pages]);
}
