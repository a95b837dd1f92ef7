/**
 * `policy check`: all problems of a policy file at once, each with its line, what stands there and
 * what would be right. What the schema refuses is an error; the rest of the file is looked at for
 * meaning all the same, so that one edit can mend everything.
 */
import { contractProblems, parsePolicyFile, readYaml } from '@waywarden/responder';
import { didYouMean, type Policy, policySchema, type Registry, selects } from '@waywarden/schemas';
import type { Lint } from './class-lints.ts';
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

function unknown(
  names: readonly string[],
  known: ReadonlySet<string>,
  { list, what }: { readonly list: string; readonly what: string },
): readonly Lint[] {
  return names.flatMap((name, at) =>
    known.has(name)
      ? []
      : [
          {
            level: 'warning',
            path: [list, at],
            expected: `${what} of the registry${didYouMean(name, known)}`,
          } as const,
        ],
  );
}

/** Classes that rules name and no registered agent has: such a rule never fires. */
function emptyClasses(policy: Policy, registry: Registry): readonly Lint[] {
  const inHand = new Set<string>(registry.agents.map((one) => one.class));
  return policy.rules.flatMap(({ when }, at) =>
    (when.classes ?? []).flatMap((one, which) =>
      inHand.has(one)
        ? []
        : [
            {
              level: 'warning',
              path: ['rules', at, 'when', 'classes', which],
              expected: `a class that an agent of the registry has (${[...inHand].toSorted().join(', ')})`,
            } as const,
          ],
    ),
  );
}

/** Selectors of rules that nothing in the registry is meant by: such a rule never fires. */
function emptySelectors(policy: Policy, registry: Registry): readonly Lint[] {
  const { agents, workflows, tools } = registry;
  const known = {
    agents: agents.map(({ uid }) => uid),
    owners: agents.flatMap(({ owner }) => [owner?.person ?? [], owner?.team ?? []].flat()),
    workflows: workflows.map(({ name }) => name),
    tools: [
      ...tools.map(({ match }) =>
        match.server === undefined ? match.tool : `${match.server}/${match.tool}`,
      ),
      ...agents.flatMap(({ profile }) => profile?.tools ?? []),
    ],
  };
  const keys = ['agents', 'owners', 'workflows', 'tools'] as const;
  const what = { agents: 'an agent', owners: 'an owner', workflows: 'a workflow', tools: 'a tool' };
  return policy.rules.flatMap(({ when }, at) =>
    keys.flatMap((key) =>
      (when[key] ?? []).flatMap((selector, which) => {
        if (known[key].some((one) => selects(selector, one))) return [];
        // A registry need not name tools.
        if (known[key].length === 0) return [];
        const expected = `${what[key]} of the registry${didYouMean(selector, known[key])}`;
        const path = ['rules', at, 'when', key, which];
        return [{ level: 'warning' as const, path, expected }];
      }),
    ),
  );
}

/**
 * What a policy names and the registry does not: a list of those that are never revoked protects nobody by a name that
 * is misspelt, and a receiver that is not registered answers nothing.
 */
function registryLints(policy: Policy, registry: Registry): readonly Lint[] {
  const agents = new Set(registry.agents.map((one) => one.uid));
  const receivers = new Set(registry.receivers.map((one) => one.id));
  return [
    ...unknown(policy.never_revoke, agents, { list: 'never_revoke', what: 'an agent' }),
    ...unknown(policy.receivers, receivers, { list: 'receivers', what: 'a receiver' }),
    ...emptyClasses(policy, registry),
    ...emptySelectors(policy, registry),
  ];
}

/** `high` is the default. */
function defaultSeverityLints(file: unknown): readonly Lint[] {
  const isObject = typeof file === 'object' && file !== null;
  const rules: unknown = isObject && 'rules' in file ? file.rules : undefined;
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((rule: unknown, at) => {
    const isRule = typeof rule === 'object' && rule !== null && 'when' in rule;
    const when: unknown = isRule ? rule.when : undefined;
    const isClaimed = typeof when !== 'object' || when === null || 'severity_min' in when;
    const expected = 'a severity; without one the rule takes high and critical alone';
    return isClaimed
      ? []
      : [{ level: 'warning', path: ['rules', at, 'when', 'severity_min'], expected }];
  });
}
