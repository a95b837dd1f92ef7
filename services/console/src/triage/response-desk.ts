/**
 * Response acts of whoever is signed in: signed with the key of the account, which the registry names, and handed to
 * the same desk that takes acts of the command line. What takes two people there takes two accounts here.
 */
import { randomUUID } from 'node:crypto';
import { ACT_TOPIC, AGREE_WITHIN_MS, type OperatorAct } from '@waywarden/schemas';
import { type Accounts, signAct } from '../access/accounts.ts';
import { plural, reasonWords } from '../core/words.ts';

interface ActOutcome {
  readonly by: readonly string[];
  readonly withheld: string | null;
  readonly issuedIds: readonly string[];
  readonly protects?: readonly string[];
}

/** Why an act was not taken; `why`, `todo`: in words. */
interface ActRefusal {
  readonly refused: string;
  readonly why?: string;
  readonly todo?: string;
}

/** The responder's own desk. `waits`: for what became of it. */
export type TakeAct = (
  signed: { readonly act: string; readonly signature: string },
  waits: boolean,
) => Promise<ActRefusal | { readonly outcome: ActOutcome | null }>;

export interface ResponseDeskParts {
  readonly tenant: string;
  readonly audience: string;
  readonly accounts: Pick<Accounts, 'signingKey'>;
  readonly take: TakeAct;
  readonly nowMs: () => number;
  /** Why the two don't make two people; undefined: they do. */
  readonly tied: (first: string, second: string) => string | undefined;
}

/** A minute longer than the responder counts a first act. */
const WAITS_FOR_MS = AGREE_WITHIN_MS + 60_000;
const WAITING_OF_ONE_MAX = 500;
const TOO_MANY = 'too_many_waiting';
const TIED = 'second_person_tied';
const ANOTHER_PERSON = 'Ask another person, whose account and password neither of you made.';
const SECOND_PERSON = 'second_person_needed';

/** What a second person would agree to. */
function aboutOf(act: OperatorAct['act'], of: Partial<OperatorAct>): string {
  const { target, action, order_id, alert_id, decision_id } = of;
  if (act === 'order') return JSON.stringify([action, target?.agent_uid]);
  return act === 'pause' || act === 'resume' ? act : (order_id ?? alert_id ?? decision_id ?? act);
}

export interface ResponseAnswer {
  readonly act_id: string;
  readonly refused: string | undefined;
  readonly outcome: ActOutcome | null;
  readonly why?: string;
  readonly todo?: string;
}

export class ResponseDesk {
  readonly #parts: ResponseDeskParts;
  /** Acts that may wait for a second person, by id. */
  readonly #waiting = new Map<string, { readonly by: string; about: string; atMs: number }>();

  constructor(parts: ResponseDeskParts) {
    this.#parts = parts;
  }

  async give(
    by: string,
    act: OperatorAct['act'],
    reason: string,
    of: Partial<OperatorAct>,
    waits = true,
  ): Promise<ResponseAnswer> {
    const { tenant, audience, accounts, take, nowMs } = this.#parts;
    const atMs = nowMs();
    const about = aboutOf(act, of);
    const refused = this.#refusal(by, about, atMs);
    if (refused !== undefined) return { act_id: '', ...refused, outcome: null };
    const at = new Date(atMs).toISOString();
    const given: OperatorAct = {
      act_id: randomUUID(),
      tenant_id: tenant,
      act,
      by,
      at,
      reason,
      ...of,
    };
    if (waits) this.#waiting.set(given.act_id, { by, about, atMs });
    const text = JSON.stringify(given);
    const key = accounts.signingKey(by);
    const { signature } = await signAct(text, key, { topic: ACT_TOPIC, audience, atMs });
    const answer = await take({ act: text, signature }, waits);
    const mayWait =
      !('refused' in answer) &&
      (answer.outcome === null || answer.outcome.withheld === SECOND_PERSON);
    if (!mayWait) this.#waiting.delete(given.act_id);
    return 'refused' in answer
      ? { act_id: given.act_id, ...answer, outcome: null }
      : { act_id: given.act_id, refused: undefined, outcome: answer.outcome };
  }

  /** The responder knows keys, and not who could sign in as whom. */
  #refusal(by: string, about: string, nowMs: number) {
    let own = 0;
    for (const [key, one] of this.#waiting) {
      if (nowMs - one.atMs > WAITS_FOR_MS) this.#waiting.delete(key);
      else if (one.by === by) own += 1;
      else if (one.about === about) {
        const why = this.#parts.tied(one.by, by);
        if (why !== undefined) return { refused: TIED, why, todo: ANOTHER_PERSON };
      }
    }
    if (own < WAITING_OF_ONE_MAX) return undefined;
    return {
      refused: TOO_MANY,
      why: `${WAITING_OF_ONE_MAX} acts of yours wait for a second person.`,
      todo: ANOTHER_PERSON,
    };
  }
}

/** What became of it, for the person who gave it. */
export function responseWords(act: OperatorAct['act'], outcome: ActOutcome | null): string {
  if (outcome === null) return 'Taken, and not decided yet; look again in a moment.';
  const { withheld, issuedIds, protects = [] } = outcome;
  if (withheld === SECOND_PERSON) {
    return 'Taken. It has effect when a second person gives the same within 15 minutes.';
  }
  if (withheld === 'already_so') return 'It is so already.';
  if (withheld !== null) {
    const whom = protects.length === 0 ? '' : `: ${protects.slice(0, 5).join(', ')}`;
    return `Nothing was done: ${reasonWords(withheld)}${whom}.`;
  }
  if (issuedIds.length === 0) return 'Done.';
  const what = plural(issuedIds.length, act === 'restore' ? 'restore' : 'command');
  return `${what} issued. Containment shows whether receivers carried it out.`;
}
