/** The changes that may be proposed after a false positive, each tried on the last days' alerts. */
import type { Alert, Registry } from '@waywarden/schemas';
import { scopeProblem } from '../core/triage/suppression.ts';
import type { BoardEntry } from '../core/triage/triage-board.ts';
import {
  type ApprovalEntry,
  effectOf,
  exceededOf,
  isTuned,
  measuredOf,
  narrowScope,
  notRaised,
  profileTitle,
  ruleChangeProblem,
  scopeTitle,
  type TuningEffect,
  tunedThreshold,
  withApproval,
  withProfile,
} from '../core/triage/tuning.ts';
import type { StorePort } from '../store/console-store.ts';
import { containedAmong } from '../store/contained-alerts.ts';
import type { AlertFollower } from '../triage/alert-follower.ts';
import type { AlertLists } from '../triage/alert-lists.ts';
import { type TriageRefusal, triageRefusal } from '../triage/triage-desk.ts';
import type { AskedAlert, Option, TuningProposal } from './proposal.ts';
import type { AskedApproval, RulesPort } from './rules-port.ts';

const DAY_MS = 86_400_000;
/** Alerts that a change is tried on: the newest. */
const TRIED_MAX = 2_000;
const PAGE = 200;
const APPROVABLE: ReadonlySet<string> = new Set(['privilege_assembly', 'toxic_combination']);
export const JUDGED_WRONG: ReadonlySet<string> = new Set(['false_positive', 'benign_expected']);

export interface ProposalParts {
  readonly lists: AlertLists;
  readonly follower: AlertFollower;
  readonly store: StorePort;
  readonly rules: RulesPort | undefined;
  readonly nowMs: () => number;
}

export class Proposals {
  readonly #parts: ProposalParts;

  constructor(parts: ProposalParts) {
    this.#parts = parts;
  }

  async find(id: string): Promise<AskedAlert | TriageRefusal> {
    const entry = this.#parts.follower.board.entry(id);
    const [alert] = entry === undefined ? [] : await this.#parts.lists.records([entry]);
    if (entry === undefined || alert === undefined)
      return triageRefusal(404, `No alert ${id} is listed.`);
    return { entry, alert };
  }

