/** The routes of rules: the change after a false positive, what is in force, trying another, and what sources send. */
import { durationMs } from '@waywarden/schemas';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { RULE_FILES } from '../core/rules-model.ts';
import { SUPPRESSION_DAYS_MAX } from '../core/triage/suppression.ts';
import { TUNING_KINDS } from '../core/triage/tuning.ts';
import { answerOf, reasonField, signerOf } from '../triage/triage-routes.ts';
import type { PublishDesk } from './publish-desk.ts';
import type { RulesPort } from './rules-port.ts';
import type { TuningDesk } from './tuning-desk.ts';

const DAY_MS = 86_400_000;
const DAYS_DEFAULT = 30;
const DAYS_MAX = 90;
const TEXT_LENGTH_MAX = 4 * 1024 * 1024;
const BODY_BYTES_MAX = 5 * 1024 * 1024;

const days = z.number().int().min(1).max(DAYS_MAX).default(DAYS_DEFAULT);
const idParameter = z.object({ id: z.uuid() });

export const tuningPreviewBody = z.strictObject({ alert_id: z.uuid(), days });
export const tuningBody = z.strictObject({
  alert_id: z.uuid(),
  what: z.enum(TUNING_KINDS),
  /** Of the preview. */
  print: z.string().min(1).max(64),
  days,
  /** Of a suppression. */
  expires_in: z
    .string()
    .regex(/^\d{1,4}[hd]$/, 'hours or days, as 12h or 30d')
    .refine((text) => durationMs(text) > 0 && durationMs(text) <= SUPPRESSION_DAYS_MAX * DAY_MS, {
      message: `at most ${SUPPRESSION_DAYS_MAX}d`,
    })
    .default('30d'),
  reason: reasonField,
});
export const rulesBody = z.strictObject({
  kind: z.enum(RULE_FILES),
  text: z.string().max(TEXT_LENGTH_MAX),
});

export const proposalBody = rulesBody.extend({ reason: reasonField });
export const decidedBody = z.strictObject({ reason: reasonField });

export interface TuningRouteParts {
  readonly desk: TuningDesk;
  readonly publishing: PublishDesk | undefined;
  readonly rules: RulesPort | undefined;
  readonly now: () => string;
}

function deskRoutes(app: FastifyInstance, desk: TuningDesk): void {
  app.get('/v1/tuning', async () => ({ changes: desk.all() }));
  app.post('/v1/tuning/preview', async (request, reply) => {
    const { alert_id: id, days: of } = tuningPreviewBody.parse(request.body);
    return answerOf(reply, await desk.preview(id, of));
  });
  app.post('/v1/tuning', async (request, reply) => {
    const { expires_in: lasts, ...given } = tuningBody.parse(request.body);
    const by = signerOf(request, reply);
    if (by === undefined) return reply;
    const { permissions } = request.identity;
    const accepting = { ...given, lastsMs: durationMs(lasts) };
    return answerOf(reply, await desk.accept(by, permissions, accepting));
  });
  app.delete('/v1/tuning/:id', async (request, reply) => {
    const { id } = idParameter.parse(request.params);
    const by = signerOf(request, reply);
    if (by === undefined) return reply;
    return answerOf(reply, await desk.revert(by, request.identity.permissions, id));
  });
}

const elsewhere = {
  code: 409,
  message: 'Rules are published and sources seen by separate services, not here.',
  todo: '"waywarden init" publishes rules, "waywarden doctor" watches a source.',
} as const;

function proposalRoutes(app: FastifyInstance, desk: PublishDesk | undefined): void {
  app.get('/v1/rules/proposals', async () => ({ proposals: desk?.all() ?? [] }));
  app.post('/v1/rules/proposals', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const { kind, text, reason } = proposalBody.parse(request.body);
    const by = signerOf(request, reply);
    if (by === undefined) return reply;
    return answerOf(reply, (await desk?.propose(by, kind, text, reason)) ?? elsewhere);
  });
  app.get('/v1/rules/proposals/:id', async (request) => {
    const { id } = idParameter.parse(request.params);
    return { id, text: desk?.text(id) ?? null };
  });
  for (const act of ['publish', 'withdraw'] as const) {
    app.post(`/v1/rules/proposals/:id/${act}`, async (request, reply) => {
      const { id } = idParameter.parse(request.params);
      const { reason } = decidedBody.parse(request.body);
      const by = signerOf(request, reply);
      if (by === undefined) return reply;
      return answerOf(reply, (await desk?.[act](by, id, reason)) ?? elsewhere);
    });
  }
}

export function tuningRoutes(
  app: FastifyInstance,
  { desk, publishing, rules, now }: TuningRouteParts,
): void {
  deskRoutes(app, desk);
  proposalRoutes(app, publishing);
  app.get('/v1/console/rules', async (_request, reply) =>
    rules === undefined ? answerOf(reply, elsewhere) : { as_of: now(), ...rules.page() },
  );
  app.post('/v1/rules/check', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const { kind, text } = rulesBody.parse(request.body);
    return rules === undefined ? answerOf(reply, elsewhere) : rules.check(kind, text);
  });
  app.get('/v1/rules/tries', async () => ({ tries: rules?.tries() ?? [] }));
  app.post('/v1/rules/tries', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const { kind, text } = rulesBody.parse(request.body);
    if (rules === undefined) return answerOf(reply, elsewhere);
    const errors = rules.check(kind, text).errors;
    if (errors > 0) return answerOf(reply, { code: 400, message: 'Mend the errors first.' });
    const begun = rules.begin(kind, text, request.identity.uid ?? 'the owner');
    if (begun === undefined) {
      return answerOf(reply, { code: 409, message: 'A dry run is under way; one at a time.' });
    }
    return reply.code(202).send(begun);
  });
  app.get('/v1/console/source-health', async (_request, reply) =>
    rules === undefined ? answerOf(reply, elsewhere) : { as_of: now(), sources: rules.sources() },
  );
}
