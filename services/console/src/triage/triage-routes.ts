/** The routes of alerts as work: lists, what was done about one, and doing it. Who may call which: route-access.ts. */
import {
  durationMs,
  operatorActSchema,
  suppressionScopeSchema,
  TRIAGE_ALERTS_MAX,
  type TriageChange,
  triageChangeSchema,
} from '@waywarden/schemas';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Accounts } from '../access/accounts.ts';
import { may } from '../core/access/roles.ts';
import { alertQuery } from '../core/triage/alert-query.ts';
import { SUPPRESSION_DAYS_MAX, scopeProblem } from '../core/triage/suppression.ts';
import type { StorePort } from '../store/console-store.ts';
import { containedAmong } from '../store/contained-alerts.ts';
import type { AlertFollower } from './alert-follower.ts';
import type { AlertLists } from './alert-lists.ts';
import { type ResponseDesk, responseWords } from './response-desk.ts';
import { isTriageRefusal, type TriageDesk } from './triage-desk.ts';

const DAY_MS = 86_400_000;
const NONE: ReadonlySet<string> = new Set();
const REASON_LENGTH_MIN = 3;
const BODY_BYTES_MAX = 256 * 1024;

export interface TriageRouteParts {
  readonly lists: AlertLists;
  readonly follower: AlertFollower;
  readonly desk: TriageDesk;
  readonly response: ResponseDesk;
  readonly store: StorePort;
  readonly accounts: Accounts;
  readonly tenant: string;
  readonly nowMs: () => number;
}

const idParameter = z.object({ id: z.uuid() });
export const reasonField = z
  .string()
  .trim()
  .min(REASON_LENGTH_MIN, 'say why: it stands in the audit')
  .max(4_000);

export const changeBody = z.strictObject({
  alerts: z
    .array(
      z.strictObject({
        alert_id: z.uuid(),
        revision: z.number().int().positive().optional(),
        last_act: z.uuid().nullable().optional(),
      }),
    )
    .min(1)
    .max(TRIAGE_ALERTS_MAX),
  /** Changes of rules have a route of their own. */
  change: z.strictObject(triageChangeSchema.omit({ tuning: true }).shape),
  reason: z.string().trim().max(4_000).default(''),
});

export const scopeBody = z.strictObject(suppressionScopeSchema.shape);
export const suppressBody = z.strictObject({
  scope: scopeBody,
  expires_in: z.string().regex(/^\d{1,4}[hd]$/, 'hours or days, as 12h or 30d'),
  reason: reasonField,
});

const { action, target, expires, decision_id, order_id, alert_id, verdict, revision } =
  operatorActSchema.shape;
export const responseBody = z.discriminatedUnion('act', [
  z.strictObject({ act: z.enum(['pause', 'resume']), reason: reasonField }),
  z.strictObject({
    act: z.enum(['approve', 'decline']),
    decision_id: decision_id.unwrap(),
    reason: reasonField,
  }),
  z.strictObject({ act: z.literal('restore'), order_id: order_id.unwrap(), reason: reasonField }),
  /** For a second person to agree with, where two restore what the alert took. */
  z.strictObject({
    act: z.literal('verdict'),
    alert_id: alert_id.unwrap(),
    verdict: verdict.unwrap(),
    revision,
    reason: reasonField,
  }),
  z.strictObject({
    act: z.literal('order'),
    action: action.unwrap(),
    target: target.unwrap().omit({ tenant_id: true }),
    expires,
    alert_id,
    reason: reasonField,
  }),
]);

function badRequest(reply: FastifyReply, message: string, what_to_do: string): FastifyReply {
  return reply.code(400).send({ error: 'bad_request', message, what_to_do });
}

/** Names the parameter that nobody knows, and those that are known. */
export function queryProblem(error: z.ZodError, known: readonly string[]): string {
  const [issue] = error.issues;
  if (issue?.code === 'unrecognized_keys') {
    return `${issue.keys.join(', ')}: no such parameter; known here: ${known.join(', ')}.`;
  }
  return `${issue?.path.join('.') ?? 'query'}: ${issue?.message ?? 'not understood'}`;
}

const ASK = 'Correct it and ask again; docs/guide-console.md lists the parameters.';

/** The query, or the answer that refuses it. */
export function parsedQuery(request: FastifyRequest, reply: FastifyReply) {
  const query = alertQuery.safeParse(request.query);
  if (query.success) return { query: query.data };
  const known = Object.keys(alertQuery.shape);
  return { refused: badRequest(reply, queryProblem(query.error, known), ASK) };
}

export const badCursor = (reply: FastifyReply): FastifyReply =>
  badRequest(reply, 'cursor: it is none of an earlier answer.', 'Leave it out to begin anew.');

export function answerOf(reply: FastifyReply, given: object): FastifyReply {
  if (!isTriageRefusal(given)) return reply.send(given);
  const errors = {
    400: 'bad_request',
    403: 'not_allowed',
    404: 'not_found',
    409: 'conflict',
  } as const;
  const { code, message } = given;
  const what_to_do = given.todo ?? (code === 409 ? 'Look again, then decide.' : ASK);
  return reply.code(code).send({ error: errors[code], message, what_to_do });
}

