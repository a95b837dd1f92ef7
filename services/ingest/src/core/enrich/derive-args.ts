/** What is stored of arguments: hash, shape, size, values, word hashes, features. */
import { type AuditEvent, canonicalJson, type InputEvent } from '@waywarden/schemas';
import type { BoundedMap } from '../domain/bounded-map.ts';
import { argumentNames, isInside, type Party } from '../domain/destination.ts';
import { readArguments } from '../text-signals/read-arguments.ts';
import type { CallDestination } from './call-destination.ts';
import type { DerivedFacts } from './call-facts.ts';
import type { DeriveContext } from './derive-context.ts';
import { argumentFeatures, isAmount, soundFeatures, withClaimedRecords } from './features.ts';
import { UNREAD_PARTY } from './read-parties.ts';
import type { ChainKeys, StoredArgs, StoredParty, TenantKeys } from './readings.ts';
import type { Unmapped } from './unmapped.ts';
import { argumentValues, partyFingerprint } from './values.ts';

const PARTIES_MAX = 64;
/** Nobody writes to so many about one record. */
const OUTSIDE_MAX = 16;

interface Recipients {
  readonly count: number;
  readonly outside: readonly string[] | undefined;
  readonly isCut: boolean;
}

function recipientsOf(
  parties: readonly Party[],
  organisation: readonly string[],
  known: { readonly keys: TenantKeys; readonly retained: BoundedMap<StoredParty> },
): Recipients {
  const isCut = parties.includes(UNREAD_PARTY);
  if (isCut || parties.length <= 1 || parties.length >= PARTIES_MAX) {
    return { count: Math.max(parties.length, isCut ? 2 : 0), outside: undefined, isCut };
  }
  const all = new Map(
    parties.map((party) => [partyFingerprint(party, known.keys, known.retained), party]),
  );
  if (all.size === 1) return { count: 1, outside: undefined, isCut };
  const outside = [...all]
    .filter(([, { domain }]) => domain === undefined || !isInside(domain, organisation))
    .map(([fp]) => fp);
  return { count: all.size, outside: outside.length > OUTSIDE_MAX ? undefined : outside, isCut };
}

type Args = NonNullable<AuditEvent['args']>;
type Given = NonNullable<InputEvent['args']>;

/** Of one value, or a bare list. */
const ROOT_PATH = '$';

const HASH_PREFIX = 'hmac-sha256:';

function readArgs(
  value: unknown,
  keys: TenantKeys,
  isTarget: (key: string) => boolean,
): StoredArgs {
  const text = canonicalJson(value);
  const shape = shapeOf(value);
  const pathName = pathNames(shape);
  const reading = readArguments(value, isTarget);
  const found = argumentValues(value, keys, pathName);
  return {
    keys,
    hash: HASH_PREFIX + keys.hash('args', text),
    shape,
    size: text.length,
    values: found.values,
    items: reading.items.map((item) => ({
      ...item,
      path: item.path === '' ? ROOT_PATH : pathName(item.path),
      ids: item.ids.map(keys.identifier),
    })),
    truncated: found.truncated || reading.truncated,
    isCut: reading.truncated,
  };
}

function readingOf(
  value: unknown,
  { keys, memo }: DeriveContext,
  entry: DerivedFacts['entry'],
): StoredArgs {
  const pattern = entry?.target?.arg ?? '';
  const text = `${pattern}\n${JSON.stringify(value)}`;
  const known = memo.args.get(text);
  if (known !== undefined && known.keys === keys) return known;
  const targets = new Set(argumentNames(pattern));
  const made = readArgs(value, keys, (key) => targets.has(key));
  memo.args.set(text, made);
  return made;
}

function itemsOf({ items }: StoredArgs, { hashers }: ChainKeys): NonNullable<Args['items']> {
  const { token } = hashers;
  return items.map(({ path, class: itemClass, words, ids, idLike }) => {
    const item: NonNullable<Args['items']>[number] = {
      path,
      class: itemClass,
      tokens: words.map((word) => token(word)),
    };
    if (ids.length > 0) item.ids = [...ids];
    if (idLike) item.id_like = true;
    return item;
  });
}

function fromClear(
  value: unknown,
  context: DeriveContext,
  chain: ChainKeys,
  {
    destination,
    facts,
  }: { readonly destination: CallDestination; readonly facts: Pick<DerivedFacts, 'entry'> },
): Args {
  const reading = readingOf(value, context, facts.entry);
  const { keys, memo, catalogue } = context;
  const { party, parties } = destination;
  const known = { keys, retained: memo.parties };
  const { count, outside, isCut } = recipientsOf(parties, catalogue.organisation, known);
  return {
    hash: reading.hash,
    shape: reading.shape,
    size: reading.size,
    values: reading.values,
    items: itemsOf(reading, chain),
    values_truncated: reading.truncated || isCut,
    features: argumentFeatures(value, { party, count }, facts.entry?.dry_run),
    ...(outside === undefined ? {} : { outside_fps: [...outside] }),
  };
}

