/** Sections of an event; unknown fields go to `unmapped`. */
import {
  type AuditEvent,
  auditEventSchema,
  calledTool,
  type InputEvent,
  inputEventSchema,
  isPlainHash,
  MARKED,
} from '@waywarden/schemas';
import { words } from '../lexicon/fold-word.ts';
import { readResult } from '../text-signals/read-result.ts';
import { nameForm, readTool } from '../text-signals/words.ts';
import type { DerivedFacts } from './call-facts.ts';
import { chainMemo, type DeriveContext, mayClaim } from './derive-context.ts';
import { passagesOf } from './derive-result.ts';
import { inNormalForm } from './event-times.ts';
import { isAmount } from './features.ts';
import type { ChainKeys } from './readings.ts';
import { keepKnown, type Unmapped } from './unmapped.ts';

const { agent, ...event } = auditEventSchema.shape;
const names = (shape: object): ReadonlySet<string> => new Set(Object.keys(shape));
const of = (section: keyof typeof event & Section) => names(event[section].unwrap().shape);

type Section =
  | ('principal' | 'credential' | 'delegation' | 'task' | 'tool' | 'target' | 'args' | 'result')
  | ('error' | 'policy' | 'approval' | 'model' | 'src');

const KNOWN = {
  agent: names(agent.shape),
  ...{ principal: of('principal'), credential: of('credential'), delegation: of('delegation') },
  ...{ task: of('task'), tool: of('tool'), target: of('target'), args: of('args') },
  ...{ result: of('result'), error: of('error'), policy: of('policy') },
  ...{ approval: of('approval'), model: of('model'), src: of('src') },
} satisfies Readonly<Record<Section | 'agent', ReadonlySet<string>>>;

const INPUT_FIELDS = names(inputEventSchema.shape);

const INGEST_FIELDS = words(
  'event_id observed_time tenant_id chain_id catalogue_version claims key_id fp_version',
);

type Agent = AuditEvent['agent'];
type Credential = NonNullable<AuditEvent['credential']>;
type Tool = NonNullable<AuditEvent['tool']>;
type Model = NonNullable<AuditEvent['model']>;
type Passages = NonNullable<Tool['passages']>;

const CONTENT_SECTIONS = ['credential', 'task', 'tool', 'args', 'result'] as const;
type PlainSection = 'agent' | 'principal' | 'delegation' | 'target' | 'policy' | 'approval';
const READ: Readonly<Record<(typeof CONTENT_SECTIONS)[number], ReadonlySet<string>>> = {
  credential: KNOWN.credential,
  task: new Set([...KNOWN.task, 'request']),
  tool: new Set([...KNOWN.tool, 'description', 'annotations', 'input_schema']),
  args: new Set([...KNOWN.args, 'value']),
  result: new Set([...KNOWN.result, 'value']),
};

export function collectUnknown(
  input: InputEvent,
  unmapped: Unmapped,
  trustIdentity: boolean,
): void {
  for (const name in input) {
    if (INPUT_FIELDS.has(name) || name === 'schema_version') continue;
    if (!INGEST_FIELDS.has(name)) unmapped.keep(name, input[name]);
    else if (!trustIdentity) unmapped.refuse(name, input[name]);
  }
  for (const section of CONTENT_SECTIONS) {
    const value = input[section];
    if (value === undefined) continue;
    const read = READ[section];
    for (const name in value) {
      if (!read.has(name)) unmapped.mention(`${section}.${name}`, value[name]);
    }
  }
  if (!trustIdentity) unmapped.refuse('agent.assurance', input.agent.assurance);
}

function known<T extends object>(section: PlainSection, value: T, unmapped: Unmapped): T {
  return keepKnown(value, KNOWN[section], (name, inner) =>
    unmapped.keep(`${section}.${name}`, inner),
  );
}

export function plainSection<T extends object>(
  section: PlainSection,
  value: T | undefined,
  unmapped: Unmapped,
): T | undefined {
  return value === undefined ? undefined : known(section, value, unmapped);
}

export function deriveAgent(
  input: InputEvent,
  assurance: Agent['assurance'],
  context: DeriveContext,
  unmapped: Unmapped,
): Agent {
  const { uid_source: uidSource, ...agent } = known('agent', input.agent, unmapped);
  if (uidSource === undefined) return { ...agent, assurance };
  if (context.trustIdentity === true || mayClaim(uidSource, assurance)) {
    return { ...agent, uid_source: uidSource, assurance };
  }
  unmapped.refuse('agent.uid_source', uidSource);
  return { ...agent, assurance };
}

export function deriveCredential(given: InputEvent['credential']): Credential | undefined {
  if (given === undefined) return undefined;
  const retained = keepKnown(given, KNOWN.credential, () => {});
  const { issued_at: issuedAt, expires_at: expiresAt } = retained;
  return {
    ...retained,
    ...(issuedAt !== undefined && { issued_at: inNormalForm(issuedAt) }),
    ...(expiresAt !== undefined && { expires_at: inNormalForm(expiresAt) }),
  };
}

function nameIds({ name, server }: NonNullable<InputEvent['tool']>, { keys }: DeriveContext) {
  const names = [name, calledTool(name, server).tool].map(nameForm);
  return [...new Set(names)].map(keys.identifier);
}

