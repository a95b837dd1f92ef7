/**
 * Why a matching rule may not act, the decisive reason first; `commands/apply-rule.ts` withholds and records, and adds
 * what only it knows (spent budget, already contained). What rests on an assertion never acts. Other orders have lists of
 * their own: by hand (`operator/hand-order.ts`), after an order (`commands/follow-up.ts`), on access that was handed on
 * (`commands/cascade-member.ts`).
 */
import {
  type Alert,
  type Assurance,
  assuranceAtLeast,
  blackoutAt,
  KNOWN_WITHHELD_REASONS,
  type Rule,
} from '@waywarden/schemas';
import { isMild } from '../model/action-strength.ts';
import type { PlannedAction } from '../model/action-target.ts';
import { receiversFor, type TenantPolicy, type TenantRegistry } from '../model/tenant-policy.ts';

/** For anything automatic. */
export const AUTOMATIC_ASSURANCE_MIN: Assurance = 'authenticated';

export interface GuardInput {
  readonly alert: Alert;
  readonly rule: Rule;
  readonly actions: readonly PlannedAction[];
  readonly policy: TenantPolicy;
  readonly registry: TenantRegistry | undefined;
  readonly neverRevoke: readonly string[];
  readonly isPaused: boolean;
  readonly hitsOthers?: boolean;
  readonly hitsProtected?: boolean;
  readonly isTaken?: boolean;
  readonly nowMs: number;
}

type Guard = (input: GuardInput) => readonly string[];

const mode: Guard = ({ rule }) => {
  if (rule.mode === 'shadow') return ['rule_in_shadow'];
  return rule.mode === 'warn' ? ['rule_in_warn'] : [];
};

/** Unsaid counts as asserted. */
const assurance: Guard = ({ alert, rule }) => {
  const have = alert.decisive_assurance ?? 'asserted';
  const enough =
    assuranceAtLeast(have, AUTOMATIC_ASSURANCE_MIN) && assuranceAtLeast(have, rule.assurance_min);
  return enough ? [] : ['claim_only_asserted'];
};

/** Unknown ones too. */
const caveats: Guard = ({ alert }) => {
  const named = alert.assembly?.caveats ?? [];
  const unproven = alert.assembly?.proof_minimal === false ? ['proof_not_minimal'] : [];
  return [...named, ...unproven];
};

const CLEAR_SHARE = 0.25;

/** Inferred over both: no hand-over is shown. */
const margin: Guard = ({ alert: { kind, score, reasons } }) => {
  if (kind !== 'hijack_suspected') return [];
  const isNear = reasons.some(
    ({ level, threshold, threshold_source: source }) =>
      level === 'chain' &&
      source === 'static' &&
      threshold !== undefined &&
      score < threshold * (1 + CLEAR_SHARE),
  );
  return isNear ? ['near_threshold'] : [];
};

/** What nobody is shown takes nobody's access. */
const listed: Guard = ({ alert }) => (alert.hygiene === true ? ['only_listed'] : []);

type NeverRevokeLists = Pick<GuardInput, 'policy' | 'registry' | 'neverRevoke'>;

function neverRevoked({ policy, registry, neverRevoke: always }: NeverRevokeLists): Set<string> {
  return new Set([...policy.neverRevoke, ...(registry?.neverRevoke ?? []), ...always]);
}

export function isNeverRevoked(lists: NeverRevokeLists, agentUid: string): boolean {
  return neverRevoked(lists).has(agentUid);
}

const neverRevoke: Guard = ({ alert, actions, hitsProtected, ...lists }) => {
  const listed = neverRevoked(lists);
  const touched = [
    alert.subject.agent_uid,
    ...actions.flatMap(({ target }) => [target.agent_uid, target.parent_agent_uid ?? '']),
  ];
  const isHit = hitsProtected === true || touched.some((uid) => listed.has(uid));
  return isHit ? ['never_revoke'] : [];
};

const evaluable: Guard = ({ alert }) => (alert.evaluable ? [] : ['not_evaluable']);

/** Bystanders, such as the other users of a shared credential, need two people, not a rule. */
const collateral: Guard = ({ alert, actions, hitsOthers }) => {
  const hurt = (alert.assembly?.cut ?? []).some(
    (cut) =>
      cut.collateral.length > 0 &&
      actions.some((one) => one.action === cut.action && one.target.level === cut.target.level),
  );
  return hurt || hitsOthers === true ? ['bystanders_affected'] : [];
};

const isOfMany = ({ rule_id: rule }: Alert) => rule === 'common-cause';

/** The others alone would be half of it. */
const target: Guard = ({ actions, alert }) =>
  actions[0] !== undefined && actions[0].problems.length === 0 && !isOfMany(alert)
    ? []
    : ['target_incomplete'];

/** A person confirms it. */
const blackout: Guard = ({ actions, registry, nowMs }) => {
  const isInHand = actions.some(({ action, target: { agent_uid: uid } }) => {
    const windows = registry?.blackouts?.[uid] ?? [];
    return !isMild(action) && blackoutAt(windows, nowMs) !== undefined;
  });
  return isInHand ? ['blackout'] : [];
};

const pause: Guard = ({ isPaused }) => (isPaused ? ['enforcement_paused'] : []);

const taken: Guard = ({ isTaken }) => (isTaken === true ? ['reverted'] : []);

const receivers: Guard = ({ alert, policy, registry }) =>
  receiversFor(policy, registry, alert.subject.agent_uid).all.length > 0 ? [] : ['no_receiver'];

const GUARDS: readonly Guard[] = [
  mode,
  assurance,
  caveats,
  margin,
  listed,
  neverRevoke,
  evaluable,
  collateral,
  target,
  receivers,
  blackout,
  pause,
  taken,
];

const RANK: ReadonlyMap<string, number> = new Map(
  KNOWN_WITHHELD_REASONS.map((reason, at) => [reason, at]),
);

export function byDecisiveness(reasons: readonly string[]): readonly string[] {
  const rank = (reason: string) => RANK.get(reason) ?? RANK.size;
  return [...new Set(reasons)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** Empty: no guard is against it. */
export function withheldReasons(input: GuardInput): readonly string[] {
  return byDecisiveness(GUARDS.flatMap((guard) => guard(input)));
}
