/**
 * What a false positive may change: the narrowest change that its kind allows, and what it would have hidden from people.
 * What would have silenced a containment is refused, whoever asks. A suppression hides from the queue alone.
 */
import type { Alert, Registry, SuppressionScope } from '@waywarden/schemas';
import { kindWords, shortName } from '../words.ts';
import type { AlertListItem } from './list-model.ts';
import type { BoardEntry } from './triage-board.ts';
import type { TuningState } from './tunings.ts';

export const TUNING_KINDS = ['approval', 'profile', 'suppression', 'threshold'] as const;
export type TuningKind = (typeof TUNING_KINDS)[number];
/** Alerts of an effect that are listed; the counts are of all. */
export const EFFECT_SHOWN_MAX = 20;

/** Of the alerts of so many days. */
export interface TuningEffect {
  readonly days: number;
  /** Alerts like it, the newest that it was tried on, those that could not be decided again. */
  readonly alike: number;
  readonly tried: number;
  readonly not_replayed: number;
  readonly gone: number;
  /** Of those, what nobody wants hidden: the true positives, and what is open and unjudged. */
  readonly true_positives: number;
  readonly unjudged: number;
  /** Of those, alerts that access was taken for, and that nobody called false or benign. */
  readonly contained: number;
  readonly shown: readonly AlertListItem[];
  readonly rests_on: RestsOn;
}

export type RestsOn = 'calls' | 'alerts' | 'values';

export interface TuningOption {
  readonly what: TuningKind;
  readonly title: string;
  readonly words: string;
  /** As it stands in the registry or the policy, JSON; null: nothing there changes. */
  readonly entry: string | null;
  readonly scope: SuppressionScope | null;
  /** Null: it can't be tried here. */
  readonly effect: TuningEffect | null;
  /** What was looked at; accepting names it. */
  readonly print: string;
  readonly permission: 'respond' | 'admin';
  /** Of what changes the registry; null: nobody yet. */
  readonly proposed_by: string | null;
  /** Why it can't be accepted here; null: it can. */
  readonly refused: string | null;
}

export interface TuningPreview {
  readonly alert_id: string;
  readonly days: number;
  readonly registry_version: string | null;
  /** The narrowest first. */
  readonly options: readonly TuningOption[];
  /** Why a narrower change than these was not proposed. */
  readonly not_proposed: readonly string[];
}

const isOpen = ({ state }: BoardEntry) => state === 'new' || state === 'in_progress';
const isTrue = ({ triage }: BoardEntry) => triage.closed?.classification === 'true_positive';
const isCleared = ({ triage }: BoardEntry) =>
  triage.closed?.classification === 'false_positive' ||
  triage.closed?.classification === 'benign_expected';

/** The true ones first, then what nobody judged, the gravest first. */
function worstFirst(a: BoardEntry, b: BoardEntry): number {
  return (
    Number(isTrue(b)) - Number(isTrue(a)) ||
    Number(isOpen(b)) - Number(isOpen(a)) ||
    b.row.severityRank - a.row.severityRank
  );
}

export function effectOf(
  gone: readonly BoardEntry[],
  of: {
    readonly alertId: string;
    readonly days: number;
    readonly alike: number;
    readonly tried: number;
    readonly notReplayed: number;
    readonly restsOn: RestsOn;
    readonly contained: ReadonlySet<string>;
    readonly item: (entry: BoardEntry) => AlertListItem;
  },
): TuningEffect {
  const others = gone.filter(({ row }) => row.id !== of.alertId);
  const hasTaken = (one: BoardEntry) => of.contained.has(one.row.id) && !isCleared(one);
  return {
    ...{ days: of.days, alike: of.alike, tried: of.tried, rests_on: of.restsOn },
    ...{ not_replayed: of.notReplayed, gone: gone.length },
    true_positives: others.filter(isTrue).length,
    unjudged: others.filter((one) => isOpen(one) && !isTrue(one)).length,
    contained: others.filter(hasTaken).length,
    shown: gone.toSorted(worstFirst).slice(0, EFFECT_SHOWN_MAX).map(of.item),
  };
}

/** Why rules may not change so; undefined: they may. */
export function ruleChangeProblem({
  true_positives: right,
  contained,
}: Pick<TuningEffect, 'true_positives' | 'contained'>): string | undefined {
  if (right > 0) {
    return `${right} of the alerts that would go ${right === 1 ? 'is a true positive' : 'are true positives'}: narrow it in the registry by hand.`;
  }
  if (contained > 0) {
    return `Access was taken for ${contained} of the alerts that would go, and nobody called them false: judge those first.`;
  }
  return undefined;
}

export function notRaised({ shown, gone }: TuningEffect, alertId: string): string | undefined {
  if (gone > shown.length || shown.some((one) => one.alert_id === alertId)) return undefined;
  return 'The alert would come all the same: tried on its stored calls, the approval does not cover them.';
}

/** Agent, rule and, where stored, tool: the least that hides the alert. */
export function narrowScope({ row, work }: BoardEntry, { subject }: Alert): SuppressionScope {
  const [tool] = work?.tools ?? [];
  return {
    ...{ kind: row.facts.kind, rule_id: row.facts.rule_id, agent_uid: subject.agent_uid },
    ...(tool === undefined ? {} : { tool }),
  };
}

export function scopeTitle(scope: SuppressionScope): string {
  const { kind = '', agent_uid: agent = '', tool } = scope;
  const by = tool === undefined ? '' : ` by ${tool}`;
  return `Suppress “${kindWords(kind)}” of ${shortName(agent)}${by}`;
}

