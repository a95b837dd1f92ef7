/**
 * The change after a false positive: tried, taken and reverted. What changes the registry takes two people. It stands
 * signed in the log before it has effect. Accepting names what was looked at.
 */
import { randomUUID } from 'node:crypto';
import type { Registry, Tuning } from '@waywarden/schemas';
import type { Permission } from '../core/access/roles.ts';
import {
  isWaiting,
  type TuningOption,
  type TuningPreview,
  withoutEntry,
} from '../core/triage/tuning.ts';
import type { TuningState } from '../core/triage/tunings.ts';
import {
  isTriageRefusal,
  type TriageDesk,
  type TriageRefusal,
  triageRefusal,
} from '../triage/triage-desk.ts';
import { printOf } from './proposal.ts';
import { JUDGED_WRONG, type ProposalParts, Proposals } from './proposals.ts';
import type { TwoPeople } from './two-people.ts';

type Answer = Promise<TuningState | TriageRefusal>;

/** Whoever proposes or accepts it, on whichever day. */
function changeOf(entry: string | null): string {
  const { approval, ...rest } = JSON.parse(entry ?? '{}') as { readonly approval?: object };
  const days = { by: undefined, reason: undefined, from: undefined, expires: undefined };
  return JSON.stringify({ ...rest, approval: { ...approval, ...days } });
}

export interface TuningDeskParts extends ProposalParts {
  readonly desk: TriageDesk;
  readonly people: TwoPeople;
}

export interface Accepting {
  readonly alert_id: string;
  readonly what: string;
  readonly print: string;
  readonly days: number;
  readonly lastsMs: number;
  readonly reason: string;
}

export class TuningDesk {
  readonly #parts: TuningDeskParts;
  readonly #proposals: Proposals;

  constructor(parts: TuningDeskParts) {
    this.#parts = parts;
    this.#proposals = new Proposals(parts);
  }

  all(): readonly TuningState[] {
    return this.#parts.follower.board.tunings().toReversed();
  }

  async preview(alertId: string, days: number): Promise<TuningPreview | TriageRefusal> {
    const found = await this.#proposals.find(alertId);
    if (isTriageRefusal(found)) return found;
    const { options, why } = await this.#proposals.options(found, days);
    const version = this.#parts.rules?.registryVersion() ?? null;
    return {
      ...{ alert_id: alertId, days, registry_version: version, not_proposed: why },
      options: options.map(({ option }) => ({
        ...option,
        print: printOf(option, version),
        proposed_by: this.#proposed(alertId, option.what, option.entry)?.by ?? null,
      })),
    };
  }

  accept(by: string, may: readonly Permission[], given: Accepting): Answer {
    return this.#parts.people.next(() => this.#accept(by, may, given));
  }

  revert(by: string, may: readonly Permission[], id: string): Answer {
    return this.#parts.people.next(() => this.#revert(by, may, id));
  }

