/**
 * `policy check`: all problems of a policy file at once, each with its line, what stands there and
 * what would be right. What the schema refuses is an error; what it accepts is looked at further
 * only when nothing is refused, since half a policy means nothing.
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
  const contract = yaml.ok ? contractProblems(yaml.value, policySchema, 'policy') : yaml;
  if (!yaml.ok || !contract.ok) {
    const problems = contract.ok ? [] : contract.problems;
    const findings = problems.map(({ line = null, ...one }) => ({
      level: 'error' as const,
      ...one,
      line,
    }));
    return { policy: null, findings };
  }
  const shipped = parsePolicyFile(shippedText);
  const policy = contract.value;
  const findings = lintPolicy(policy, shipped.ok ? shipped.value : policy).map((lint) => {
    const { line = null, ...place } = yaml.value.problem(lint.path, lint.expected);
    return { level: lint.level, ...place, line };
  });
  const byPlace = [...findings].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return { policy, findings: byPlace };
}
