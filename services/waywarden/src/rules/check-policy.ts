/**
 * `policy check`: all problems of a policy file at once, each with its line, what stands there and
 * what would be right. What the schema refuses is an error; the rest of the file is looked at for
 * meaning all the same, so that one edit can mend everything.
 */
import { contractProblems, parsePolicyFile, readYaml } from '@waywarden/responder';
import { type Policy, policySchema, type Registry } from '@waywarden/schemas';
import type { Lint } from './lint.ts';
import { lintPolicy } from './lint-policy.ts';
import { defaultSeverityLints, registryLints } from './registry-lints.ts';

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
  /** It names no combinations, so the shipped ones stand. */
  readonly takesShipped: boolean;
}

/** Whoever writes an empty list probably means none, and gets the shipped ones. */
function emptyListLints(file: unknown): readonly Lint[] {
  const isObject = typeof file === 'object' && file !== null;
  const given: unknown = isObject && 'combinations' in file ? file.combinations : undefined;
  if (!Array.isArray(given) || given.length > 0) return [];
  const expected =
    'nothing, if you mean it: an empty list names none, so the shipped combinations stand, as in a file without this key';
  return [{ level: 'warning', path: ['combinations'], expected }];
}

/** `registry`: what the policy names is looked for there. */
export function checkPolicyText(
  text: string,
  shippedText: string,
  registry?: Registry,
): CheckedPolicy {
  const yaml = readYaml(text);
  if (!yaml.ok) {
    const findings = yaml.problems.map(({ line = null, ...one }) => {
      return { level: 'error' as const, ...one, line };
    });
    return { policy: null, findings, takesShipped: false };
  }
  const contract = contractProblems(yaml.value, policySchema, 'policy');
  const refused = contract.ok ? [] : contract.problems;
  const errors = refused.map((one): PolicyFinding => {
    return { level: 'error', ...one, line: one.line ?? null };
  });
  const readable = contract.ok ? contract.value : contract.readable?.value;
  const stoodIn = contract.ok ? undefined : contract.readable?.stoodIn;
  const shipped = parsePolicyFile(shippedText);
  const lints =
    readable === undefined ? [] : lintPolicy(readable, shipped.ok ? shipped.value : readable);
  const named =
    readable === undefined || registry === undefined ? [] : registryLints(readable, registry);
  const file = yaml.value.value;
  const linted = [...lints, ...named, ...emptyListLints(file), ...defaultSeverityLints(file)]
    .filter(({ path, expected }) => stoodIn?.causes(path, expected) !== true)
    .map(({ level, path, expected }): PolicyFinding => {
      const { line = null, ...place } = yaml.value.problem(path, expected);
      return { level, ...place, line };
    });
  const findings = [...errors, ...linted].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const policy = contract.ok ? contract.value : null;
  return { policy, findings, takesShipped: policy?.combinations.length === 0 };
}
