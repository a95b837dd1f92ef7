/**
 * `policy check`: all problems of a policy file at once, each with its line, what stands there and
 * what would be right. What the schema refuses is an error; the rest of the file is looked at for
 * meaning all the same, so that one edit can mend everything.
 */
import { contractProblems, parsePolicyFile, readYaml } from '@waywarden/responder';
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
    return { level: 'error', ...one, line: one.line ?? null };
  });
  const readable = contract.ok ? contract.value : contract.readable?.value;
  const stoodIn = contract.ok ? undefined : contract.readable?.stoodIn;
  const shipped = parsePolicyFile(shippedText);
  const lints =
    readable === undefined ? [] : lintPolicy(readable, shipped.ok ? shipped.value : readable);
  const linted = lints
    .filter(({ path, expected }) => stoodIn?.causes(path, expected) !== true)
    .map(({ level, path, expected }): PolicyFinding => {
      const { line = null, ...place } = yaml.value.problem(path, expected);
      return { level, ...place, line };
    });
  const findings = [...errors, ...linted].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return { policy: contract.ok ? contract.value : null, findings };
}
