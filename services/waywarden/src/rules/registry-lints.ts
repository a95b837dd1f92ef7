/**
 * What a policy names and the registry does not: a list of those that are never revoked protects nobody by a name that
 * is misspelt, and a receiver that is not registered answers nothing.
 */
import { didYouMean, type Policy, type Registry, selects } from '@waywarden/schemas';
import type { Lint } from './lint.ts';

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

export function registryLints(policy: Policy, registry: Registry): readonly Lint[] {
  const agents = new Set(registry.agents.map((one) => one.uid));
  const receivers = new Set(registry.receivers.map((one) => one.id));
  return [
    ...unknown(policy.never_revoke, agents, { list: 'never_revoke', what: 'an agent' }),
    ...unknown(policy.receivers, receivers, { list: 'receivers', what: 'a receiver' }),
    ...emptyClasses(policy, registry),
    ...emptySelectors(policy, registry),
  ];
}

/** `high` is the default, and leaves out what most behavioral rules raise. */
export function defaultSeverityLints(file: unknown): readonly Lint[] {
  const isObject = typeof file === 'object' && file !== null;
  const rules: unknown = isObject && 'rules' in file ? file.rules : undefined;
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((rule: unknown, at) => {
    const isRule = typeof rule === 'object' && rule !== null && 'when' in rule;
    const when: unknown = isRule ? rule.when : undefined;
    const isClaimed = typeof when !== 'object' || when === null || 'severity_min' in when;
    const expected =
      'a severity: without one the rule skips everything below high, which is most of what deviations raise';
    return isClaimed
      ? []
      : [{ level: 'warning', path: ['rules', at, 'when', 'severity_min'], expected }];
  });
}