  async #accept(by: string, may: readonly Permission[], given: Accepting): Answer {
    const found = await this.#proposals.find(given.alert_id);
    if (isTriageRefusal(found)) return found;
    if (!JUDGED_WRONG.has(found.entry.triage.closed?.classification ?? '')) {
      return triageRefusal(409, 'Close the alert as false positive or benign (expected) first.');
    }
    const { options } = await this.#proposals.options(found, given.days);
    const chosen = options.find(({ option }) => option.what === given.what);
    if (chosen === undefined)
      return triageRefusal(404, `No ${given.what} is proposed for this alert.`);
    const { option } = chosen;
    const { rules } = this.#parts;
    if (printOf(option, rules?.registryVersion() ?? null) !== given.print) {
      return triageRefusal(409, 'What it would do has changed since you looked.');
    }
    if (option.refused !== null) return triageRefusal(409, option.refused);
    if (option.scope !== null) return this.#suppress(by, given, option.scope);
    const entry = chosen.entryOf(by, given.reason);
    const proposed = this.#proposed(given.alert_id, given.what, JSON.stringify(entry.entry));
    if (proposed === undefined) return this.#propose(by, given, entry.entry);
    const same = this.#parts.people.refusal(proposed.by, by, 'accept');
    if (same !== undefined) return same;
    if (!may.includes(option.permission)) {
      return triageRefusal(
        403,
        `This change takes the permission ${option.permission}, which is not given here.`,
      );
    }
    return this.#publish(by, given, { ...entry, id: proposed.tuning.tuning_id });
  }

  /** Of this very change; the newest. */
  #proposed(alertId: string, what: string, entry: string | null): TuningState | undefined {
    return this.all().find(
      (one) =>
        isWaiting(one, this.#parts.nowMs()) &&
        one.alert_id === alertId &&
        one.tuning.what === what &&
        changeOf(one.tuning.entry ?? null) === changeOf(entry),
    );
  }

  #propose(by: string, { alert_id, what, reason }: Accepting, entry: object) {
    const tuning: Tuning = {
      ...{ tuning_id: randomUUID(), state: 'proposed', what, entry: JSON.stringify(entry) },
    };
    return this.#record(by, alert_id, tuning, reason);
  }

  async #revert(by: string, may: readonly Permission[], id: string): Answer {
    const state = this.#state(id);
    if (state === undefined) return triageRefusal(404, `There is no change ${id}.`);
    if (state.revertedAt !== null) return triageRefusal(409, 'It is reverted already.');
    const { tuning, alert_id } = state;
    if (tuning.state === 'proposed')
      return this.#record(by, alert_id, { ...tuning, state: 'reverted' }, 'withdrawn');
    if (tuning.suppression_id !== undefined) {
      const ended = await this.#parts.desk.unsuppress(by, tuning.suppression_id, 'reverted');
      if (isTriageRefusal(ended)) return ended;
      return this.#record(by, alert_id, { ...tuning, state: 'reverted' }, 'reverted');
    }
    if (!may.includes('admin')) {
      return triageRefusal(403, 'A change of the registry takes an admin.');
    }
    const { rules } = this.#parts;
    const registry = rules?.registry();
    if (rules === undefined || registry === undefined)
      return triageRefusal(409, 'There is no registry.');
    const without = withoutEntry(registry, JSON.parse(tuning.entry ?? '{}'));
    // Stricter first, then written down: a crash in between is mended by reverting again.
    if (without !== undefined) {
      const version = rules.registryVersion();
      const problem = await rules.publish(without, `reverted by ${by}`, version);
      if (problem !== undefined) return triageRefusal(409, problem);
    }
    const reason = without === undefined ? 'it was not in the registry any more' : 'reverted';
    return this.#record(by, alert_id, { ...tuning, state: 'reverted' }, reason);
  }

  #state(id: string): TuningState | undefined {
    return this.#parts.follower.board.tunings().find(({ tuning }) => tuning.tuning_id === id);
  }

  async #suppress(
    by: string,
    { alert_id, lastsMs, reason }: Accepting,
    scope: NonNullable<TuningOption['scope']>,
  ): Answer {
    const { desk, nowMs } = this.#parts;
    const until = new Date(nowMs() + lastsMs).toISOString();
    const given = await desk.suppress(by, scope, until, reason);
    if (isTriageRefusal(given)) return given;
    const tuning: Tuning = {
      ...{ tuning_id: randomUUID(), state: 'accepted', what: 'suppression' },
      suppression_id: given.act_id,
    };
    return this.#record(by, alert_id, tuning, reason);
  }

  async #publish(
    by: string,
    { alert_id, what, reason }: Accepting,
    { id, entry, next }: { readonly id: string; readonly entry: object; readonly next: Registry },
  ): Answer {
    const { rules } = this.#parts;
    if (rules === undefined) return triageRefusal(409, 'Rules are not published here.');
    const before = rules.registryVersion();
    const tuning: Tuning = {
      ...{ tuning_id: id, state: 'accepted', what, entry: JSON.stringify(entry) },
      ...{ registry_before: before, registry_after: rules.versionOf(next) },
    };
    const state = await this.#record(by, alert_id, tuning, reason);
    if (isTriageRefusal(state)) return state;
    if (state.revertedAt !== null || state.by !== by)
      return triageRefusal(409, 'It was decided meanwhile.');
    const problem = await rules.publish(next, `${what} accepted by ${by}`, before);
    if (problem === undefined) return state;
    await this.#record(by, alert_id, { ...tuning, state: 'reverted' }, 'not published');
    return triageRefusal(409, problem);
  }

  async #record(by: string, alertId: string, tuning: Tuning, reason: string): Answer {
    const given = await this.#parts.desk.change({
      ...{ by, seen: [{ alert_id: alertId }], change: { tuning }, reason },
    });
    if (isTriageRefusal(given)) return given;
    return (
      this.#state(tuning.tuning_id) ?? triageRefusal(409, 'It is in the log and not listed yet.')
    );
  }
}
