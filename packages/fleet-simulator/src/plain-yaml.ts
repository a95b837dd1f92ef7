/**
 * Plain values as YAML. Written by hand: strings in JSON's double quotes are YAML, so no library
 * decides the bytes.
 */
export type Plain =
  | string
  | number
  | boolean
  | readonly Plain[]
  | { readonly [key: string]: Plain };

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

function scalar(value: Plain): string | undefined {
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isList(value))
    return value.every((v) => typeof v !== 'object')
      ? `[${value.map((v) => JSON.stringify(v)).join(', ')}]`
      : undefined;
  return undefined;
}

export function yamlLines(value: Plain, indent: string): string[] {
  if (typeof value !== 'object') return [`${indent}${JSON.stringify(value)}`];
  if (isList(value)) {
    return value.flatMap((entry) => {
      const [first = '', ...rest] = yamlLines(entry, `${indent}  `);
      return [`${indent}- ${first.trimStart()}`, ...rest];
    });
  }
  return Object.entries(value).flatMap(([key, entry]) => {
    const flat = scalar(entry);
    return flat === undefined
      ? [`${indent}${key}:`, ...yamlLines(entry, `${indent}  `)]
      : [`${indent}${key}: ${flat}`];
  });
}
