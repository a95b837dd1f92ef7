/**
 * An agent did for a person what that person may not (`assembly.md`, confused_deputy), undeclared by its workflow.
 * Persons without an entry are not judged.
 */
import {
  type AuditEvent,
  assuranceAtLeast,
  isSensitive,
  matchesGrant,
  type Registry,
  sourceNameOf,
} from '@waywarden/schemas';
import { type FindingRule, finding, hadEffect } from '../../alerting/finding.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { confusedDeputyWords } from '../../wording/identity.ts';

const SENSITIVE_READS = ['read:personal', 'read:financial', 'read:secret', 'read:source_code'];

function entitlementOf(registry: Registry, uid: string): readonly string[] | undefined {
  return registry.principals.find((one) => one.uid === uid)?.grants;
}

/** One only asserted declares nothing. */
function mediatedBy(registry: Registry, event: AuditEvent): readonly string[] {
  if (!assuranceAtLeast(event.claims.workflow, 'authenticated')) return [];
  const workflow = registry.workflows.find((one) => one.name === event.task?.workflow);
  return workflow?.mediates ?? [];
}

function isOwnCase(event: AuditEvent, principal: string): boolean {
  const owner = event.target?.owner_uid;
  if (owner === undefined) return false;
  if (owner === principal) return true;
  const isProven = assuranceAtLeast(event.claims.task, 'authenticated');
  return isProven && (event.task?.subjects ?? []).includes(owner);
}

export const confusedDeputy: FindingRule = (_transaction, event, { registry, now }) => {
  const principal = event.principal?.uid;
  if (principal === undefined || principal === event.agent.uid) return undefined;
  if (event.outcome !== 'success' || event.args?.features?.['dry_run'] === true) return undefined;
  const entitled = entitlementOf(registry, principal);
  if (entitled === undefined) return undefined;
  const allowed = [...entitled, ...mediatedBy(registry, event)];
  const beyond = event.capabilities.filter(
    ({ symbol }) => !allowed.some((grant) => matchesGrant(grant, symbol)),
  );
  if (beyond.length === 0 || isOwnCase(event, principal)) return undefined;
  const symbols = beyond.map(({ symbol }) => symbol).sort();
  const isInferred = beyond.every(({ basis }) => basis === 'inferred');
  const isGrave =
    hadEffect(event) ||
    symbols.some(
      (one) => isSensitive(one) || SENSITIVE_READS.some((read) => matchesGrant(read, one)),
    );
  const workflow = event.task?.workflow;
  const severity =
    RULE_SEVERITIES['confused-deputy'][isInferred ? 'inferred' : isGrave ? 'sensitive' : 'plain'];
  return finding({
    kind: 'confused_deputy',
    ruleId: 'confused-deputy',
    severity,
    dedupeKey: JSON.stringify([principal, workflow, symbols, severity]),
    ...(workflow === undefined
      ? {}
      : { causeKey: `deputy|${JSON.stringify([workflow, symbols])}` }),
    renews: 'work',
    ...confusedDeputyWords(event, { principal, now, symbols, entitled }),
    restsOn: isInferred ? 'inferred' : event.claims.principal,
    sources: [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI03'], atlas: ['AML.T0053'] },
  });
};
