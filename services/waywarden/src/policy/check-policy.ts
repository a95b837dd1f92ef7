/**
 * `policy check`: all problems of a policy file at once, each with its line, what stands there and
 * what would be right. What the schema refuses is an error; the rest of the file is looked at for
 * meaning all the same, so that one edit can mend everything.
 */
import {
  contractProblems,
  didYouMean,
  type FileProblem,
  parsePolicyFile,
  readYaml,
} from '@waywarden/responder';
import { type Policy, policySchema } from '@waywarden/schemas';
import { lintPolicy } from './lint-policy.ts';

export interface PolicyFinding {
  readonly level: 'error' | 'warning';
  /** `rules[0].when.kind[0]`; empty for the file itself. */
  readonly path: string;
  readonly line: number | null;
  /** What stands there, as JSON; `nothing` when it is absent. */
  readonly value: string;
  readonly expected: string;
}

export interface CheckedPolicy {
  /** Null when the schema refuses the file. */
  readonly policy: Policy | null;
  readonly findings: readonly PolicyFinding[];
}

type Path = readonly (string | number)[];

/** The lists whose items are judged one by one, so that one bad item does not hide the others. */
const LISTS = ['combinations', 'rules'] as const;

interface Readable {
  readonly policy: Policy;
  /** Where an item of a list stood in the file. */
  readonly placeOf: (path: Path) => Path;
}

/** What of a refused file can be read all the same: without the parts that the schema refuses. */
function readablePart(value: unknown): Readable | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const parsed = policySchema.safeParse(value);
  const issues = parsed.success ? [] : parsed.error.issues;
  const refused = (...path: Path) =>
    issues.some((issue) => path.every((part, at) => issue.path[at] === part));
  const kept: Record<string, unknown> = { ...value, version: 1 };
  const places = new Map<string, readonly number[]>();
  for (const key of Object.keys(value)) if (refused(key)) delete kept[key];
  for (const key of LISTS) {
    const list: unknown = (value as Readonly<Record<string, unknown>>)[key];
    if (!Array.isArray(list)) continue;
    const at = [...list.keys()].filter((n) => !refused(key, n));
    places.set(key, at);
    kept[key] = at.map((n) => list[n] as unknown);
  }
  const again = policySchema.safeParse(kept);
  if (!again.success) return undefined;
  const placeOf = ([key = '', n, ...rest]: Path): Path => {
    const at = typeof n === 'number' ? places.get(String(key))?.[n] : undefined;
    return at === undefined ? (n === undefined ? [key] : [key, n, ...rest]) : [key, at, ...rest];
  };
  return { policy: again.data, placeOf };
}

/** For a word out of a closed list: which one was probably meant. */
function withHint({ value, expected }: FileProblem): string {
  const options = [...expected.matchAll(/"([^"]+)"/g)].flatMap(([, word]) => word ?? []);
  if (!expected.startsWith('Invalid option') || !/^"[^"]*"$/.test(value)) return expected;
  return `one of ${options.join(', ')}${didYouMean(value.slice(1, -1), options)}`;
}

export function checkPolicyText(text: string, shippedText: string): CheckedPolicy {
  const yaml = readYaml(text);
  if (!yaml.ok) {
    const findings = yaml.problems.map(({ line = null, ...one }) => {
      return { level: 'error' as const, ...one, line };
    });
    return { policy: null, findings };
  }
  const contract = contractProblems(yaml.value, policySchema, 'policy');
  const refused = contract.ok ? [] : contract.problems;
  const errors = refused.map((one): PolicyFinding => {
    return { level: 'error', ...one, expected: withHint(one), line: one.line ?? null };
  });
  const readable = readablePart(yaml.value.value);
  const shipped = parsePolicyFile(shippedText);
  const lints =
    readable === undefined
      ? []
      : lintPolicy(readable.policy, shipped.ok ? shipped.value : readable.policy);
  const linted = lints.map(({ level, path, expected }): PolicyFinding => {
    const { line = null, ...place } = yaml.value.problem(readable?.placeOf(path) ?? path, expected);
    return { level, ...place, line };
  });
  const findings = [...errors, ...linted].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return { policy: contract.ok ? contract.value : null, findings };
}
