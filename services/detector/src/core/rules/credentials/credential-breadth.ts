/**
 * A credential that may more than its class's may (`breadth`). A hygiene finding; `unused-grants.ts` asks the same
 * of a month. Limit: unmapped scopes allow nothing here.
 */
import { type AuditEvent, assuranceAtLeast, classRow, matchesGrant } from '@waywarden/schemas';
import { type FindingContext, type FindingRule, finding, nameOf } from '../../alerting/finding.ts';
import { thresholdOf } from '../../domain/registry/class-threshold.ts';
import { listed } from '../../domain/registry/envelope.ts';
import { grantsOfScopes } from '../../domain/registry/resolve-grants.ts';
import { SEVERITIES } from '../../domain/severities.ts';

const READS: readonly string[] = ['read:*', 'ingest:*', 'browse:*'];

interface Measure {
  readonly allowed: readonly string[];
  readonly words: string;
}

type Measured = (event: AuditEvent, context: FindingContext) => Measure | undefined;

const byGrants: Measured = (_event, { registered }) => {
  const allowed = registered?.grants;
  return allowed === undefined ? undefined : { allowed, words: 'what the agent is granted' };
};

const byEntitlement: Measured = (event, { registry, registered }) => {
  const uid = event.principal?.uid;
  const theirs = registry.principals.find((one) => one.uid === uid)?.grants;
  if (uid === undefined || theirs === undefined) return undefined;
  const own = registered?.grants;
  const allowed = own === undefined ? theirs : intersection(own, theirs);
  return { allowed, words: `what ${uid} may do, and the agent` };
};

const byEnvelope: Measured = (event, { registry }) => {
  if (!assuranceAtLeast(event.claims.workflow, 'authenticated')) return undefined;
  const workflow = registry.workflows.find((one) => one.name === event.task?.workflow);
  const allowed = workflow?.envelope?.capabilities;
  if (workflow === undefined || allowed === undefined) return undefined;
  return { allowed, words: `the envelope of ${workflow.name}` };
};

const BY_BREADTH: ReadonlyMap<string, Measured> = new Map<string, Measured>([
  ['grants', byGrants],
  ['entitlement', byEntitlement],
  ['reads', () => ({ allowed: READS, words: 'reading' })],
  ['envelope', byEnvelope],
]);

const covers = (patterns: readonly string[], one: string) =>
  patterns.some((pattern) => matchesGrant(pattern, one));

function intersection(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...a.filter((one) => covers(b, one)), ...b.filter((one) => covers(a, one))];
}

export const credentialBreadth: FindingRule = (_transaction, event, context) => {
  const { registered, registry, classes } = context;
  if (registered === undefined || event.credential === undefined) return undefined;
  const scoped = grantsOfScopes(event, registry);
  if (scoped === null) return undefined;
  const row = classRow(classes, registered.class, event.target?.environment);
  const { breadth = '' } = row;
  const measure = BY_BREADTH.get(breadth)?.(event, context);
  if (measure === undefined) return undefined;
  const beyond = scoped.filter((one) => !covers(measure.allowed, one));
  if (beyond.length === 0) return undefined;
  const who = nameOf(event);
  return finding({
    kind: 'over_privilege',
    ruleId: 'credential-breadth',
    severity: SEVERITIES['credential-breadth'].plain,
    hygiene: true,
    dedupeKey: JSON.stringify([measure.words, beyond]),
    title: `${who} uses a credential that allows more than its work (${listed(beyond)})`,
    summary: `The scopes of a credential of ${who} allow ${listed(beyond)}, which is more than ${measure.words}. One of class ${registered.class} should be no broader: whoever takes it has that too.`,
    expected: measure.words,
    observed: listed(beyond),
    threshold: thresholdOf(row, registered.class, 'breadth'),
    taxonomy: { owasp: ['ASI03'] },
  });
};
