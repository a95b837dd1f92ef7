/** The responder where it runs apart: takes signed acts, and answers what only it knows. */
import type { TakeAct } from '@waywarden/console';
import type { Target } from '@waywarden/schemas';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';

const ANSWER_MS_MAX = 10_000;
const FORWARDED = ['/v1/containments', '/v1/enforcement'] as const;

const outcome = z.object({
  by: z.array(z.string()),
  withheld: z.string().nullable(),
  issuedIds: z.array(z.string()),
  protects: z.array(z.string()).optional(),
});
const taken = z.object({ outcome: outcome.nullable() });
const refusal = z.object({ error: z.string(), message: z.string() });
const preview = z.looseObject({ target: z.custom<Target>(), days: z.number() });

const AWAY = {
  error: 'responder_unreachable',
  message: 'No active responder answered; of an act it is not known whether it was taken.',
  what_to_do:
    'Look at containment before you ask again; GET /ready of the responder says how it is.',
} as const;
const ABSENT = {
  error: 'responder_unknown',
  message:
    'This console was started without a responder, so it takes nothing away and knows no live state.',
  what_to_do: 'Start it with --responder URL (WW_RESPONDER_PORT of each responder).',
} as const;

const WITHOUT_KEY = {
  error: 'operator_without_key',
  todo: 'Publish a registry whose `operators` are what "waywarden account operators" prints.',
} as const;

type Refused = typeof AWAY | typeof ABSENT;

interface Answered {
  readonly status: number;
  readonly body: unknown;
}

export class RemoteResponder {
  readonly #urls: readonly string[];
  readonly #tenant: string;

  constructor(urls: readonly string[], tenant: string) {
    this.#urls = urls;
    this.#tenant = tenant;
  }

  readonly take: TakeAct = async (signed) => {
    const answer = await this.#ask('/v1/acts', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(signed),
    });
    if ('error' in answer) return refusedAct(answer);
    const accepted = taken.safeParse(answer.body);
    if (answer.status === 202 && accepted.success) {
      const { outcome: of } = accepted.data;
      return { outcome: of && { ...of, protects: of.protects ?? [] } };
    }
    const refused = refusal.safeParse(answer.body);
    if (!refused.success) return refusedAct(AWAY);
    const { error, message: why } = refused.data;
    return { refused: error, why, ...(error === WITHOUT_KEY.error && { todo: WITHOUT_KEY.todo }) };
  };

  /** `inUse`: the store's part of a preview. */
  routes(
    app: FastifyInstance,
    inUse: (target: Target, days: number) => Promise<readonly unknown[]>,
  ): void {
    for (const path of FORWARDED) {
      app.get(path, async ({ query }, reply) => answered(reply, await this.#read(path, query)));
    }
    app.get('/v1/preview', async ({ query }, reply) => {
      const answer = await this.#read('/v1/preview', query);
      const known = 'error' in answer ? undefined : preview.safeParse(answer.body).data;
      if (known === undefined) return answered(reply, answer);
      return { ...known, in_use: await inUse(known.target, known.days) };
    });
  }

  #read(path: string, query: unknown): Promise<Answered | Refused> {
    const asked = new URLSearchParams(query as Record<string, string>);
    asked.set('tenant', this.#tenant);
    return this.#ask(`${path}?${asked}`);
  }

  async #ask(path: string, init: RequestInit = {}): Promise<Answered | Refused> {
    if (this.#urls.length === 0) return ABSENT;
    for (const url of this.#urls) {
      const answer = await answerOf(new URL(path, url), init);
      if (answer !== undefined) return answer;
    }
    return AWAY;
  }
}

/** Undefined: it is away, or not the active one. An act counts once, whoever is asked again. */
async function answerOf(url: URL, init: RequestInit): Promise<Answered | undefined> {
  try {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const body: unknown = await answer.json();
    return answer.status === 503 ? undefined : { status: answer.status, body };
  } catch {
    return undefined;
  }
}

const refusedAct = ({ error, message, what_to_do }: Refused) => ({
  ...{ refused: error, why: message, todo: what_to_do, isAway: true as const },
});

function answered(reply: FastifyReply, answer: Answered | Refused): FastifyReply {
  return 'error' in answer
    ? reply.code(503).send(answer)
    : reply.code(answer.status).send(answer.body);
}
