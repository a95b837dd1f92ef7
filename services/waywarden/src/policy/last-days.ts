/**
 * What a policy would have revoked in the last days of a history, one line each: what `policy test`
 * says first, since nobody signs a policy for its counts.
 *
 * Days count back from the last decision or event of the history and not from today: an old history
 * has last days too.
 */
import { type Decision, epochMs, formatLogTime, type RevocationCommand } from '@waywarden/schemas';

const DAY_MS = 86_400_000;
/** Revocations that are listed; the counts are of all. */
const LISTED_MAX = 50;
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
  /** By rules that only watch: what they would have revoked if they were enforced, before any budget. */
  readonly if_enforced: readonly WouldHave[];
  readonly if_enforced_count: number;
  /** Held back by a guard, by its decisive reason; not by the mode of a rule. */
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

function reasonsBesideMode(decision: Decision): readonly string[] {
  const all = decision.withheld_reasons ?? [decision.withheld_reason ?? ''];
  return all.filter((reason) => reason !== '' && !MODE_REASONS.has(reason));
}

interface Found {
  readonly revoked: WouldHave[];
  readonly ifEnforced: WouldHave[];
  readonly withheld: Record<string, number>;
  stepUps: number;
}

function look(found: Found, one: Decision, commands: ReadonlyMap<string, RevocationCommand>): void {
  const given = (one.issued_command_ids ?? []).flatMap((id) => commands.get(id) ?? []);
  for (const command of given) {
    if (command.action === 'require_step_up') found.stepUps += 1;
    else if (command.action !== 'restore' && !MILD.has(command.action)) {
      found.revoked.push(wouldHave(one, command));
    }
  }
  const [decisive] = reasonsBesideMode(one);
  if (decisive !== undefined && given.length === 0) {
    found.withheld[decisive] = (found.withheld[decisive] ?? 0) + 1;
  }
  const would = one.would_be_command;
  if (one.mode === 'enforce' || decisive !== undefined || would === null) return;
  if (!MILD.has(would.action)) found.ifEnforced.push(wouldHave(one, would));
}

const byTime = (a: WouldHave, b: WouldHave) =>
  epochMs(a.at) - epochMs(b.at) || (a.target < b.target ? -1 : 1);

export interface History {
  readonly decisions: readonly Decision[];
  readonly commands: readonly RevocationCommand[];
  /** Time of its last event, where it has any. */
  readonly latest: string | undefined;
}

export function lastDays({ decisions, commands, latest }: History, days: number): LastDays {
  const times = decisions.map((one) => epochMs(one.decided_at));
  const eventMs = latest === undefined ? 0 : epochMs(latest);
  const lastMs = times.reduce((last, ms) => Math.max(last, ms), eventMs);
  const fromMs = lastMs - days * DAY_MS;
  const known = new Map(commands.map((command) => [command.command_id, command]));
  const found: Found = { revoked: [], ifEnforced: [], withheld: {}, stepUps: 0 };
  for (const one of decisions) if (epochMs(one.decided_at) >= fromMs) look(found, one, known);
  const at = (ms: number) => formatLogTime({ ms, ns: 0 });
  return {
    days,
    from: at(fromMs),
    until: at(lastMs),
    revoked: found.revoked.toSorted(byTime).slice(0, LISTED_MAX),
    revoked_count: found.revoked.length,
    step_ups: found.stepUps,
    if_enforced: found.ifEnforced.toSorted(byTime).slice(0, LISTED_MAX),
    if_enforced_count: found.ifEnforced.length,
    withheld: found.withheld,
  };
}
