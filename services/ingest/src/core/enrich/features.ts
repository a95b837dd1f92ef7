/** Numbers, flags and domains of arguments and results. A dry run counts only where the tool honours it. */
import type { AuditEvent } from '@waywarden/schemas';
import { argumentNames, type Party } from '../domain/destination.ts';
import { type Fields, isObject } from '../formats/read-line.ts';

export type Features = NonNullable<NonNullable<AuditEvent['args']>['features']>;

const DRY_RUN_NAMES = ['dry_run', 'dryRun', 'dry-run', 'dryrun', 'DryRun'] as const;
const RECORD_NAMES = 'records rows items results data entries messages values hits value'.split(
  ' ',
);
const COUNT_MAX = 1_000_000_000;
const JSON_LENGTH_MAX = 262_144;
/** Failed parses stay rare. */
const JSON_START = /^\s*(?:\[\s*(?:[{["\d\]tfn-])|\{\s*["}])/;
const PYTHON_START = /^\s*\[?\s*\{?\s*'/;

function parsed(text: string): unknown {
  if (text.length > JSON_LENGTH_MAX || !JSON_START.test(text) || PYTHON_START.test(text)) {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function listItems(text: string): number | undefined {
  if (!text.startsWith('- ')) return undefined;
  let count = 1;
  for (let at = text.indexOf('\n- '); at >= 0; at = text.indexOf('\n- ', at + 3)) count += 1;
  return count;
}

/** Deeper ones are records. */
const ENVELOPE_DEPTH_MAX = 4;
const ENVELOPE_WIDTH_MAX = 16;

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= COUNT_MAX;
}

/** More stays a claim. */
const AMOUNT_MAX = 1_000_000_000_000;

export const isAmount = (value: number): boolean => Math.abs(value) <= AMOUNT_MAX;

export function soundFeatures(
  given: Features,
  refuse: (name: string, value: unknown) => void,
): Features {
  const isSound = (value: unknown) => typeof value !== 'number' || isAmount(value);
  if (Object.values(given).every(isSound)) return given;
  return Object.fromEntries(
    Object.entries(given).filter(([name, value]) => {
      if (!isSound(value)) refuse(name, value);
      return isSound(value);
    }),
  );
}

function recordsInEnvelope(value: Fields, depth: number): number | undefined {
  for (const name of RECORD_NAMES) {
    const inner = Object.hasOwn(value, name) ? value[name] : undefined;
    if (Array.isArray(inner)) return inner.length;
  }
  if (depth >= ENVELOPE_DEPTH_MAX) return undefined;
  let most: number | undefined;
  for (const inner of Object.values(value).slice(0, ENVELOPE_WIDTH_MAX)) {
    const count = isObject(inner) ? recordsInEnvelope(inner, depth + 1) : undefined;
    if (count !== undefined && count > (most ?? -1)) most = count;
  }
  return most;
}

/** `{content: [{type: text, text}]}`. */
function blockTexts({ content }: Fields): readonly string[] | undefined {
  if (!Array.isArray(content)) return undefined;
  const texts = content.flatMap((block: unknown) =>
    isObject(block) && block['type'] === 'text' && typeof block['text'] === 'string'
      ? [block['text']]
      : [],
  );
  return texts.length === 0 ? undefined : texts;
}

export function recordsIn(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (isObject(value)) {
    const found = recordsInEnvelope(value, 1);
    const texts = found === undefined ? blockTexts(value) : undefined;
    if (texts === undefined) return found;
    const counts = texts.flatMap((text) => recordsIn(text) ?? []);
    return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
  }
  if (typeof value !== 'string') return undefined;
  const inner = parsed(value);
  return inner === undefined || typeof inner === 'string' ? listItems(value) : recordsIn(inner);
}

function recordsNamed(value: unknown): number | undefined {
  if (!isObject(value)) return Array.isArray(value) ? value.length : undefined;
  let most: number | undefined;
  for (const name in value) {
    const inner = value[name];
    if (Array.isArray(inner) && inner.length > (most ?? 0)) most = inner.length;
  }
  return most;
}

function hasFlag(value: unknown, names: readonly string[]): boolean {
  if (!isObject(value)) return false;
  return names.some((name) => {
    const flag = Object.hasOwn(value, name) ? value[name] : undefined;
    return flag === true || flag === 'true';
  });
}

interface DestinationFacts {
  readonly party: Party | undefined;
  readonly count: number;
}

/** @param honoured the entry's dry-run arguments */
export function argumentFeatures(
  value: unknown,
  destination: DestinationFacts,
  honoured: string | undefined,
): Features {
  const features: Features = {};
  if (honoured !== undefined && hasFlag(value, argumentNames(honoured))) features['dry_run'] = true;
  else if (hasFlag(value, DRY_RUN_NAMES)) features['dry_run_claimed'] = true;
  const records = recordsNamed(value);
  if (records !== undefined) features['records'] = records;
  if (destination.party?.domain !== undefined) {
    features['destination_domain'] = destination.party.domain;
  }
  if (destination.count > 1) features['destinations'] = destination.count;
  return features;
}

/** A cut list has a true length. */
export function withClaimedRecords(
  derived: Features | undefined,
  claimed: Features | undefined,
): Features | undefined {
  const stated = claimed?.['records'];
  if (!isCount(stated)) return derived;
  const own = derived?.['records'];
  return typeof own === 'number' && own >= stated ? derived : { ...derived, records: stated };
}

export function resultFeatures(value: unknown): Features {
  const records = recordsIn(value);
  return records === undefined ? {} : { records };
}
