/** Unknown or forbidden fields, bounded in `unmapped`, believed by nobody. */

export const UNMAPPED_FIELDS_MAX = 32;
const DEPTH_MAX = 3;
const ITEMS_MAX = 16;
const TEXT_LENGTH_MAX = 256;
const NAME_LENGTH_MAX = 128;

const CONTENT_NAME =
  /(^|[^a-z])(arg(ument)?s?|param(eter)?s?|inputs?|outputs?|results?|responses?|requests?|bod(y|ies)|contents?|payloads?|data|texts?|values?|messages?|prompts?|completions?|passwords?|secrets?|tokens?|keys?|cookies?|headers?|authorization)([^a-z]|$)/i;
/** For camelCase. */
const CAMEL = /([a-z])([A-Z])/g;

function describe(value: unknown): Record<string, unknown> {
  if (typeof value === 'string') return { type: 'string', size: value.length };
  if (Array.isArray(value)) return { type: 'array', size: value.length };
  if (typeof value === 'object' && value !== null) {
    return { type: 'object', size: Object.keys(value).length };
  }
  return { type: value === null ? 'null' : typeof value };
}

function bounded(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.slice(0, TEXT_LENGTH_MAX);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return describe(value);
  if (Array.isArray(value)) {
    return value.slice(0, ITEMS_MAX).map((item) => bounded(item, depth + 1));
  }
  const retained: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value).slice(0, ITEMS_MAX)) {
    put(retained, name, holdsContent(name) ? describe(inner) : bounded(inner, depth + 1));
  }
  return retained;
}

function holdsContent(name: string): boolean {
  return CONTENT_NAME.test(name.replace(CAMEL, '$1_$2'));
}

/** `__proto__` would change the object. */
function put(target: Record<string, unknown>, name: string, value: unknown): void {
  const key = name === '' ? '_' : name.slice(0, NAME_LENGTH_MAX);
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** Of ingest's notes. */
const OWN_PREFIX = 'ingest.';

function shownName(name: string): string {
  return name.startsWith(OWN_PREFIX) ? `body.${name}` : name;
}

export class Unmapped {
  #fields: Record<string, unknown> | undefined;
  #count = 0;

  keep(name: string, value: unknown): void {
    if (holdsContent(name)) this.mention(name, value);
    else this.#put(shownName(name), bounded(value, 0));
  }

  mention(name: string, value: unknown): void {
    this.#put(shownName(name), describe(value));
  }

  note(name: string, value: unknown): void {
    this.#fields ??= {};
    put(this.#fields, OWN_PREFIX + name, value);
  }

  refuse(name: string, value: unknown): void {
    if (value !== undefined) this.#put(name, bounded(value, 0));
  }

  refuseOthers(
    prefix: string,
    given: Readonly<Record<string, unknown>> | undefined,
    taken: Readonly<Record<string, unknown>> | undefined,
  ): void {
    for (const name in given) {
      if (given[name] !== taken?.[name]) this.refuse(`${prefix}.${name}`, given[name]);
    }
  }

  #put(name: string, value: unknown): void {
    this.#count += 1;
    if (this.#count > UNMAPPED_FIELDS_MAX) return;
    this.#fields ??= {};
    put(this.#fields, name, value);
  }

  fields(): Record<string, unknown> | undefined {
    if (this.#fields !== undefined && this.#count > UNMAPPED_FIELDS_MAX) {
      put(this.#fields, 'unmapped.dropped', this.#count - UNMAPPED_FIELDS_MAX);
    }
    return this.#fields;
  }
}

export function keepKnown<T extends object>(
  value: T,
  known: ReadonlySet<string>,
  other: (name: string, value: unknown) => void,
): T {
  let isKnown = true;
  for (const name in value) isKnown = isKnown && known.has(name);
  if (isKnown) return value;
  const retained: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (known.has(name)) retained[name] = inner;
    else other(name, inner);
  }
  return retained as T;
}
