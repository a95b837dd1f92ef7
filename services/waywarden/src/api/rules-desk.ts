/** Rules, recorded chains and sources of the running installation, as the console's pages ask for them. */
import { readFileSync } from 'node:fs';
import type {
  AskedApproval,
  CheckedRules,
  ProposedApproval,
  PublishPort,
  RuleFile,
  RuleFinding,
  RulesPort,
  SourceHealth,
} from '@waywarden/console';
import { SHIPPED_POLICY } from '@waywarden/detector';
import type { SourceSeen } from '@waywarden/ingest';
import { checkRegistryText, contentVersion } from '@waywarden/responder';
import { epochMs, type Policy, type Registry } from '@waywarden/schemas';
import {
  diagnose,
  diagnosisWords,
  nothingWords,
  problemWords,
  seenWords,
} from '../clients/diagnosis.ts';
import type { DryRuns } from '../policy/dry-run.ts';
import { explainPolicy } from '../policy/explain-policy.ts';
import { callsAmong, replayAlerts, stepsOfChains } from '../policy/replay-alerts.ts';
import { proposeApprovals } from '../registry/approval-proposals.ts';
import { changeLines, diffRegistry } from '../registry/diff-registry.ts';
import { checkPolicyText } from '../rules/check-policy.ts';
import { withoutAccounts } from '../runtime/account-operators.ts';
import type { LiveRules } from '../runtime/live-rules.ts';
import type { Pipeline } from '../runtime/pipeline.ts';

/** What differs, a phrase a field: `mode: shadow → enforce`. */

type Fields = Readonly<Record<string, unknown>>;

const VALUE_LENGTH_MAX = 120;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length <= VALUE_LENGTH_MAX ? text : `${text.slice(0, VALUE_LENGTH_MAX - 1)}…`;
}

export function fieldChanges(before: unknown, after: unknown, path = ''): readonly string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isFields(before) && isFields(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) =>
      fieldChanges(before[name], after[name], path === '' ? name : `${path}.${name}`),
    );
  }
  return [`${path}: ${shown(before)} → ${shown(after)}`];
}

/** A source that sent before and nothing for so long is silent. */
const SILENT_MS = 3_600_000;
const CHANGES_MAX = 500;

export interface RulesDeskParts {
  readonly pipeline: Pick<Pipeline, 'log'>;
  readonly rules: LiveRules;
  readonly tenant: string;
  readonly runs: DryRuns;
  readonly sources: () => readonly SourceSeen[];
  readonly texts: PublishPort['texts'];
  readonly publicUrl: string;
  readonly nowMs: () => number;
}

/** Where the last name of the path stands in its line, from 1. */
function columnOf(text: string, line: number | null, path: string): number | null {
  if (line === null) return null;
  const found = text.split('\n')[line - 1] ?? '';
  const name = /([^.[\]]+)(?:\[\d+\])*$/.exec(path)?.[1] ?? '';
  const at = name === '' ? -1 : found.indexOf(name);
  return (at >= 0 ? at : found.search(/\S|$/)) + 1;
}

const named = (entries: readonly { readonly id: string }[]) =>
  new Map(entries.map((one) => [one.id, one]));

function listChanges(
  what: string,
  before: ReadonlyMap<string, object>,
  after: ReadonlyMap<string, object>,
): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((id) => {
    const [was, is] = [before.get(id), after.get(id)];
    if (was === undefined) return [`  + ${what} ${id} (added): ${JSON.stringify(is)}`];
    if (is === undefined) return [`  - ${what} ${id} (removed)`];
    const fields = fieldChanges(was, is);
    return fields.length === 0 ? [] : [`  ~ ${what} ${id} (changed): ${fields.join('; ')}`];
  });
}

function policyChanges(before: Policy, after: Policy): readonly string[] {
  const { rules: _, combinations: __, ...rest } = before;
  const { rules: ___, combinations: ____, ...others } = after;
  const fields = listChanges('policy', new Map([['fields', rest]]), new Map([['fields', others]]));
  const combinations = [before, after].map((one) => named(one.combinations));
  const rules = [before, after].map((one) => named(one.rules));
  const none: ReadonlyMap<string, object> = new Map();
  return [
    ...fields,
    ...listChanges('rule', rules[0] ?? none, rules[1] ?? none),
    ...listChanges('combination', combinations[0] ?? none, combinations[1] ?? none),
  ];
}

function checked(
  kind: RuleFile,
  findings: readonly RuleFinding[],
  changes: readonly string[] | null,
): CheckedRules {
  const errors = findings.filter((one) => one.level === 'error').length;
  const shown = changes === null ? null : changes.slice(0, CHANGES_MAX);
  return { kind, findings, errors, warnings: findings.length - errors, changes: shown };
}

