/**
 * A registry file, checked as a whole: shape, unknown keys and meaning at once, errors and warnings
 * apart, each with its line. Where a part is malformed, the rest is still checked for its meaning:
 * the malformed entry is stood in for by what can be read of it, so that one mistake neither hides
 * the others nor makes new ones.
 */
import { type Registry, registrySchema } from '@waywarden/schemas';
import { contractProblems, type FileProblem, readYaml } from './parse-yaml-file.ts';
import type { ProblemSeverity, RegistryCheckContext } from './registry-checks/registry-check.ts';
import { registryProblems } from './registry-problems.ts';

export interface CheckedProblem extends FileProblem {
  readonly severity: ProblemSeverity;
}

export interface CheckedRegistry {
  /** Undefined while there is an error. */
  readonly registry: Registry | undefined;
  readonly errors: readonly CheckedProblem[];
  readonly warnings: readonly CheckedProblem[];
}

type Plain = Readonly<Record<string, unknown>>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands in for a malformed entry: its name, if that can be read, and nothing else. */
const STAND_IN: Readonly<Record<string, (entry: Plain, n: number) => unknown>> = {
  agents: (entry, n) => ({
    uid: typeof entry['uid'] === 'string' ? entry['uid'] : `malformed-${n}`,
    role: entry['role'],
    state: 'proposed',
  }),
  principals: (_, n) => ({ uid: `malformed-${n}` }),
  tools: (_, n) => ({ match: { tool: `malformed-${n}` }, capabilities: [] }),
  workflows: (entry, n) => ({
    name: typeof entry['name'] === 'string' ? entry['name'] : `malformed-${n}`,
    owner: { person: 'malformed' },
  }),
  decoys: (_, n) => ({ resource_id: `malformed-${n}` }),
  receivers: (_, n) => ({ id: `malformed-${n}`, kind: 'kafka', required: false }),
};

/** The registry with malformed entries stood in for; undefined where even that has no shape. */
function readable(value: unknown): Registry | undefined {
  const parsed = registrySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (!isPlain(value)) return undefined;
  const mended: Record<string, unknown> = { ...value, version: 1 };
  for (const { path, code } of parsed.error.issues) {
    const [section, n] = path;
    if (typeof section !== 'string') continue;
    const list = mended[section];
    const standIn = Object.hasOwn(STAND_IN, section) ? STAND_IN[section] : undefined;
    if (typeof n === 'number' && Array.isArray(list) && standIn !== undefined) {
      const entry: unknown = list[n];
      // Given twice: the second one must not be read as the first.
      const legible = isPlain(entry) && code !== 'custom' ? entry : {};
      mended[section] = list.with(n, standIn(legible, n));
    } else if (section !== 'version') delete mended[section];
  }
  const again = registrySchema.safeParse(JSON.parse(JSON.stringify(mended)));
  return again.success ? again.data : undefined;
}

/** `text`: YAML (or JSON, which is YAML). */
export function checkRegistryText(text: string, context: RegistryCheckContext): CheckedRegistry {
  const yaml = readYaml(text);
  const asErrors = (problems: readonly FileProblem[]): readonly CheckedProblem[] =>
    problems.map((one) => ({ ...one, severity: 'error' }));
  if (!yaml.ok) return { registry: undefined, errors: asErrors(yaml.problems), warnings: [] };
  const contract = contractProblems(yaml.value, registrySchema, 'registry');
  const read = contract.ok ? contract.value : readable(yaml.value.value);
  const meaning = (read === undefined ? [] : registryProblems(read, context)).map(
    ({ severity, path, expected }): CheckedProblem => ({
      ...yaml.value.problem(path, expected),
      severity,
    }),
  );
  const all = [...(contract.ok ? [] : asErrors(contract.problems)), ...meaning].sort(
    (a, b) => (a.line ?? 0) - (b.line ?? 0),
  );
  const errors = all.filter((one) => one.severity === 'error');
  const warnings = all.filter((one) => one.severity === 'warning');
  return {
    registry: errors.length > 0 || !contract.ok ? undefined : contract.value,
    errors,
    warnings,
  };
}