const WIDENED = ['tools', 'environments', 'destinations'] as const;
type Widened = Partial<Record<(typeof WIDENED)[number], readonly string[]>>;

/** `tools: erp/pay; environments: prod`, as the rule writes it; undefined: of something that a list can't widen. */
export function exceededOf({ reasons }: Pick<Alert, 'reasons'>): Widened | undefined {
  const observed = reasons.find((one) => one.observed !== undefined)?.observed ?? '';
  const found: Record<string, string[]> = {};
  for (const part of observed.split('; ')) {
    const [element = '', ...rest] = part.split(': ');
    const value = rest.join(': ');
    if (!WIDENED.some((one) => one === element) || value === '') return undefined;
    found[element] = [...(found[element] ?? []), value];
  }
  return found;
}

const listOf = (widened: Widened) =>
  WIDENED.flatMap((element) => (widened[element] ?? []).map((value) => `${element}: ${value}`));

/** Everything that this one exceeded is declared then. */
export function isTuned(alert: Pick<Alert, 'reasons'>, widened: Widened): boolean {
  const own = exceededOf(alert);
  if (own === undefined) return false;
  const declared = new Set(listOf(widened));
  return listOf(own).every((one) => declared.has(one));
}

export const profileTitle = (agent: string, widened: Widened): string =>
  `Declare ${listOf(widened).join(', ')} in the profile of ${shortName(agent)}`;

/** The registry with the profile of one agent widened; undefined: it declares none. */
export function withProfile(
  registry: Registry,
  agent: string,
  widened: Widened,
): Registry | undefined {
  const entry = registry.agents.find((one) => one.uid === agent);
  if (entry?.profile === undefined) return undefined;
  const profile = { ...entry.profile };
  for (const element of WIDENED) {
    const added = widened[element];
    if (added !== undefined)
      profile[element] = [...new Set([...(profile[element] ?? []), ...added])];
  }
  const agents = registry.agents.map((one) => (one === entry ? { ...one, profile } : one));
  return { ...registry, agents };
}

function withoutProfile(registry: Registry, agent: string, widened: Widened): Registry | undefined {
  const entry = registry.agents.find((one) => one.uid === agent);
  if (entry?.profile === undefined) return undefined;
  const profile = { ...entry.profile };
  for (const element of WIDENED) {
    const declared = profile[element];
    const added = widened[element] ?? [];
    if (declared !== undefined) profile[element] = declared.filter((one) => !added.includes(one));
  }
  const agents = registry.agents.map((one) => (one === entry ? { ...one, profile } : one));
  return { ...registry, agents };
}

type Workflow = Registry['workflows'][number];
export type ApprovalChange = NonNullable<Workflow['approvals']>[number];

export interface ApprovalEntry {
  readonly workflow: string;
  readonly approval: ApprovalChange;
}

export function withApproval(registry: Registry, { workflow, approval }: ApprovalEntry): Registry {
  const workflows = registry.workflows.map((one) =>
    one.name === workflow ? { ...one, approvals: [...(one.approvals ?? []), approval] } : one,
  );
  return { ...registry, workflows };
}

interface Entry {
  readonly workflow?: string;
  readonly approval?: ApprovalChange;
  readonly agent?: string;
  readonly profile?: Widened;
}

/** The registry without what the change added; undefined: it is not there (any more). */
export function withoutEntry(registry: Registry, entry: Entry): Registry | undefined {
  const { workflow, approval, agent, profile } = entry;
  if (agent !== undefined && profile !== undefined) return withoutProfile(registry, agent, profile);
  const text = JSON.stringify(approval);
  let isThere = false;
  const workflows = registry.workflows.map((one) => {
    if (one.name !== workflow) return one;
    const left = (one.approvals ?? []).filter((other) => JSON.stringify(other) !== text);
    isThere ||= left.length < (one.approvals ?? []).length;
    return { ...one, approvals: left };
  });
  return isThere ? { ...registry, workflows } : undefined;
}

/** Where a number of the class table decides: the field of the policy that holds it. */
const THRESHOLDS: Readonly<Record<string, string>> = {
  credential_static: 'credential_life',
  approval_quality: 'rubber_stamp',
  class_drift: 'unattended_calls',
};

export function tunedThreshold({ kind, subject_class: actor }: Alert): string | undefined {
  const field = Object.hasOwn(THRESHOLDS, kind) ? THRESHOLDS[kind] : undefined;
  return field === undefined || actor === undefined ? undefined : `classes.${actor}.${field}`;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const MEASURED = /^(?:at least )?(?:median )?(\d+(?:\.\d+)?) (calls|ms|s|min|h|d)\b/;

/** What the rule measured; more is worse. */
export function measuredOf({ kind, reasons }: Pick<Alert, 'kind' | 'reasons'>): number | undefined {
  for (const { observed = '' } of reasons) {
    const [, number, unit = ''] = MEASURED.exec(observed) ?? [];
    if (number === undefined) continue;
    const value = Number(number) * (UNITS_MS[unit] ?? 1);
    return kind === 'approval_quality' ? -value : value;
  }
  return undefined;
}

const PROPOSED_MS = 7 * 86_400_000;

export const isWaiting = ({ tuning, revertedAt, atMs }: TuningState, nowMs: number): boolean =>
  tuning.state === 'proposed' && revertedAt === null && atMs >= nowMs - PROPOSED_MS;
