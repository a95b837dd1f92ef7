/** What novelty is asked about, a row each. */
import type { AuditEvent, Effect, Severity } from '@waywarden/schemas';
import { hadEffect } from '../../alerting/finding.ts';
import { destinationDomain } from '../../domain/registry/envelope.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { toolName } from '../../state/agent/joined-names.ts';
import type { NoveltyName } from '../../wording/novelty.ts';
import {
  byDeclaredChange,
  byEnvelope,
  byProfile,
  type Exemptible,
  type Exemption,
  GRAVE,
  isListed,
  isWithinSensitivity,
  LASTING,
  strongestExemption,
} from './exemptions.ts';
import type { Ages } from './known-values.ts';

/** `update`, the everyday one, counts for the first effect alone, and after a week. */
const GRAVE_EFFECTS: ReadonlySet<Effect> = new Set([
  'create',
  'delete',
  'execute',
  'send',
  'grant',
  'pay',
  'configure',
]);

export interface NoveltyKind {
  readonly name: NoveltyName;
  readonly severity: (event: AuditEvent) => Severity;
  /** What is judged; undefined: the event has none. */
  readonly valueOf: (event: AuditEvent) => string | undefined;
  readonly deserves: (value: string, event: AuditEvent) => boolean;
  readonly exemption: (of: Exemptible) => Exemption;
  /** Days of history besides calls. */
  readonly daysMin: (event: AuditEvent) => number;
  /** Whether peers that have it make it quiet. */
  readonly isShared: boolean;
  readonly ages: Ages;
}

const AGES: Ages = { doubtful: 0, flagged: 7 };
const WEEK_DAYS = 7;
const hasEffect = (_: string, { effect }: AuditEvent) => GRAVE_EFFECTS.has(effect);

export const isUnknownTool = ({ effect, tool, capabilities }: AuditEvent): boolean =>
  effect === 'unknown' && tool !== undefined && capabilities.length === 0;

const FIRST_TOOL: NoveltyKind = {
  name: 'first_tool',
  severity: (event) => RULE_SEVERITIES.first_tool[isUnknownTool(event) ? 'unknownTool' : 'plain'],
  valueOf: ({ tool }) => (tool === undefined ? undefined : toolName(tool)),
  deserves: (value, event) => hasEffect(value, event) || isUnknownTool(event),
  exemption: (of) =>
    strongestExemption([byProfile(of), byEnvelope(of, 'capabilities'), byDeclaredChange(of)]),
  daysMin: (event) => (isUnknownTool(event) ? WEEK_DAYS : 0),
  isShared: true,
  ages: AGES,
};

const FIRST_EFFECT: NoveltyKind = {
  name: 'first_effect',
  severity: () => RULE_SEVERITIES.first_effect.plain,
  valueOf: ({ effect }) => effect,
  deserves: (value, event) => hasEffect(value, event) || event.effect === 'update',
  exemption: (of) =>
    strongestExemption([byProfile(of), byEnvelope(of, 'capabilities'), byDeclaredChange(of)]),
  daysMin: ({ effect }) => (effect === 'update' ? WEEK_DAYS : 0),
  isShared: true,
  ages: AGES,
};

const FIRST_TARGET: NoveltyKind = {
  name: 'first_target',
  severity: () => RULE_SEVERITIES.first_target.plain,
  valueOf: ({ target }) =>
    target?.system === undefined && target?.resource_type === undefined
      ? undefined
      : `${target.system ?? ''}/${target.resource_type ?? ''}/${target.environment ?? ''}`,
  deserves: hasEffect,
  exemption: (of) => {
    const { tool, target } = of.event;
    const isOwn = target?.system === undefined || target.system === tool?.server;
    const declared = isOwn ? byProfile(of) : undefined;
    return strongestExemption([declared, byEnvelope(of, 'targets'), byDeclaredChange(of)]);
  },
  daysMin: () => 0,
  isShared: true,
  ages: AGES,
};

const PRODUCTION = /^(prod|production|prd|live)\b/i;

const FIRST_ENVIRONMENT: NoveltyKind = {
  name: 'first_environment',
  severity: (event) => RULE_SEVERITIES.first_environment[hadEffect(event) ? 'effect' : 'plain'],
  valueOf: ({ target }) => target?.environment,
  deserves: (environment) => PRODUCTION.test(environment),
  exemption: (of) => {
    const environment = of.event.target?.environment ?? '';
    if (isListed(of.registered?.profile?.environments, environment)) return 'quiet';
    const declared = byDeclaredChange(of) === undefined ? undefined : 'mild';
    return byEnvelope(of, 'environments') ?? declared;
  },
  daysMin: () => WEEK_DAYS,
  isShared: true,
  ages: AGES,
};

/** Judged tool by tool: reading is the harm. */
const FIRST_SENSITIVITY: NoveltyKind = {
  name: 'first_sensitivity',
  severity: () => RULE_SEVERITIES.first_sensitivity.plain,
  valueOf: ({ target, tool }) => {
    const { sensitivity, resource_type: type = '' } = target ?? {};
    if (sensitivity === undefined || sensitivity === 'unknown') return undefined;
    return GRAVE.has(sensitivity) ? `${sensitivity}/${type}/${toolName(tool)}` : sensitivity;
  },
  deserves: (_, { target }) => GRAVE.has(target?.sensitivity ?? ''),
  exemption: (of) => (isWithinSensitivity(of) ? 'quiet' : byEnvelope(of, 'sensitivity_max')),
  daysMin: () => WEEK_DAYS,
  isShared: true,
  ages: AGES,
};

const OUTGOING: ReadonlySet<string> = new Set(['send', 'pay', 'grant']);

/** By domain, so that one new colleague is no new counterparty. */
function counterpartyOf(event: AuditEvent): string | undefined {
  return OUTGOING.has(event.effect)
    ? (destinationDomain(event) ?? event.target?.resource_id)
    : undefined;
}

const FIRST_COUNTERPARTY: NoveltyKind = {
  name: 'first_counterparty',
  // Money and rights are hard to get back.
  severity: ({ effect }) =>
    RULE_SEVERITIES.first_counterparty[LASTING.has(effect) ? 'lasting' : 'plain'],
  valueOf: counterpartyOf,
  deserves: hasEffect,
  exemption: (of) => {
    const named = of.registered?.profile?.destinations?.map((one) => one.toLowerCase());
    const to = counterpartyOf(of.event)?.toLowerCase() ?? '';
    const isInside = named?.some((one) => to.endsWith(`.${one}`)) === true;
    return isInside || isListed(named, to) ? 'quiet' : byEnvelope(of, 'destinations');
  },
  daysMin: () => 0,
  isShared: false,
  // Whoever plants a text chooses it: never by itself once it alarmed.
  ages: { doubtful: 14, flagged: undefined },
};

export const NOVELTY_KINDS: readonly NoveltyKind[] = [
  FIRST_TOOL,
  FIRST_EFFECT,
  FIRST_TARGET,
  FIRST_ENVIRONMENT,
  FIRST_SENSITIVITY,
  FIRST_COUNTERPARTY,
];
