/**
 * Refuses HTTP requests of who is contained, in Express and in Fastify. Take agent, task and tool
 * from what your gateway has *verified*: by a header the caller would choose who is contained.
 */
import type { CallFacts } from '../orders/call-facts.ts';
import type { Judgement } from '../orders/consumer-options.ts';
import type { RevocationConsumer } from '../orders/revocation-consumer.ts';

export type FactsOf<Request> = (request: Request) => CallFacts | undefined;

export interface Refusal {
  /** `step_up_required`: it passes when a person has agreed to it (`CallFacts.approvedBy`). */
  readonly error: 'access_revoked' | 'step_up_required' | 'fact_unknown' | 'revocation_view_stale';
  readonly message: string;
  readonly command_id?: string;
  /** Of `fact_unknown`: what the call has to say. */
  readonly missing?: readonly string[];
  readonly as_of: string;
}

export function refusalOf({ command, missing = [], asOfMs }: Judgement): Refusal {
  const as_of = new Date(asOfMs).toISOString();
  if (command === undefined) {
    const message = 'Waywarden was not heard for too long; calls are refused until it is.';
    return { error: 'revocation_view_stale', message, as_of };
  }
  const { action, target, expires_at, command_id } = command;
  if (missing.length > 0) {
    const unsaid = missing.join(' and ');
    const message = `${action} is in force on a ${target.level} of this agent until ${expires_at}; a call that does not say its ${unsaid} is refused.`;
    return { error: 'fact_unknown', message, command_id, missing, as_of };
  }
  if (action === 'require_step_up') {
    const message = `A person has to agree to each call of this ${target.level} until ${expires_at}.`;
    return { error: 'step_up_required', message, command_id, as_of };
  }
  const message = `${action} is in force until ${expires_at}.`;
  return { error: 'access_revoked', message, command_id, as_of };
}

type Judge = Pick<RevocationConsumer, 'judge'>;

interface ExpressResponse {
  status(code: number): { json(body: unknown): unknown };
}

/** `app.use(expressMiddleware(consumer, factsOf))`. A request without facts passes. */
export function expressMiddleware<Request>(consumer: Judge, factsOf: FactsOf<Request>) {
  return (request: Request, response: ExpressResponse, next: () => void): void => {
    const facts = factsOf(request);
    const judgement = facts && consumer.judge(facts);
    if (judgement === undefined || judgement.allowed) next();
    else response.status(403).json(refusalOf(judgement));
  };
}

interface FastifyReply {
  code(code: number): { send(body: unknown): unknown };
}

/** `app.addHook('preHandler', fastifyHook(consumer, factsOf))`. */
export function fastifyHook<Request>(consumer: Judge, factsOf: FactsOf<Request>) {
  return async (request: Request, reply: FastifyReply): Promise<unknown> => {
    const facts = factsOf(request);
    const judgement = facts && consumer.judge(facts);
    if (judgement === undefined || judgement.allowed) return undefined;
    return reply.code(403).send(refusalOf(judgement));
  };
}
