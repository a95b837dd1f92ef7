/** Flattened attributes as the nested value. */
import type { Attributes } from '../model/span-record.ts';

const INDEX_MAX = 4_096;
const STEPS_MAX = 12;

type Tree = Map<string, Tree | unknown>;

function toValue(tree: Tree): unknown {
  const keys = [...tree.keys()];
  const read = (key: string) => {
    const value = tree.get(key);
    return value instanceof Map ? toValue(value) : value;
  };
  if (keys.every((key) => /^\d{1,4}$/u.test(key) && Number(key) < INDEX_MAX)) {
    return keys.sort((one, other) => Number(one) - Number(other)).map(read);
  }
  const [only] = keys;
  if (keys.length === 1 && only !== undefined && /^(?:message|tool_call)$/u.test(only)) {
    return read(only);
  }
  return Object.fromEntries(keys.map((key) => [key, read(key)]));
}

/** `undefined`: no such prefix. */
export function unflatten(attributes: Attributes, prefix: string): unknown {
  const start = `${prefix}.`;
  const tree: Tree = new Map();
  for (const key of Object.keys(attributes)) {
    if (!key.startsWith(start)) continue;
    const steps = key.slice(start.length).split('.');
    const last = steps.pop();
    if (last === undefined || steps.length > STEPS_MAX) continue;
    let at = tree;
    for (const step of steps) {
      const known = at.get(step);
      const next: Tree = known instanceof Map ? known : new Map();
      if (next !== known) at.set(step, next);
      at = next;
    }
    at.set(last, attributes[key]);
  }
  return tree.size === 0 ? undefined : toValue(tree);
}
