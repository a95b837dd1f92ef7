/**
 * What a policy would have revoked in the last days of a history, one line each: what `policy test`
 * says first, since nobody signs a policy for its counts.
 *
 * Days count back from the last decision or event of the history and not from today: an old history
 * has last days too.
 */
import { type Decision, epochMs, formatLogTime, type RevocationCommand } from '@waywarden/schemas';
import { isOfRule, type Ordered } from './if-enforced.ts';

const DAY_MS = 86_400_000;
/** Revocations that are listed; the counts are of all. */
const LISTED_MAX = 50;
const NOTHING: Ordered = { decisions: [], commands: [] };
const MODE_REASONS: ReadonlySet<string> = new Set(['rule_in_shadow', 'rule_in_warn']);
/** Asked of a person, or said, and nothing taken. */
const MILD: ReadonlySet<string> = new Set([
  'require_step_up',
  'hold',
  'hold_payment',
  'signal_risk',
  'probe',
]);

export interface WouldHave {
  readonly at: string;
  readonly rule: string;
  /** `revoke_token task t-1 of agent/a`. */
  readonly target: string;
  readonly agent_uid: string;
  readonly why: string;
}

export interface LastDays {
  readonly days: number;
  readonly from: string;
  readonly until: string;
  readonly revoked: readonly WouldHave[];
  readonly revoked_count: number;
  readonly step_ups: number;
  /** By rules that only watch: what they would have revoked if all rules were enforced, with whom that reaches. */
  readonly if_enforced: readonly WouldHave[];
  readonly if_enforced_count: number;
  /** Held back by a guard, once for each alert and rule, by its decisive reason; not by the mode of a rule. */
  readonly withheld: Readonly<Record<string, number>>;
}

export function targetName({ action, target }: RevocationCommand): string {
  const of = target.task_id ?? target.credential_uid ?? target.instance_uid;
  return `${action} ${target.level}${of === undefined ? '' : ` ${of}`} of ${target.agent_uid}`;
}

function wouldHave({ rule_id: rule }: Decision, command: RevocationCommand): WouldHave {
  return {
    at: command.issued_at,
    rule,
    target: targetName(command),
    agent_uid: command.target.agent_uid,
    why: command.reason,
  };
}

export function reasonsBesideMode(decision: Decision): readonly string[] {
  const all = decision.withheld_reasons ?? [decision.withheld_reason ?? ''];
  return all.filter((reason) => reason !== '' && !MODE_REASONS.has(reason));
}

/** Orders that take something. */
export function takenBy(
  one: Decision,
  commands: ReadonlyMap<string, RevocationCommand>,
): readonly RevocationCommand[] {
  const given = (one.issued_command_ids ?? []).flatMap((id) => commands.get(id) ?? []);
  return given.filter(({ action }) => action !== 'restore' && !MILD.has(action));
}

/**
 * Why nothing was given, by what the last revision said: once for each alert and rule, however often
 * the alert was revised. `isGiven`: what of a decision counts as given.
 */
export function suppressed(
  decisions: readonly Decision[],
  isGiven: (one: Decision) => boolean,
): Readonly<Record<string, number>> {
  const last = new Map<string, string | undefined>();
  for (const one of decisions.toSorted((a, b) => a.alert_revision - b.alert_revision)) {
    const about = `${one.rule_id}|${one.alert_ids[0] ?? one.decision_id}`;
    const isWarmedUp = isGiven(one) || (last.has(about) && last.get(about) === undefined);
    last.set(about, isWarmedUp ? undefined : reasonsBesideMode(one)[0]);
  }
  const counts: Record<string, number> = {};
  for (const reason of last.values()) {
    if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

const byTime = (a: WouldHave, b: WouldHave) =>
  epochMs(a.at) - epochMs(b.at) || (a.target < b.target ? -1 : 1);

export interface History {
  readonly decisions: readonly Decision[];
  readonly commands: readonly RevocationCommand[];
  /** Time of its last event, where it has any. */
  readonly latest: string | undefined;
  /** Rules that only watch, and what would have been decided had all rules acted. */
  readonly watching?: readonly string[];
  readonly enforced?: Ordered;
}

const byId = (commands: readonly RevocationCommand[]) =>
  new Map(commands.map((command) => [command.command_id, command]));

function within(decisions: readonly Decision[], fromMs: number): readonly Decision[] {
  return decisions.filter((one) => epochMs(one.decided_at) >= fromMs);
}

function revokedBy(
  decisions: readonly Decision[],
  commands: ReadonlyMap<string, RevocationCommand>,
): readonly WouldHave[] {
  return decisions
    .flatMap((one) => takenBy(one, commands).map((command) => wouldHave(one, command)))
    .toSorted(byTime);
}

export function lastDays(history: History, days: number): LastDays {
  const { decisions, latest, watching = [], enforced = NOTHING } = history;
  const times = decisions.map((one) => epochMs(one.decided_at));
  const eventMs = latest === undefined ? 0 : epochMs(latest);
  const lastMs = times.reduce((last, ms) => Math.max(last, ms), eventMs);
  const fromMs = lastMs - days * DAY_MS;
  const known = byId(history.commands);
  const isWatched = (one: Decision) => watching.some((ruleId) => isOfRule(one, ruleId));
  const did = within(decisions, fromMs).filter((one) => !isWatched(one));
  const would = within(enforced.decisions, fromMs).filter(isWatched);
  const given = did.flatMap((one) => (one.issued_command_ids ?? []).map((id) => known.get(id)));
  const revoked = revokedBy(did, known);
  const wouldRevoke = revokedBy(would, byId(enforced.commands));
  const isGiven = (one: Decision) => (one.issued_command_ids ?? []).length > 0;
  const at = (ms: number) => formatLogTime({ ms, ns: 0 });
  return {
    days,
    from: at(fromMs),
    until: at(lastMs),
    revoked: revoked.slice(0, LISTED_MAX),
    revoked_count: revoked.length,
    step_ups: given.filter((command) => command?.action === 'require_step_up').length,
    if_enforced: wouldRevoke.slice(0, LISTED_MAX),
    if_enforced_count: wouldRevoke.length,
    withheld: suppressed([...did, ...would], isGiven),
  };
}