export function deriveTool(
  given: InputEvent['tool'],
  context: DeriveContext,
  parts: { readonly chain: ChainKeys; readonly facts: DerivedFacts },
): Tool | undefined {
  if (given === undefined) return undefined;
  const { description } = given;
  // Whatever its name.
  const isMemory = parts.facts.capabilities.some(({ symbol }) => symbol === 'write:memory');
  const read = isMemory ? `${given.name} memory` : given.name;
  const tool: Tool = { name: given.name, name_ids: nameIds(given, context) };
  if (given.server !== undefined) tool.server = given.server;
  if (given.type !== undefined) tool.type = given.type;
  if (given.call_id !== undefined) tool.call_id = given.call_id;
  if (given.definition_hash !== undefined) tool.definition_hash = given.definition_hash;
  else if (description !== undefined) {
    tool.definition_hash = context.keys.hash('tool-definition', description);
  }
  const objects = context.trustFields ? given.object_tokens : undefined;
  tool.object_tokens = objects ?? objectTokens(read, context, parts.chain);
  const passages = describedPassages(description, context, parts.chain);
  if (passages.length > 0) tool.passages = passages;
  return tool;
}

function describedPassages(
  description: string | undefined,
  { memo, keys }: DeriveContext,
  chain: ChainKeys,
): Passages {
  if (description === undefined) return [];
  const reading = memo.descriptions.orMake(description, () => readResult(description));
  const passages = reading.passages
    .filter(({ mark }) => mark >= MARKED)
    .map((one) => ({ ...one, actions: [...one.effects], ids: one.ids.map(keys.identifier) }));
  return passagesOf({ passages, words: reading.words }, chain);
}

function objectTokens(name: string, context: DeriveContext, chain: ChainKeys): string[] {
  const { toolTokens } = chainMemo(context.memo, chain);
  return toolTokens.orMake(name, () =>
    context.memo.tools.orMake(name, () => readTool(name)).words.map(chain.hashers.token),
  );
}

const NAME_LENGTH_MAX = 256;
const USER_AGENT_LENGTH_MAX = 4096;

function text(value: unknown, lengthMax: number): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, lengthMax) : undefined;
}

function amount(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && isAmount(value) ? value : undefined;
}

export function deriveDuration(given: number | undefined, unmapped: Unmapped): number | undefined {
  if (given === undefined || isAmount(given)) return given;
  unmapped.refuse('duration_ms', given);
  return undefined;
}

export function deriveModel(given: InputEvent['model'], unmapped: Unmapped): Model | undefined {
  if (given === undefined) return undefined;
  const model: Model = {};
  const provider = text(given['provider'], NAME_LENGTH_MAX);
  if (provider !== undefined) model.provider = provider;
  const name = text(given['name'], NAME_LENGTH_MAX);
  if (name !== undefined) model.name = name;
  const tokensIn = amount(given['tokens_in']);
  if (tokensIn !== undefined) model.tokens_in = tokensIn;
  else unmapped.refuse('model.tokens_in', given['tokens_in']);
  const tokensOut = amount(given['tokens_out']);
  if (tokensOut !== undefined) model.tokens_out = tokensOut;
  else unmapped.refuse('model.tokens_out', given['tokens_out']);
  for (const other in given) {
    if (!KNOWN.model.has(other)) unmapped.keep(`model.${other}`, given[other]);
  }
  return model;
}

export function deriveSrc(given: InputEvent['src'], unmapped: Unmapped): AuditEvent['src'] {
  if (given === undefined) return undefined;
  const ip = text(given['ip'], NAME_LENGTH_MAX);
  const userAgent = text(given['user_agent'], USER_AGENT_LENGTH_MAX);
  for (const other in given) {
    if (!KNOWN.src.has(other)) unmapped.keep(`src.${other}`, given[other]);
  }
  return {
    ...(ip !== undefined && { ip }),
    ...(userAgent !== undefined && { user_agent: userAgent }),
  };
}

/** What follows quotes arguments. */
const ERROR_NAME = /^[A-Za-z_$][\w.$:-]{0,95}/;

export function deriveError(given: InputEvent['error']): AuditEvent['error'] {
  if (given === undefined) return undefined;
  const name = (value: string | undefined) =>
    value === undefined
      ? undefined
      : (ERROR_NAME.exec(value)?.[0].replace(/[.:-]+$/, '') ?? 'other');
  const type = name(given.type);
  const code =
    given.code === undefined || /^\d{1,9}$/.test(given.code) ? given.code : name(given.code);
  return { ...(type !== undefined && { type }), ...(code !== undefined && { code }) };
}

export const APPROVAL_LATENCY_MS_MAX = 366 * 86_400_000;

function withSoundLatency(
  approval: AuditEvent['approval'],
  unmapped: Unmapped,
): AuditEvent['approval'] {
  if (approval?.latency_ms === undefined) return approval;
  const { latency_ms: latency } = approval;
  if (latency <= APPROVAL_LATENCY_MS_MAX) return approval;
  unmapped.refuse('approval.latency_ms', latency);
  const { latency_ms: _, ...others } = approval;
  return others;
}

export function deriveApproval(
  { approval: given, args }: InputEvent,
  ran: string | undefined,
  unmapped: Unmapped,
): AuditEvent['approval'] {
  const approval = withSoundLatency(plainSection('approval', given, unmapped), unmapped);
  const reported = approval?.args_hash;
  if (approval === undefined || reported === undefined || ran === undefined) return approval;
  if (args?.value === undefined || !isPlainHash(reported, args.value)) return approval;
  return { ...approval, args_hash: ran };
}