/** Acts are signed by an account: the owner of the machine has none. */
export function signerOf(request: FastifyRequest, reply: FastifyReply): string | undefined {
  const { uid } = request.identity;
  if (uid !== null) return uid;
  void reply.code(403).send({
    error: 'account_needed',
    message: 'This is signed by an account, and the control token is nobody’s.',
    what_to_do: 'Sign in, or use an API token of an account.',
  });
  return undefined;
}

function listRoutes(app: FastifyInstance, { lists, follower, accounts, tenant }: TriageRouteParts) {
  const defaults = { state: 'open', hygiene: 'exclude', sort: 'severity' } as const;
  app.get('/v1/console/alerts', async (request, reply) => {
    const { query, refused } = parsedQuery(request, reply);
    if (query === undefined) return refused;
    const list = lists.list(query, { me: request.identity.uid, defaults });
    return list === undefined ? badCursor(reply) : lists.answer(list);
  });
  app.get('/v1/alerts/:id/triage', async (request, reply) => {
    const { id } = idParameter.parse(request.params);
    const one = lists.one(id);
    if (one !== undefined) return one;
    const message = follower.isComplete
      ? `No alert ${id} is listed: it may be older than the log keeps alerts.`
      : 'The log is still being read after a start.';
    return reply
      .code(404)
      .send({ error: 'not_found', message, what_to_do: 'Ask again in a moment.' });
  });
  app.get('/v1/suppressions', async () => ({ suppressions: follower.board.suppressions() }));
  app.get('/v1/people', async () => ({
    people: accounts.all().flatMap(({ uid, roles, disabled }) => {
      const role = roles[tenant];
      return disabled || role === undefined || !may(role, 'triage') ? [] : [{ uid, role }];
    }),
  }));
}

function suppressionRoutes(
  app: FastifyInstance,
  { lists, follower, desk, nowMs }: TriageRouteParts,
) {
  app.post('/v1/suppressions/preview', async (request, reply) => {
    const scope = scopeBody.parse(request.body);
    const problem = scopeProblem(scope);
    if (problem !== undefined) return badRequest(reply, problem, ASK);
    return lists.preview(scope);
  });
  app.post('/v1/suppressions', async (request, reply) => {
    const { scope, expires_in, reason: why } = suppressBody.parse(request.body);
    const by = signerOf(request, reply);
    if (by === undefined) return reply;
    const lastsMs = durationMs(expires_in);
    const problem =
      scopeProblem(scope) ??
      (lastsMs > 0 && lastsMs <= SUPPRESSION_DAYS_MAX * DAY_MS
        ? undefined
        : `expires_in: at most ${SUPPRESSION_DAYS_MAX}d; for longer, approve the work in the registry.`);
    if (problem !== undefined) return badRequest(reply, problem, ASK);
    const until = new Date(nowMs() + lastsMs).toISOString();
    return answerOf(reply, await desk.suppress(by, scope, until, why));
  });
  app.delete('/v1/suppressions/:id', async (request, reply) => {
    const { id } = idParameter.parse(request.params);
    const by = signerOf(request, reply);
    if (by === undefined) return reply;
    if (!follower.board.suppressions().some((one) => one.id === id)) {
      return answerOf(reply, { code: 404, message: `There is no suppression ${id}.` });
    }
    return answerOf(reply, await desk.unsuppress(by, id, 'ended by hand'));
  });
}

/** A verdict that nothing was wrong gives back what was taken. */
const restores = ({ classification: found }: TriageChange): boolean =>
  found === 'false_positive' || found === 'benign_expected';

const forResponder = (taken: number) => ({
  code: 403,
  message: `Access was taken because of ${taken} of these alerts, and this close would give it back: that takes a responder.`,
});

export function triageRoutes(app: FastifyInstance, parts: TriageRouteParts): void {
  const { desk, response } = parts;
  listRoutes(app, parts);
  suppressionRoutes(app, parts);
  app.post('/v1/triage', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const { alerts, change, reason: why } = changeBody.parse(request.body);
    const by = signerOf(request, reply);
    if (by === undefined) return reply;
    const ids = alerts.map(({ alert_id: id }) => id);
    const isResponder = request.identity.permissions.includes('respond');
    const asked = restores(change) ? containedAmong(parts.store, ids) : Promise.resolve(NONE);
    const contained = await asked.catch((error: unknown) => {
      if (isResponder) return NONE;
      throw error;
    });
    if (!isResponder && contained.size > 0) return answerOf(reply, forResponder(contained.size));
    const given = { by, seen: alerts, change, reason: why, contained, restores: isResponder };
    return answerOf(reply, await desk.change(given));
  });
  app.post('/v1/response', async (request, reply) => {
    const { act, reason: why, ...of } = responseBody.parse(request.body);
    const by = signerOf(request, reply);
    if (by === undefined) return reply;
    const whole =
      'target' in of ? { ...of, target: { ...of.target, tenant_id: parts.tenant } } : of;
    const answer = await response.give(by, act, why, whole);
    if (answer.refused !== undefined) {
      return reply.code(answer.isAway ? 503 : 403).send({
        error: answer.refused,
        message: answer.why ?? `The act is refused: ${answer.refused}.`,
        what_to_do:
          answer.todo ?? 'The registry must name the account’s key; sign out and in again.',
      });
    }
    return { ...answer, sentence: responseWords(act, answer.outcome) };
  });
}
