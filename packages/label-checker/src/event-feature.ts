/**
 * What a single event shows to somebody who knows nothing of it but how it looks: which fields it has,
 * which tool, what kind of name stands where. Each is a text, so that all can be counted alike.
 *
 * Values themselves are no features (a name that occurs once separates itself from everything), their
 * shapes are: letters kept, runs of digits and of hexadecimal made equal.
 */

/** Deeper than this an event is told apart no further. */
const DEPTH_MAX = 12;
/** Longer texts are language, not names. */
const NAME_LENGTH_MAX = 80;

export interface Feature {
  /** What kind of give-away it would be. */
  readonly kind: 'field' | 'tool' | 'prefix' | 'arguments' | 'shape';
  readonly text: string;
  /** Of a shape: the field that it stands in. A field with many shapes is free text. */
  readonly path?: string;
}

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

const memberOf = (value: unknown, key: string): unknown =>
  entriesOf(value).find(([name]) => name === key)?.[1];

const textOr = (value: unknown, otherwise: string): string =>
  typeof value === 'string' ? value : otherwise;

/** `run-8d425eecf3a2-17` and `run-91ab03c2d4ef-3` are one shape: `run-#-#`. */
export function shapeOf(name: string): string {
  // Six hexadecimal digits of which one is a number: a made-up name; `facade` is a word.
  return name.replaceAll(/\b(?=[a-f]*[0-9])[0-9a-f]{6,}\b|[0-9]+/g, '#');
}

/** All paths with their leaves; elements of a list share one path. */
function* leavesOf(value: unknown, path: string, depth: number): Generator<[string, unknown]> {
  if (path !== '') yield [path, value];
  if (depth >= DEPTH_MAX) return;
  if (Array.isArray(value)) {
    for (const item of value) yield* leavesOf(item, `${path}[]`, depth + 1);
    return;
  }
  for (const [key, inner] of entriesOf(value)) {
    yield* leavesOf(inner, path === '' ? key : `${path}.${key}`, depth + 1);
  }
}

/** The beginnings of a resource's name, and a destination's domain. */
function prefixesOf(resource: string): readonly string[] {
  const domain = /@(.+)$/.exec(resource)?.[1] ?? /^[a-z]+:\/\/([^/:?#]+)/.exec(resource)?.[1];
  const parts = resource.split(/[/:#]/).filter((part) => part !== '');
  const first = parts.length > 1 ? [`${shapeOf(parts[0] ?? '')}/`] : [];
  const second = parts.length > 2 ? [`${shapeOf(`${parts[0]}/${parts[1]}`)}/`] : [];
  return [...first, ...second, ...(domain === undefined ? [] : [`@${domain}`])];
}

export function featuresOf(event: unknown): readonly Feature[] {
  const found = new Map<string, Feature>();
  const add = (kind: Feature['kind'], text: string, path?: string) => {
    const feature = path === undefined ? { kind, text } : { kind, text, path };
    found.set(`${kind} ${text}`, feature);
  };
  for (const [path, leaf] of leavesOf(event, '', 0)) {
    add('field', path);
    if (typeof leaf === 'boolean') add('shape', `${path} = ${leaf}`, path);
    if (typeof leaf === 'string' && leaf.length <= NAME_LENGTH_MAX) {
      add('shape', `${path} = ${shapeOf(leaf)}`, path);
    }
  }
  const tool = memberOf(event, 'tool');
  const name = memberOf(tool, 'name');
  if (typeof name === 'string') add('tool', `${textOr(memberOf(tool, 'server'), '')}/${name}`);
  const resource = memberOf(memberOf(event, 'target'), 'resource_id');
  for (const prefix of prefixesOf(textOr(resource, ''))) add('prefix', prefix);
  const keys = entriesOf(memberOf(memberOf(event, 'args'), 'value')).map(([key]) => key);
  if (keys.length > 0) add('arguments', [...keys].sort().join(' '));
  return [...found.values()];
}
