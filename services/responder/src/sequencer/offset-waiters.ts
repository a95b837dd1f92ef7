interface Waiter {
  readonly offset: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class OffsetWaiters {
  #done = 0;
  #waiting: Waiter[] = [];

  reached(offset: number): Promise<void> {
    if (this.#done >= offset) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ offset, resolve, reject });
    });
  }

  done(next: number): void {
    this.#done = next;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((one) => one.offset > next);
    for (const one of waiting) if (one.offset <= next) one.resolve();
  }

  fail(error: unknown): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) one.reject(error);
  }
}