  /** Alerts of the last days that `fits`, the newest first. */
  #recent(days: number, fits: (entry: BoardEntry) => boolean): readonly BoardEntry[] {
    const sinceMs = this.#parts.nowMs() - days * DAY_MS;
    const found: BoardEntry[] = [];
    for (const entry of this.#parts.follower.board.entries()) {
      if (entry.row.times.detected >= sinceMs && fits(entry)) found.push(entry);
    }
    return found.toSorted((a, b) => b.row.times.detected - a.row.times.detected);
  }

  async #effect(
    gone: readonly BoardEntry[],
    of: Omit<Parameters<typeof effectOf>[1], 'contained' | 'item'>,
  ): Promise<TuningEffect> {
    const contained = new Set<string>();
    const asked = gone.slice(0, TRIED_MAX);
    for (let at = 0; at < asked.length; at += PAGE) {
      const ids = asked.slice(at, at + PAGE).map(({ row }) => row.id);
      for (const id of await containedAmong(this.#parts.store, ids)) contained.add(id);
    }
    return effectOf(gone, { ...of, contained, item: (entry) => this.#parts.lists.item(entry) });
  }

  async #records(entries: readonly BoardEntry[]): Promise<readonly Alert[]> {
    const records: Alert[] = [];
    for (let at = 0; at < entries.length; at += PAGE)
      records.push(...(await this.#parts.lists.records(entries.slice(at, at + PAGE))));
    return records;
  }

  async options(
    { entry, alert }: AskedAlert,
    days: number,
  ): Promise<{ readonly options: readonly TuningProposal[]; readonly why: readonly string[] }> {
    const why: string[] = [];
    const changes: TuningProposal[] = [];
    for (const change of [
      await this.#approval(entry, alert, days),
      await this.#profile(entry, alert, days),
    ]) {
      if (typeof change === 'string') why.push(change);
      else if (change !== undefined) changes.push(change);
    }
    const suppression = await this.#suppression(entry, alert, days);
    if (typeof suppression === 'string') why.push(suppression);
    const threshold = await this.#threshold(entry, alert, days);
    const plain = [suppression, threshold].flatMap((option) =>
      option === undefined || typeof option === 'string' ? [] : [{ option, entryOf: NO_ENTRY }],
    );
    return { options: [...changes, ...plain], why };
  }

  async #suppression(entry: BoardEntry, alert: Alert, days: number): Promise<Option | string> {
    const scope = narrowScope(entry, alert);
    const problem = scopeProblem(scope);
    if (problem !== undefined) return problem;
    const gone = this.#parts.lists
      .fitting(scope, days)
      .toSorted((a, b) => b.row.times.detected - a.row.times.detected);
    const unread =
      gone.length <= TRIED_MAX
        ? ''
        : ` Which of them hold a command is known of the ${TRIED_MAX} newest.`;
    const of = {
      ...{ alertId: alert.alert_id, days, alike: gone.length, tried: gone.length },
      ...{ notReplayed: 0, restsOn: 'alerts' as const },
    };
    return {
      what: 'suppression',
      title: scopeTitle(scope),
      words: `Alerts of this kind, rule, agent and tool leave the queue for a time. Every rule still decides on them, so access is revoked as before.${unread}`,
      ...{ entry: null, scope, effect: await this.#effect(gone, of) },
      ...{ permission: 'respond', refused: null },
    };
  }

  /** Undefined: not for this kind; a text: why none is proposed. */
  async #approval(
    entry: BoardEntry,
    alert: Alert,
    days: number,
  ): Promise<TuningProposal | string | undefined> {
    const { rules, nowMs } = this.#parts;
    const registry = rules?.registry();
    if (!APPROVABLE.has(alert.kind) || rules === undefined) return undefined;
    if (registry === undefined) return 'No approval is proposed: no registry is published.';
    const proposed = await rules.proposeApproval(await this.#asked(entry, alert));
    if (typeof proposed === 'string') return `No approval is proposed: ${proposed}.`;
    const { workflow, approval, owner, not_bounded: open } = proposed;
    const since = new Date(nowMs() - days * DAY_MS).toISOString().slice(0, 10);
    const tried = { ...approval, from: since, by: 'a trial', reason: 'a trial' };
    const next = withApproval(registry, { workflow, approval: tried });
    const alike = this.#recent(
      days,
      ({ row }) => !row.isHygiene && row.facts.rule_id === entry.row.facts.rule_id,
    );
    const effect = await this.#replayed(alike, next, { alertId: alert.alert_id, days });
    const bounds =
      open.length === 0 ? '' : ` Its calls do not say ${open.join(', ')}, so that is not bounded.`;
    return {
      option: {
        what: 'approval',
        title: `Approve ${approval.combination} for workflow ${workflow}`,
        words: `Until ${approval.expires}, the workflow may combine this inside the envelope of this alert: its capabilities, targets and volume, and no more.${bounds} ${owner === null ? 'Nobody is registered as its owner.' : `It is ${owner}’s to decide.`}`,
        entry: JSON.stringify({ workflow, approval }, null, 2),
        ...{ scope: null, effect, permission: 'admin' },
        refused: notRaised(effect, alert.alert_id) ?? ruleChangeProblem(effect) ?? null,
      },
      entryOf: (by, reason) => {
        const whole: ApprovalEntry = { workflow, approval: { ...approval, by, reason } };
        return { entry: whole, next: withApproval(registry, whole) };
      },
    };
  }

  async #asked({ row }: BoardEntry, alert: Alert): Promise<AskedApproval> {
    const { follower } = this.#parts;
    const chain = [...follower.board.entries()].filter(
      (one) => one.row.id === row.id || (row.chainId !== '' && one.row.chainId === row.chainId),
    );
    const isFalse = ({ triage }: BoardEntry) =>
      JUDGED_WRONG.has(triage.closed?.classification ?? '');
    const cleared = new Set(chain.filter(isFalse).map((one) => one.row.id));
    const alerts = await this.#records(chain.slice(0, TRIED_MAX));
    return { alert, alerts, cleared: cleared.add(row.id) };
  }

  async #replayed(
    all: readonly BoardEntry[],
    next: Registry,
    of: { readonly alertId: string; readonly days: number },
  ): Promise<TuningEffect> {
    const { rules } = this.#parts;
    const alike = all.slice(0, TRIED_MAX);
    // What decides is read first.
    const decides = ({ row, triage }: BoardEntry) =>
      row.id === of.alertId || triage.closed?.classification === 'true_positive';
    const first = all.filter(decides).slice(0, TRIED_MAX);
    const taken = new Set(first);
    const gone: BoardEntry[] = [];
    let notReplayed = 0;
    const tried = [...first, ...alike.filter((one) => !taken.has(one))];
    for (const some of [first, tried.slice(first.length)]) {
      if (some.length === 0) continue;
      const replay = await rules?.replay(await this.#records(some), next);
      gone.push(...some.filter(({ row }) => replay?.gone.has(row.id) === true));
      notReplayed += replay?.notReplayed.size ?? some.length;
    }
    return this.#effect(gone, {
      ...{ ...of, alike: all.length, tried: tried.length, notReplayed, restsOn: 'calls' },
    });
  }

  async #profile(
    entry: BoardEntry,
    alert: Alert,
    days: number,
  ): Promise<TuningProposal | string | undefined> {
    const { rules } = this.#parts;
    const registry = rules?.registry();
    if (alert.kind !== 'outside_profile' || registry === undefined) return undefined;
    const agent = alert.subject.agent_uid;
    const profile = exceededOf(alert);
    const next = profile === undefined ? undefined : withProfile(registry, agent, profile);
    if (profile === undefined || next === undefined) {
      return 'The profile is not widened here: what was exceeded is no list of tools, environments or destinations.';
    }
    const { kind } = entry.row.facts;
    const all = this.#recent(
      days,
      ({ row }) => row.facts.kind === kind && row.agents.includes(agent),
    );
    const alike = all.slice(0, TRIED_MAX);
    const byId = new Map((await this.#records(alike)).map((one) => [one.alert_id, one]));
    const gone = alike.filter(({ row }) => {
      const one = byId.get(row.id);
      return one?.subject.agent_uid === agent && isTuned(one, profile);
    });
    const effect = await this.#effect(gone, {
      ...{ alertId: alert.alert_id, days, alike: all.length, tried: alike.length },
      ...{ notReplayed: alike.length - byId.size, restsOn: 'alerts' },
    });
    return {
      option: {
        what: 'profile',
        title: profileTitle(agent, profile),
        words:
          'Calls inside the declared profile are no finding any more, for as long as the registry says so.',
        entry: JSON.stringify({ agent, profile }, null, 2),
        ...{ scope: null, effect, permission: 'admin' },
        refused: ruleChangeProblem(effect) ?? null,
      },
      entryOf: () => ({ entry: { agent, profile }, next }),
    };
  }

  /** Numbers of the class table stand in the policy, which two people publish. */
  async #threshold(entry: BoardEntry, alert: Alert, days: number): Promise<Option | undefined> {
    const field = tunedThreshold(alert);
    if (field === undefined) return undefined;
    const { kind, rule_id: rule } = entry.row.facts;
    const all = this.#recent(
      days,
      ({ row: { facts } }) => facts.kind === kind && facts.rule_id === rule,
    );
    const alike = all.slice(0, TRIED_MAX);
    const records = await this.#records(alike);
    const own = measuredOf(alert);
    const values = new Map<string, number | undefined>();
    for (const one of records)
      if (one.subject_class === alert.subject_class) values.set(one.alert_id, measuredOf(one));
    const gone = alike.filter(({ row }) => {
      const value = values.get(row.id);
      return own !== undefined && value !== undefined && value <= own;
    });
    const unnamed = [...values.values()].filter((value) => value === undefined).length;
    const effect = await this.#effect(gone, {
      ...{ alertId: alert.alert_id, days, alike: all.length, tried: alike.length },
      notReplayed: alike.length - records.length + unnamed,
      restsOn: 'values',
    });
    return {
      what: 'threshold',
      title: `Set ${field} in the policy`,
      words:
        'For every agent of the class, so wider than what stands above. Change it in the policy, try it and propose it on the page Rules.',
      ...{ entry: null, scope: null, effect: own === undefined ? null : effect },
      ...{ permission: 'admin', refused: 'Propose the changed policy on the page Rules.' },
    };
  }
}

const NO_ENTRY = (): never => {
  throw new TypeError('A suppression has no entry.');
};
