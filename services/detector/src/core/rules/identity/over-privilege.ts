/** Hygiene: one agent's grants contain a whole dangerous combination not exercised. One finding an agent. */
import { matchesGrant } from '@waywarden/schemas';
import { type Finding, type FindingRule, finding, nameOf } from '../../alerting/finding.ts';
import { listed } from '../../domain/registry/envelope.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { knownOf, storeKnown } from '../../state/agent/agent-key.ts';
import type { CombinationNeeds } from '../../state/tenant-control.ts';
import { overPrivilegeWords } from '../../wording/identity.ts';

function isInHand(grants: readonly string[], { steps }: CombinationNeeds): boolean {
  return (
    steps.length > 1 &&
    steps.every((any) => any.some((symbol) => grants.some((grant) => matchesGrant(grant, symbol))))
  );
}

export const overPrivilege: FindingRule = (transaction, event, context): Finding | undefined => {
  const { registered, combinations, versions } = context;
  if (registered?.grants === undefined) return undefined;
  if (knownOf<string>(transaction, event, 'hygiene') === versions) return undefined;
  storeKnown(transaction, event, 'hygiene', versions);
  const grants = registered.grants;
  const inHand = combinations.filter((one) => isInHand(grants, one)).map((one) => one.id);
  if (inHand.length === 0) return undefined;
  return finding({
    kind: 'over_privilege',
    ruleId: 'over-privilege',
    severity: RULE_SEVERITIES['over-privilege'].plain,
    hygiene: true,
    dedupeKey: listed(inHand),
    ...overPrivilegeWords({ who: nameOf(event), inHand, grants }),
    threshold: 'none',
    taxonomy: { owasp: ['ASI03'] },
  });
};
