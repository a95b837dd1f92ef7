/** Registry and policy for a command: the files that were named, or what is shipped. */
import { SHIPPED_POLICY } from '@waywarden/detector';
import {
  type CheckedRegistry,
  checkRegistryText,
  contentVersion,
  type FileProblem,
  parsePolicyFile,
} from '@waywarden/responder';
import type { Policy, Registry } from '@waywarden/schemas';
import { UsageError } from '../input/command-output.ts';
import { readTextFile } from '../input/named-file.ts';
import { checkPolicyText } from '../rules/check-policy.ts';

/** Problems of a file that are printed; a file of another kind has hundreds. */
const PROBLEMS_CLAIMED_MAX = 20;

/** One line a problem: where, what stands there, what would be right. */
export function problemLine(one: FileProblem): string {
  const line = one.line === undefined ? '' : `line ${one.line}, `;
  // What is no YAML has no fields yet: the parser's sentence is all there is.
  if (one.expected.startsWith('YAML: ')) return `${line}${one.expected}`;
  return `${line}${one.path === '' ? 'the file' : one.path}: is ${one.value}; ${one.expected}`;
}

/** All problems at once, each with its place, so that one edit can mend them all. */
function refuse(path: string, problems: readonly FileProblem[]): never {
  const lines = problems.slice(0, PROBLEMS_CLAIMED_MAX).map((one) => `  ${problemLine(one)}`);
  const more = problems.length - lines.length;
  if (more > 0) lines.push(`  and ${more} more; often the first explains the rest`);
  throw new UsageError(`${path} can't be used:\n${lines.join('\n')}`);
}

/** A registry file with its errors and warnings; UsageError when there is no such file. */
export const checkRegistry = (path: string, policy?: Policy): CheckedRegistry =>
  checkRegistryOf(readTextFile(path), policy);

export function checkRegistryOf(text: string, policy?: Policy): CheckedRegistry {
  const combinations = policy?.combinations.map((one) => one.id);
  return checkRegistryText(text, { combinations, nowMs: Date.now() });
}

/** The named registry; UsageError that lists every error. Warnings are `registry check`'s. */
export function loadRegistry(path: string | undefined): Registry | undefined {
  if (path === undefined) return undefined;
  const { registry, errors } = checkRegistry(path);
  return registry ?? refuse(path, errors);
}

/** With the combinations that stand beside the file's own: by `extends`, or where it names none. */
function withShipped(policy: Policy, shipped: Policy): Policy {
  const own = policy.combinations;
  if (own.length > 0 && policy.extends === undefined) return policy;
  const ids = new Set(own.map(({ id }) => id));
  const combinations = [...shipped.combinations.filter(({ id }) => !ids.has(id)), ...own];
  return { ...policy, combinations };
}

/** A file without combinations takes the shipped ones: who only writes rules is not blind to assemblies. */
export function loadPolicy(path: string | undefined): Policy {
  if (path !== undefined) return policyOf(readTextFile(path), path);
  const shipped = parsePolicyFile(readTextFile(SHIPPED_POLICY));
  return shipped.ok ? shipped.value : refuse(SHIPPED_POLICY, shipped.problems);
}

/** Of a policy that stands in no named file. */
export const ownerOfPolicy = (policy: Policy): string =>
  contentVersion(policy) === contentVersion(loadPolicy(undefined))
    ? 'the shipped policy'
    : 'the demo';

/** As `loadPolicy`, of a text; `path` is what an error calls it. */
export function policyOf(text: string, path: string): Policy {
  const shipped = parsePolicyFile(readTextFile(SHIPPED_POLICY));
  if (!shipped.ok) return refuse(SHIPPED_POLICY, shipped.problems);
  const parsed = parsePolicyFile(text);
  if (!parsed.ok) return refuse(path, parsed.problems);
  return withShipped(parsed.value, shipped.value);
}

/** The file names no combinations, so `loadPolicy` gives it the shipped ones. */
export function takesShippedCombinations(path: string): boolean {
  return checkPolicyText(readTextFile(path), readTextFile(SHIPPED_POLICY)).takesShipped;
}

/** What `policy check` says of a file. */
export function lintPolicyFile(
  path: string,
): readonly (FileProblem & { readonly level: 'error' | 'warning' })[] {
  const { findings } = checkPolicyText(readTextFile(path), readTextFile(SHIPPED_POLICY));
  return findings.map(({ line, ...one }) => ({ ...one, ...(line === null ? {} : { line }) }));
}
