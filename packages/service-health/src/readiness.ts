/**
 * Whether a service does its work, as named conditions against it, each with reason, sentence and
 * since when. Parts block and clear, or are checked each second. Who does not answer in time is not
 * ready.
 */
const CHECK_EVERY_MS = 1_000;
const CHECK_MS_MAX = 3_000;

export interface ReadinessProblem {
  /** Stable, snake_case; a metric's label. */
  readonly reason: string;
  /** For a person: what does not work, and what follows. */
  readonly sentence: string;
  /** Unix ms; default: when it was first reported. */
  readonly sinceMs?: number;
}

export interface Condition extends ReadinessProblem {
  readonly name: string;
  readonly sinceMs: number;
}

/** As `/ready` shows it. */
interface Shown {
  readonly name: string;
  readonly reason: string;
  readonly sentence: string;
  /** RFC 3339. */
  readonly since: string;
}

export type ReadinessReport =
  | { readonly ready: true; readonly notes?: readonly Shown[] }
  | {
      readonly ready: false;
      /** Of the condition that has lasted longest. */
      readonly reason: string;
      readonly sentence: string;
      /** RFC 3339. */
      readonly since: string;
      readonly conditions: readonly Shown[];
    };

export type Check = () => Promise<ReadinessProblem | undefined> | ReadinessProblem | undefined;

const iso = (ms: number) => new Date(ms).toISOString();

const shown = ({ name, reason, sentence, sinceMs }: Condition): Shown => {
  return { name, reason, sentence, since: iso(sinceMs) };
};

function lateAfter(ms: number): { readonly late: Promise<'late'>; readonly cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  return { late, cancel: () => clearTimeout(timer) };
}

export class Readiness {
  readonly #nowMs: () => number;
  readonly #checkMsMax: number;
  readonly #conditions = new Map<string, Condition>();
  readonly #reasons = new Map<string, Condition>();
  readonly #checks = new Map<string, Check>();
  /** Checks that have not answered yet: none is asked twice at a time. */
  readonly #asked = new Map<string, Promise<ReadinessProblem | undefined>>();
  #refreshing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { readonly nowMs?: () => number; readonly checkMsMax?: number } = {}) {
    this.#nowMs = options.nowMs ?? (() => Date.now());
    this.#checkMsMax = options.checkMsMax ?? CHECK_MS_MAX;
  }

  /** The service is not ready while this stands. */
  block(name: string, problem: ReadinessProblem): void {
    this.#put(this.#conditions, name, problem);
  }

  /** Shown by `/ready`, and no reason against it: that this one stands by, for example. */
  note(name: string, note: ReadinessProblem): void {
    this.#put(this.#reasons, name, note);
  }

  clear(name: string): void {
    this.#conditions.delete(name);
    this.#reasons.delete(name);
  }

  check(name: string, check: Check): void {
    this.#checks.set(name, check);
  }

  /** Asks every check; resolves within the bound. */
  refresh(): Promise<void> {
    this.#refreshing ??= Promise.all(
      [...this.#checks].map(([name, check]) => this.#ask(name, check)),
    )
      .then(() => undefined)
      .finally(() => {
        this.#refreshing = undefined;
      });
    return this.#refreshing;
  }

  /** Asks once a second until `stop`. */
  start(): void {
    this.#timer ??= setInterval(() => void this.refresh(), CHECK_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** The longest lasting first. */
  conditions(): readonly Condition[] {
    return [...this.#conditions.values()].sort((a, b) => a.sinceMs - b.sinceMs);
  }

  report(): ReadinessReport {
    const conditions = this.conditions();
    const [first] = conditions;
    if (first === undefined) {
      const notes = [...this.#reasons.values()].map(shown);
      return notes.length === 0 ? { ready: true } : { ready: true, notes };
    }
    const { reason, sentence, since } = shown(first);
    return { ready: false, reason, sentence, since, conditions: conditions.map(shown) };
  }

  #put(into: Map<string, Condition>, name: string, problem: ReadinessProblem): void {
    const before = into.get(name);
    const known = before?.reason === problem.reason ? before.sinceMs : this.#nowMs();
    into.set(name, { ...problem, name, sinceMs: problem.sinceMs ?? known });
  }

  async #ask(name: string, check: Check): Promise<void> {
    const asked = this.#asked.get(name) ?? this.#begin(name, check);
    const { late, cancel } = lateAfter(this.#checkMsMax);
    try {
      const answer = await Promise.race([asked, late]);
      if (answer === undefined) this.clear(name);
      else if (answer !== 'late') this.block(name, answer);
      else {
        const sentence = `${name} does not answer within ${this.#checkMsMax / 1000} s.`;
        this.block(name, { reason: 'no_answer', sentence });
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.block(name, { reason: 'check_failed', sentence: `${name} can't be checked: ${why}` });
    } finally {
      cancel();
    }
  }

  #begin(name: string, check: Check): Promise<ReadinessProblem | undefined> {
    const asked = Promise.resolve()
      .then(check)
      .finally(() => this.#asked.delete(name));
    asked.catch(() => undefined);
    this.#asked.set(name, asked);
    return asked;
  }
}
