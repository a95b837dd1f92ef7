/**
 * A credential that may more than its class's may (`breadth`). A hygiene finding; `unused-grants.ts` asks the same
 * of a month. Limit: unmapped scopes allow nothing here.
 */
import { type AuditEvent, assuranceAtLeast, classRow, matchesGrant } from '@waywarden/schemas';
import {
  type FindingContext,
  type FindingRule,
  finding,
  nameOf,
  thresholdOf,
} from '../../alerting/finding.ts';
import { grantsOfScopes } from '../../domain/registry/resolve-grants.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { BREADTH_WORDS, credentialBreadthWords } from '../../wording/credentials.ts';

const READS: readonly string[] = ['read:*', 'ingest:*', 'browse:*'];

interface Measure {
  readonly allowed: readonly string[];
  readonly words: string;
}

type Measured = (event: AuditEvent, context: FindingContext) => Measure | undefined;

const byGrants: Measured = (_event, { registered }) => {
  const allowed = registered?.grants;
  return allowed === undefined ? undefined : { allowed, words: BREADTH_WORDS.grants() };
};

const byEntitlement: Measured = (event, { registry, registered }) => {
  const uid = event.principal?.uid;
  const theirs = registry.principals.find((one) => one.uid === uid)?.grants;
  if (uid === undefined || theirs === undefined) return undefined;
  const own = registered?.grants;
  const allowed = own === undefined ? theirs : intersection(own, theirs);
  return { allowed, words: BREADTH_WORDS.entitlement(uid) };
};

const byEnvelope: Measured = (event, { registry }) => {
  if (!assuranceAtLeast(event.claims.workflow, 'authenticated')) return undefined;
  const workflow = registry.workflows.find((one) => one.name === event.task?.workflow);
  const allowed = workflow?.envelope?.capabilities;
  if (workflow === undefined || allowed === undefined) return undefined;
  return { allowed, words: BREADTH_WORDS.envelope(workflow.name) };
};

const BY_BREADTH: ReadonlyMap<string, Measured> = new Map<string, Measured>([
  ['grants', byGrants],
  ['entitlement', byEntitlement],
  ['reads', () => ({ allowed: READS, words: BREADTH_WORDS.reads() })],
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
  const [who, cls] = [nameOf(event), registered.class];
  return finding({
    kind: 'over_privilege',
    ruleId: 'credential-breadth',
    severity: RULE_SEVERITIES['credential-breadth'].plain,
    hygiene: true,
    dedupeKey: JSON.stringify([measure.words, beyond]),
    ...credentialBreadthWords({ who, cls, allowed: measure.words, beyond }),
    threshold: thresholdOf(row, cls, 'breadth'),
    taxonomy: { owasp: ['ASI03'] },
  });
};