function checkText(rules: LiveRules, kind: RuleFile, text: string, nowMs: number): CheckedRules {
  if (kind === 'registry') {
    const combinations = rules.policy.combinations.map((one) => one.id);
    const { registry, errors, warnings } = checkRegistryText(text, { combinations, nowMs });
    const findings = [...errors, ...warnings]
      .map(({ severity: level, line = null, path, value, expected }): RuleFinding => {
        return { level, path, value, expected, line, column: columnOf(text, line, path) };
      })
      .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    const before = rules.registry && withoutAccounts(rules.registry);
    const changes = registry === undefined ? null : changeLines(diffRegistry(before, registry));
    return checked(kind, findings, changes);
  }
  const shipped = readFileSync(SHIPPED_POLICY, 'utf8');
  const { policy, findings, takesShipped } = checkPolicyText(text, shipped, rules.registry);
  const { combinations } = rules.policy;
  const whole = policy !== null && takesShipped ? { ...policy, combinations } : policy;
  return checked(
    kind,
    findings.map((one) => ({ ...one, column: columnOf(text, one.line, one.path) })),
    whole === null ? null : policyChanges(rules.policy, whole),
  );
}

export function healthOf(seen: SourceSeen, nowMs: number, url: string): SourceHealth {
  const { source, since, last, calls, events, requests, refused } = seen;
  const facts = { source, since, last, calls, events, requests };
  const of = { ...facts, refused: refused.bodies + refused.records };
  if (calls === 0) {
    const isSilent = last !== null && nowMs - epochMs(last) > SILENT_MS;
    const state = isSilent ? 'silent' : events > 0 ? 'events' : 'nothing';
    return { ...of, state, words: events > 0 ? problemWords(seen) : nothingWords(seen, url) };
  }
  const diagnosis = diagnose(seen);
  const words = [...seenWords(seen), ...problemWords(seen), ...diagnosisWords(diagnosis)];
  if (last !== null && nowMs - epochMs(last) > SILENT_MS) return { ...of, state: 'silent', words };
  return { ...of, state: diagnosis.off.length === 0 ? 'whole' : 'limited', words };
}

async function propose(
  { pipeline: { log }, rules, tenant, nowMs }: RulesDeskParts,
  { alert, alerts, cleared }: AskedApproval,
): Promise<ProposedApproval | string> {
  const { registry } = rules;
  const chain = alert.subject.chain_id;
  if (registry === undefined || chain === undefined) return 'the alert is of no chain';
  const recorded = await stepsOfChains(log, tenant, new Set([chain]));
  const { proposals, left_out: leftOut } = proposeApprovals({
    ...{ alerts, registry, reviewed: cleared, chainsMin: 1, nowMs: nowMs() },
    steps: callsAmong(recorded.get(chain) ?? []),
  });
  const one = proposals.find(({ combination }) => combination === alert.assembly?.combination);
  if (one === undefined) return Object.keys(leftOut)[0] ?? 'its calls are stored no longer';
  const { workflow, combination, roles, envelope, from, expires } = one;
  const bounds = roles === null ? {} : { roles: [...roles] };
  return {
    ...{ workflow, owner: one.proposed_to, not_bounded: one.not_bounded },
    approval: { combination, ...bounds, envelope, from, expires },
  };
}

function rulesPage(rules: LiveRules): ReturnType<RulesPort['page']> {
  const { registry, policy, refused } = rules.report();
  const value = rules.registry;
  const stated = ({ version, since, from }: typeof policy) => ({ version, since, from });
  return {
    registry: registry === null || value === undefined ? null : { ...stated(registry), value },
    policy: { ...stated(policy), value: rules.policy },
    words: explainPolicy(rules.policy, false),
    refused: Object.values(refused).map(({ file, problems }) => ({ file, problems })),
  };
}

export function rulesPort(parts: RulesDeskParts): RulesPort {
  const { pipeline, rules, tenant, runs, sources, texts, publicUrl, nowMs } = parts;
  const { log } = pipeline;
  return {
    registry: () => rules.registry,
    registryVersion: () => rules.registryVersion,
    versionOf: (registry: Registry) => contentVersion(registry),
    publish: (registry, from, expected) => rules.amendRegistry(registry, from, expected),
    proposeApproval: (asked) => propose(parts, asked),
    replay: (alerts, registry) =>
      replayAlerts(log, tenant, alerts, {
        inForce: { policy: rules.policy, registry: rules.registry },
        other: { policy: rules.policy, registry },
      }),
    publishing: {
      version: (kind) => rules.version(kind),
      refusal: (kind) => rules.refusal(kind),
      replace: (kind, text, from, expected) => rules.replace(kind, text, from, expected),
      texts,
    },
    page: () => rulesPage(rules),
    check: (kind, text) => checkText(rules, kind, text, nowMs()),
    begin: (kind, text, by) => runs.begin(kind, text, by),
    tries: () => runs.all(),
    sources: () => sources().map((seen) => healthOf(seen, nowMs(), publicUrl)),
  };
}
