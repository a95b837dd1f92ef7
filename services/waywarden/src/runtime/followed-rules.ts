/** Registry and policy of a tenant as the log names them, for a process that does not publish them. */
import type { EventLog } from '@waywarden/event-log';
import { publishedRules } from '@waywarden/responder';
import { type JwsKeyRing, type Policy, type Registry, TOPICS } from '@waywarden/schemas';

const LOOK_EVERY_MS = 5_000;

export interface FollowedRulesParts {
  readonly log: EventLog;
  readonly tenantId: string;
  readonly keys: JwsKeyRing;
  readonly onProblem: (message: string) => void;
}

export class FollowedRules {
  readonly #parts: FollowedRulesParts;
  #end = -1;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  registry: Registry | undefined;
  policy: Policy | undefined;

  constructor(parts: FollowedRulesParts) {
    this.#parts = parts;
  }

  /** Rejects when the log can't be read at first; later that is a problem, and the last rules stand. */
  async start(): Promise<void> {
    await this.#look();
    this.#timer = setInterval(() => {
      this.#looking = this.#look().catch((error: unknown) =>
        this.#parts.onProblem(`Rules can't be read: ${String(error)}`),
      );
    }, LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { log, tenantId, keys } = this.#parts;
    const [end = 0] = await log.endOffsets(TOPICS.registry.name);
    if (end === this.#end) return;
    const of = { tenantId };
    this.registry = (await publishedRules(log, { ...of, kind: 'registry' }, keys))?.registry;
    this.policy = (await publishedRules(log, { ...of, kind: 'policy' }, keys))?.policy;
    this.#end = end;
  }
}
