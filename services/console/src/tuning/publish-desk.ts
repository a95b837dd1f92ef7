/**
 * One person proposes a registry or policy, another publishes it. Both acts are signed and logged before they have effect.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { ProposalRow, RuleFile } from '../core/rules-model.ts';
import type { ProposedRules } from '../core/triage/rule-proposals.ts';
import type { AlertFollower } from '../triage/alert-follower.ts';
import {
  isTriageRefusal,
  type TriageDesk,
  type TriageRefusal,
  triageRefusal,
} from '../triage/triage-desk.ts';
import type { RulesPort } from './rules-port.ts';

const WAITING_MAX = 20;

export interface PublishDeskParts {
  readonly follower: Pick<AlertFollower, 'board'>;
  readonly desk: Pick<TriageDesk, 'onRules'>;
  readonly rules: RulesPort;
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

export class PublishDesk {
  readonly #parts: PublishDeskParts;

  constructor(parts: PublishDeskParts) {
    this.#parts = parts;
  }

  all(): readonly ProposalRow[] {
    return this.#parts.follower.board
      .proposals()
      .toReversed()
      .map((one) => this.#row(one));
  }

  async propose(
    by: string,
    kind: RuleFile,
    text: string,
    reason: string,
  ): Promise<ProposalRow | TriageRefusal> {
    const { rules, desk, follower } = this.#parts;
    const { errors, changes } = rules.check(kind, text);
    if (errors > 0) return triageRefusal(400, 'Mend the errors first.');
    if (changes?.length === 0) return triageRefusal(400, 'It is what is in force.');
    const waiting = follower.board.proposals().filter(({ state }) => state === 'waits');
    if (waiting.length >= WAITING_MAX) {
      return triageRefusal(409, `${WAITING_MAX} proposals wait already: publish or withdraw one.`);
    }
    const proposal = {
      ...{ proposal_id: randomUUID(), kind, text_hash: hashOf(text) },
      before: rules.publishing.version(kind),
    };
    rules.publishing.texts.keep(proposal.proposal_id, text);
    const refused = await desk.onRules(by, 'propose_rules', proposal, reason);
    if (refused !== undefined) rules.publishing.texts.drop(proposal.proposal_id);
    return refused ?? this.#rowOf(proposal.proposal_id);
  }

  async publish(by: string, id: string, reason: string): Promise<ProposalRow | TriageRefusal> {
    const { rules, desk } = this.#parts;
    const one = this.#waiting(id);
    if (isTriageRefusal(one)) return one;
    const { proposal } = one;
    if (one.by === by) {
      return triageRefusal(409, 'You proposed it: another person must look at it and publish it.');
    }
    const text = this.#textOf(one);
    const problem = this.#problemOf(one, text);
    if (problem !== null || text === undefined) return triageRefusal(409, problem ?? '');
    const refused = await desk.onRules(by, 'publish_rules', proposal, reason);
    if (refused !== undefined) return refused;
    const from = `proposed by ${one.by}, published by ${by}`;
    const why = await rules.publishing.replace(proposal.kind, text, from, proposal.before);
    if (why !== undefined)
      await desk.onRules(by, 'withdraw_rules', proposal, `not published: ${why}`);
    rules.publishing.texts.drop(id);
    return why === undefined ? this.#rowOf(id) : triageRefusal(409, why);
  }

  async withdraw(by: string, id: string, reason: string): Promise<ProposalRow | TriageRefusal> {
    const one = this.#waiting(id);
    if (isTriageRefusal(one)) return one;
    const refused = await this.#parts.desk.onRules(by, 'withdraw_rules', one.proposal, reason);
    this.#parts.rules.publishing.texts.drop(id);
    return refused ?? this.#rowOf(id);
  }

  #known(id: string): ProposedRules | undefined {
    return this.#parts.follower.board.proposals().find((one) => one.proposal.proposal_id === id);
  }

  #waiting(id: string): ProposedRules | TriageRefusal {
    const one = this.#known(id);
    if (one === undefined) return triageRefusal(404, `There is no proposal ${id}.`);
    return one.state === 'waits' ? one : triageRefusal(409, `It is ${one.state} already.`);
  }

  #textOf({ proposal }: ProposedRules): string | undefined {
    const text = this.#parts.rules.publishing.texts.read(proposal.proposal_id);
    return text !== undefined && hashOf(text) === proposal.text_hash ? text : undefined;
  }

  #problemOf({ proposal: { kind, before } }: ProposedRules, text: string | undefined) {
    const { rules } = this.#parts;
    if (text === undefined) {
      return 'The file is not in the data folder as it was proposed: propose it anew.';
    }
    if (rules.publishing.version(kind) !== before) {
      return `Another ${kind} was published since it was proposed: propose it anew.`;
    }
    return rules.check(kind, text).errors > 0 ? 'It has errors by now: propose it anew.' : null;
  }

  #rowOf(id: string): ProposalRow | TriageRefusal {
    const one = this.#known(id);
    return one === undefined
      ? triageRefusal(409, 'It is in the log and not listed yet.')
      : this.#row(one);
  }

  #row(one: ProposedRules): ProposalRow {
    const { proposal, by, at, reason, state, ended } = one;
    const { proposal_id: id, kind } = proposal;
    const row = { id, kind, by, at, reason, state, ended };
    if (state !== 'waits') return { ...row, changes: [], problem: null };
    const text = this.#textOf(one);
    const changes = text === undefined ? [] : (this.#parts.rules.check(kind, text).changes ?? []);
    return { ...row, changes, problem: this.#problemOf(one, text) };
  }
}
