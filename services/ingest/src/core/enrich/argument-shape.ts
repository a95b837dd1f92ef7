/** The shape of arguments: sorted `key:type` paths; odd keys are values and stand as `*`. */

export const SHAPE_PATHS_MAX = 256;
const SHAPE_DEPTH_MAX = 8;
const SHAPE_NODES_MAX = 2_000;
const PATH_LENGTH_MAX = 256;

/** As programs name things. */
const KEY = /^[A-Za-z_$][\w$-]{0,63}$/;

export function keyName(key: string): string {
  return KEY.test(key) ? key : '*';
}

/** Which paths of other modules (`a.b[].c`) may stay: those of the shape. */
export function pathNames(shape: readonly string[]): (path: string) => string {
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

export function shapeOf(value: unknown): string[] {
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
