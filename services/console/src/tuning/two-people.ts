/** What one person proposes and another accepts: one act after the other, never by one hand. */
import { type TriageRefusal, triageRefusal } from '../triage/triage-desk.ts';

/** Why both count as one. */
export type Tied = (first: string, second: string) => string | undefined;

export class TwoPeople {
  readonly #tied: Tied;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(tied: Tied) {
    this.#tied = tied;
  }

  next<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  refusal(first: string, second: string, verb: string): TriageRefusal | undefined {
    if (first === second)
      return triageRefusal(409, `You proposed it: another person must look at it and ${verb} it.`);
    const why = this.#tied(first, second);
    return why === undefined
      ? undefined
      : triageRefusal(403, `${why}. Somebody else must ${verb} it.`);
  }
}
