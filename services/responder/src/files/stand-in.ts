/** A malformed file made readable, so that its meaning is checked too; silent about stand-ins. */
import type { JsonSchema } from '@waywarden/schemas';
import { requiredKeys, schemaAt } from '@waywarden/schemas';
import type { z } from 'zod';

type Path = readonly PropertyKey[];

/** Mending may show another lack. */
const ROUNDS_MAX = 8;
const DEPTH_MAX = 16;
/** No date is compared with it. */
const NO_DAY = '0000-00-00';

const STAND_IN = 'malformed-';

/**
 * What can't be judged while another field of the same entry stands in: whether an agent needs an
 * owner depends on its state.
 */
const RESTS_ON: Readonly<Record<string, readonly string[]>> = {
  owner: ['state'],
  class: ['state'],
  risk_review: ['state', 'class'],
  key: ['required'],
  link: ['after'],
  beyond_scopes_of: ['link'],
  action: ['level'],
};

const keyOf = (path: Path) => JSON.stringify(path.map(String));

export class StoodIn {
  readonly #places = new Set<string>();
  readonly #holders = new Set<string>();

  add(path: Path): void {
    this.#places.add(keyOf(path));
    for (let length = 0; length < path.length; length++) {
      this.#holders.add(keyOf(path.slice(0, length)));
    }
  }

  isPlace(path: Path): boolean {
    return this.#places.has(keyOf(path));
  }

  isWithin(path: Path): boolean {
    return this.#holders.has(keyOf(path));
  }

  causes(path: Path, words: string): boolean {
    if (words.includes(STAND_IN)) return true;
    for (let length = 1; length <= path.length; length++) {
      if (this.isPlace(path.slice(0, length))) return true;
    }
    const field = path.findLast((part) => typeof part === 'string');
    const needed = Object.hasOwn(RESTS_ON, String(field)) ? RESTS_ON[String(field)] : undefined;
    return (needed ?? []).some((other) => this.isPlace([...path.slice(0, -1), other]));
  }
}

export interface Readable<T> {
  readonly value: T;
  readonly stoodIn: StoodIn;
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function plainest(schema: JsonSchema, name: string, depth = 0): unknown {
  const alternatives = schema['anyOf'];
  if (schema['const'] !== undefined) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  if (Array.isArray(alternatives)) {
    const last: unknown = alternatives.at(-1);
    return isPlain(last) && depth < DEPTH_MAX ? plainest(last, name, depth + 1) : undefined;
  }
  switch (schema['type']) {
    case 'string':
      return schema['pattern'] === undefined ? name : NO_DAY;
    case 'number':
    case 'integer':
      return 1;
    case 'boolean':
      return false;
    case 'array': {
      const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : 0;
      return Array.from({ length: least }, (_, n) =>
        plainest(schemaAt(schema, [n]), `${name}-${n}`, depth + 1),
      );
    }
    case 'object':
      return Object.fromEntries(
        (depth < DEPTH_MAX ? requiredKeys(schema) : []).map((key) => [
          key,
          plainest(schemaAt(schema, [key]), name, depth + 1),
        ]),
      );
    default:
      return undefined;
  }
}

function mend(root: object, path: Path, contract: JsonSchema, name: string): void {
  let holder: unknown = root;
  for (const part of path.slice(0, -1)) {
    const isOwn = typeof holder === 'object' && holder !== null && Object.hasOwn(holder, part);
    holder = isOwn ? Reflect.get(Object(holder), part) : undefined;
  }
  const key = path.at(-1);
  if (key === undefined || typeof holder !== 'object' || holder === null) return;
  const isRequired =
    Array.isArray(holder) ||
    requiredKeys(schemaAt(contract, path.slice(0, -1))).includes(String(key));
  if (isRequired) Reflect.set(holder, key, plainest(schemaAt(contract, path), name));
  else Reflect.deleteProperty(holder, key);
}

/** Or what holds it, if that was tried. */
function placeToMend(path: Path, stoodIn: StoodIn): Path {
  let place = path;
  while (place.length > 1 && stoodIn.isPlace(place)) place = place.slice(0, -1);
  return place;
}

/** Undefined: nothing can be read. */
export function readableOf<T>(
  value: unknown,
  shape: z.ZodType<T>,
  contract: JsonSchema,
): Readable<T> | undefined {
  if (!isPlain(value)) return undefined;
  const root: object = structuredClone(value);
  const stoodIn = new StoodIn();
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const parsed = shape.safeParse(root);
    if (parsed.success) return { value: parsed.data, stoodIn };
    for (const [n, { path }] of parsed.error.issues.entries()) {
      const place = placeToMend(path, stoodIn);
      mend(root, place, contract, `${STAND_IN}${round}-${n}`);
      stoodIn.add(place);
    }
  }
  return undefined;
}
