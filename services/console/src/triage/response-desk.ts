/**
 * Response acts of whoever is signed in: signed with the key of the account, which the registry names, and handed to
 * the same desk that takes acts of the command line. It names who else could sign in so, for what takes two people.
 */
import { randomUUID } from 'node:crypto';
import { ACT_TOPIC, type OperatorAct } from '@waywarden/schemas';
import { type Accounts, signAct } from '../access/accounts.ts';
import { plural, reasonWords } from '../core/words.ts';

interface ActOutcome {
  readonly by: readonly string[];
  readonly withheld: string | null;
  readonly issuedIds: readonly string[];
  readonly protects?: readonly string[];
}

/** Why an act was not taken; `why`, `todo`: in words. `isAway`: nobody answered who could take it. */
interface ActRefusal {
  readonly refused: string;
  readonly why?: string;
  readonly todo?: string;
  readonly isAway?: true;
}

/** The responder's own desk. `waits`: for what became of it. */
export type TakeAct = (
  signed: { readonly act: string; readonly signature: string },
  waits: boolean,
) => Promise<ActRefusal | { readonly outcome: ActOutcome | null }>;

export interface ResponseDeskParts {
  readonly tenant: string;
  readonly audience: string;
  readonly accounts: Pick<Accounts, 'signingKey' | 'holders'>;
  readonly take: TakeAct;
  readonly nowMs: () => number;
}

const SECOND_PERSON = 'second_person_needed';

export interface ResponseAnswer {
  readonly act_id: string;
  readonly refused: string | undefined;
  readonly outcome: ActOutcome | null;
  readonly why?: string;
  readonly todo?: string;
  readonly isAway?: true;
}

export class ResponseDesk {
  readonly #parts: ResponseDeskParts;

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
    const holders = [...accounts.holders(by).keys()];
    const given: OperatorAct = {
      ...{ act_id: randomUUID(), tenant_id: tenant, act, by, reason },
      at: new Date(atMs).toISOString(),
      ...of,
      ...(holders.length === 0 ? {} : { holders }),
    };
    const text = JSON.stringify(given);
    const key = accounts.signingKey(by);
    const { signature } = await signAct(text, key, { topic: ACT_TOPIC, audience, atMs });
    const answer = await take({ act: text, signature }, waits);
    return 'refused' in answer
      ? { act_id: given.act_id, ...answer, outcome: null }
      : { act_id: given.act_id, refused: undefined, outcome: answer.outcome };
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
