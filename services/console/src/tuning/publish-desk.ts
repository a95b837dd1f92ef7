/** One person proposes a registry or policy, another publishes it: signed and logged before it has effect. */
import { createHash, randomUUID } from 'node:crypto';
import type { CheckedRules, ProposalRow, RuleFile } from '../core/rules-model.ts';
import type { ProposedRules } from '../core/triage/rule-proposals.ts';
import type { AlertFollower } from '../triage/alert-follower.ts';
import {
  isTriageRefusal,
  type TriageDesk,
  type TriageRefusal,
  triageRefusal,
} from '../triage/triage-desk.ts';
import type { RulesPort } from './rules-port.ts';
import type { TwoPeople } from './two-people.ts';

const WAITING_MAX = 20;

export interface PublishDeskParts {
  readonly follower: Pick<AlertFollower, 'board'>;
  readonly desk: Pick<TriageDesk, 'onRules'>;
  readonly rules: RulesPort;
  readonly people: TwoPeople;
}

type Answer = Promise<ProposalRow | TriageRefusal>;

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

export class PublishDesk {
  readonly #parts: PublishDeskParts;
  /** By proposal and versions in force. */
  readonly #checked = new Map<string, CheckedRules>();

  constructor(parts: PublishDeskParts) {
    this.#parts = parts;
  }

  all(): readonly ProposalRow[] {
    return this.#proposals()
      .toReversed()
      .map((one) => this.#row(one));
  }

  /** As it was proposed; undefined: it is not there (any more). */
  text(id: string): string | undefined {
    const one = this.#known(id);
    return one && this.#textOf(one);
  }

  propose(by: string, kind: RuleFile, text: string, reason: string): Answer {
    return this.#parts.people.next(() => this.#propose(by, kind, text, reason));
  }

  publish(by: string, id: string, reason: string): Answer {
    return this.#parts.people.next(() => this.#publish(by, id, reason));
  }

  withdraw(by: string, id: string, reason: string): Answer {
    return this.#parts.people.next(async () => {
      const one = this.#waiting(id);
      if (isTriageRefusal(one)) return one;
      const refused = await this.#parts.desk.onRules(by, 'withdraw_rules', one.proposal, reason);
      return refused ?? this.#rowOf(id);
    });
  }

  async #propose(by: string, kind: RuleFile, text: string, reason: string): Answer {
    const { rules, desk } = this.#parts;
    const { texts, refusal, version } = rules.publishing;
    const why = refusal(kind);
    if (why !== undefined) return triageRefusal(409, why);
    const { errors, changes } = rules.check(kind, text);
    if (errors > 0) return triageRefusal(400, 'Mend the errors first.');
    if (changes?.length === 0) return triageRefusal(400, 'It is what is in force.');
    const standing = this.#proposals().filter((one) => this.#isToPublish(one));
    if (standing.length >= WAITING_MAX) {
      return triageRefusal(409, `${WAITING_MAX} proposals wait already: publish or withdraw one.`);
    }
    texts.keepOnly(new Set(standing.map(({ proposal }) => proposal.proposal_id)));
    const id = randomUUID();
    const proposal = { proposal_id: id, kind, text_hash: hashOf(text), before: version(kind) };
    texts.keep(id, text);
    return (await desk.onRules(by, 'propose_rules', proposal, reason)) ?? this.#rowOf(id);
  }

  async #publish(by: string, id: string, reason: string): Answer {
    const { rules, desk } = this.#parts;
    const one = this.#waiting(id);
    if (isTriageRefusal(one)) return one;
    const { proposal } = one;
    const same = this.#parts.people.refusal(one.by, by, 'publish');
    if (same !== undefined) return same;
    const text = this.#textOf(one);
    const problem = this.#problemOf(one, text);
    if (problem !== null || text === undefined) return triageRefusal(409, problem ?? '');
    if (one.state === 'waits') {
      const refused = await desk.onRules(by, 'publish_rules', proposal, reason);
      if (refused !== undefined) return refused;
    }
    const from = `proposed by ${one.by}, published by ${by}`;
    const why = await rules.publishing.replace(proposal.kind, text, from, proposal.before);
    if (why !== undefined) {
      await desk.onRules(by, 'withdraw_rules', proposal, `not published: ${why}`);
      return triageRefusal(409, why);
    }
    rules.publishing.texts.drop(id);
    return this.#rowOf(id);
  }

  #proposals(): readonly ProposedRules[] {
    return this.#parts.follower.board.proposals();
  }

  #known(id: string): ProposedRules | undefined {
    return this.#proposals().find((one) => one.proposal.proposal_id === id);
  }

  /** A file that stays after it was signed is not in force. */
  #isToPublish(one: ProposedRules): boolean {
    return one.state === 'waits' || (one.state === 'published' && this.#textOf(one) !== undefined);
  }

  #waiting(id: string): ProposedRules | TriageRefusal {
    const one = this.#known(id);
    if (one === undefined) return triageRefusal(404, `There is no proposal ${id}.`);
    return this.#isToPublish(one) ? one : triageRefusal(409, `It is ${one.state} already.`);
  }

  #textOf({ proposal }: ProposedRules): string | undefined {
    const text = this.#parts.rules.publishing.texts.read(proposal.proposal_id);
    return text !== undefined && hashOf(text) === proposal.text_hash ? text : undefined;
  }

  #check({ proposal: { proposal_id: id, kind } }: ProposedRules, text: string): CheckedRules {
    const { rules } = this.#parts;
    const { version } = rules.publishing;
    const key = [id, version('registry'), version('policy')].join('|');
    const checked = this.#checked.get(key) ?? rules.check(kind, text);
    if (this.#checked.size > WAITING_MAX) this.#checked.clear();
    this.#checked.set(key, checked);
    return checked;
  }

  #problemOf(one: ProposedRules, text: string | undefined) {
    const { kind, before } = one.proposal;
    if (text === undefined) {
      return 'The file is not in the data folder as it was proposed: propose it anew.';
    }
    if (this.#parts.rules.publishing.version(kind) !== before) {
      return `Another ${kind} was published since it was proposed: propose it anew.`;
    }
    return this.#check(one, text).errors > 0 ? 'It has errors by now: propose it anew.' : null;
  }

  #rowOf(id: string): ProposalRow | TriageRefusal {
    const one = this.#known(id);
    return one === undefined
      ? triageRefusal(409, 'It is in the log and not listed yet.')
      : this.#row(one);
  }

  #row(one: ProposedRules): ProposalRow {
    const { proposal, by, at, reason, ended } = one;
    const { proposal_id: id, kind } = proposal;
    const state = this.#isToPublish(one) ? 'waits' : one.state;
    const row = { id, kind, by, at, reason, state, ended };
    if (state !== 'waits') return { ...row, changes: [], problem: null };
    const text = this.#textOf(one);
    const changes = text === undefined ? [] : (this.#check(one, text).changes ?? []);
    return { ...row, changes, problem: this.#problemOf(one, text) };
  }
}