function fromSource(given: Given, trusted: boolean, unmapped: Unmapped): Args {
  const { hash, shape, size, values, items, values_truncated } = given;
  const { outside_fps: outside } = given;
  const features =
    given.features &&
    soundFeatures(given.features, (name, value) => unmapped.refuse(`args.features.${name}`, value));
  const retained: Args = {};
  if (hash !== undefined) retained.hash = hash;
  if (shape !== undefined) retained.shape = shape;
  if (size !== undefined && isAmount(size)) retained.size = size;
  else unmapped.refuse('args.size', size);
  if (features !== undefined) retained.features = features;
  if (values_truncated !== undefined) retained.values_truncated = values_truncated;
  if (trusted) {
    if (values !== undefined) retained.values = values;
    if (items !== undefined) retained.items = items;
    if (outside !== undefined) retained.outside_fps = outside;
    return retained;
  }
  if (values !== undefined) unmapped.mention('args.values', values);
  if (items !== undefined) unmapped.mention('args.items', items);
  if (outside !== undefined) unmapped.mention('args.outside_fps', outside);
  if (features?.['dry_run'] !== undefined) {
    const { dry_run: dryRun, ...others } = features;
    unmapped.refuse('args.features.dry_run', dryRun);
    retained.features = dryRun === true ? { ...others, dry_run_claimed: true } : others;
  }
  return retained;
}

export function deriveArgs(
  given: Given | undefined,
  context: DeriveContext,
  parts: {
    readonly chain: ChainKeys;
    readonly destination: CallDestination;
    readonly facts: Pick<DerivedFacts, 'entry'>;
    readonly unmapped: Unmapped;
  },
): Args | undefined {
  const domain = parts.destination.party?.domain;
  if (given === undefined) {
    return domain === undefined ? undefined : { features: { destination_domain: domain } };
  }
  const own = fromSource(given, context.trustFields, parts.unmapped);
  if (given.value === undefined) {
    if (domain === undefined) return own;
    return { ...own, features: { destination_domain: domain, ...own.features } };
  }
  const derived = fromClear(given.value, context, parts.chain, parts);
  if (context.trustFields) return { ...derived, ...own };
  const features = withClaimedRecords(derived.features, own.features);
  parts.unmapped.refuseOthers('args.features', own.features, features);
  return features === undefined ? derived : { ...derived, features };
}

/** The shape of arguments: sorted `key:type` paths; odd keys are values and stand as `*`. */

export const SHAPE_PATHS_MAX = 256;
const SHAPE_DEPTH_MAX = 8;
const SHAPE_NODES_MAX = 2_000;
const PATH_LENGTH_MAX = 256;

/** As programs name things. */
const KEY = /^[A-Za-z_$][\w$-]{0,63}$/;

function keyName(key: string): string {
  return KEY.test(key) ? key : '*';
}

/** Which paths of other modules (`a.b[].c`) may stay: those of the shape. */
function pathNames(shape: readonly string[]): (path: string) => string {
  const names = new Set(
    shape.map((entry) => entry.slice(0, entry.lastIndexOf(':')).replaceAll('[]', '')),
  );
  return (path) => (names.has(path.includes('[') ? path.replaceAll('[]', '') : path) ? path : '*');
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

interface Walk {
  readonly paths: Set<string>;
  nodes: number;
}

function visit(walk: Walk, value: unknown, path: string, depth: number): void {
  walk.nodes += 1;
  if (walk.nodes > SHAPE_NODES_MAX || walk.paths.size >= SHAPE_PATHS_MAX) return;
  const isBranch = typeof value === 'object' && value !== null;
  if (!isBranch || depth >= SHAPE_DEPTH_MAX) {
    walk.paths.add(`${path.slice(0, PATH_LENGTH_MAX)}:${typeName(value)}`);
    return;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) walk.paths.add(`${path.slice(0, PATH_LENGTH_MAX)}:array`);
    for (const item of value) visit(walk, item, `${path}[]`, depth + 1);
    return;
  }
  const names = Object.keys(value);
  if (names.length === 0 && path !== '') walk.paths.add(`${path.slice(0, PATH_LENGTH_MAX)}:object`);
  for (const name of names) {
    const inner = (value as Record<string, unknown>)[name];
    visit(walk, inner, path === '' ? keyName(name) : `${path}.${keyName(name)}`, depth + 1);
  }
}

function shapeOf(value: unknown): string[] {
  const walk: Walk = { paths: new Set(), nodes: 0 };
  visit(walk, value, '', 0);
  const paths = [...walk.paths];
  return paths.length > 1 ? paths.sort() : paths;
}

export function isDeeperThan(value: unknown, depthMax: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depthMax <= 0) return true;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item === 'object' && isDeeperThan(item, depthMax - 1)) return true;
    }
    return false;
  }
  for (const name in value) {
    const inner = (value as Record<string, unknown>)[name];
    // Cheaper than the call.
    if (typeof inner === 'object' && isDeeperThan(inner, depthMax - 1)) return true;
  }
  return false;
}
