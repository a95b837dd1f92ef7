/**
 * An ending that many wait for. `Promise.race` with a promise that lives as long as the process
 * keeps what every race was about until then: a leak.
 */
type End<E> = (ending: Promise<E>) => void;

export class SharedEnding<E> {
  readonly #waiting = new Set<End<E>>();
  #ended: Promise<E> | undefined;

  constructor(ending: Promise<E>) {
    const end = () => {
      this.#ended = ending;
      for (const resolve of this.#waiting) resolve(ending);
      this.#waiting.clear();
    };
    ending.then(end, end);
  }

  /** As `Promise.race` of the work and the ending, without a trace of it afterwards. */
  race<T>(work: Promise<T>): Promise<T | E> {
    const ended = this.#ended;
    if (ended !== undefined) {
      work.catch(() => undefined);
      return ended;
    }
    return new Promise<T | E>((resolve, reject) => {
      this.#waiting.add(resolve);
      work.then(resolve, reject).finally(() => this.#waiting.delete(resolve));
    });
  }
}
