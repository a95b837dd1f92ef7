/**
 * The API as OpenAPI 3.1, made of the schemas that check each request and of the types of the answers
 * (`answers-model.ts`). `GET /v1/openapi.json`.
 */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { tokensQuery } from './access/account-routes.ts';
import { timelineQuery } from './core/agent-profile.ts';
import { agentsQuery } from './core/lists/agent-list.ts';
import { alertQuery } from './core/triage/alert-query.ts';
import { withOthers } from './openapi-others.ts';
import { exportQuery } from './triage/export-route.ts';
import { changeBody, responseBody, scopeBody, suppressBody } from './triage/triage-routes.ts';
import {
  decidedBody,
  proposalBody,
  rulesBody,
  tuningBody,
  tuningPreviewBody,
} from './tuning/tuning-routes.ts';

type Json = Readonly<Record<string, unknown>>;

/** As a client sends it; what the server makes of it is its own. */
function jsonOf(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}

function queryOf(schema: z.ZodObject): readonly Json[] {
  const { properties = {} } = jsonOf(schema) as { readonly properties?: Record<string, Json> };
  return Object.entries(properties).map(([name, type]) => ({ name, in: 'query', schema: type }));
}

const ID = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };
const bodyOf = (schema: z.ZodType): Json => ({
  requestBody: { required: true, content: { 'application/json': { schema: jsonOf(schema) } } },
});

const PROBLEM = {
  description: 'Refused, with why and what to do.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

function operation(summary: string, more: Json = {}): Json {
  return {
    summary,
    ...more,
    responses: {
      '200': {
        description: 'The answer.',
        content: { 'application/json': { schema: { type: 'object' } } },
      },
      ...{ '400': PROBLEM, '401': PROBLEM, '403': PROBLEM },
    },
  };
}

const rulePaths = (): Readonly<Record<string, Json>> => ({
  '/v1/tuning': {
    get: operation('Changes of rules after false positives'),
    post: operation('Accepts a proposed change', bodyOf(tuningBody)),
  },
  '/v1/tuning/preview': {
    post: operation('Proposes changes, and what each would hide', bodyOf(tuningPreviewBody)),
  },
  '/v1/tuning/{id}': { delete: operation('Reverts one', { parameters: [ID] }) },
  '/v1/rules/check': {
    post: operation('Checks a registry or policy, publishes nothing', bodyOf(rulesBody)),
  },
  '/v1/rules/tries': {
    get: operation('Dry runs'),
    post: operation('Tries a file on the stored events', bodyOf(rulesBody)),
  },
  '/v1/rules/proposals': {
    get: operation('Registries and policies that were proposed'),
    post: operation('Proposes one for another person to publish', bodyOf(proposalBody)),
  },
  '/v1/rules/proposals/{id}': { get: operation('Its file', { parameters: [ID] }) },
  '/v1/rules/proposals/{id}/publish': {
    post: operation('Publishes what another person proposed', {
      ...bodyOf(decidedBody),
      parameters: [ID],
    }),
  },
  '/v1/rules/proposals/{id}/withdraw': {
    post: operation('Withdraws one', { ...bodyOf(decidedBody), parameters: [ID] }),
  },
});

const described = (alerts: Json): Readonly<Record<string, Json>> => ({
  '/v1/alerts': { get: operation('Alerts as records, with their triage', alerts) },
  '/v1/alerts/{id}': { get: operation('One alert', { parameters: [ID] }) },
  '/v1/alerts/{id}/triage': {
    get: operation('What people did about it', { parameters: [ID] }),
  },
  '/v1/console/alerts': { get: operation('Alerts as rows of a list', alerts) },
  '/v1/console/agents': { get: operation('Agents', { parameters: queryOf(agentsQuery) }) },
  '/v1/export/alerts': {
    get: operation('Every revision, by cursor', { parameters: queryOf(exportQuery) }),
  },
  '/v1/triage': { post: operation('Changes alerts', bodyOf(changeBody)) },
  '/v1/suppressions': {
    get: operation('Suppressions'),
    post: operation('Suppresses alerts of a scope', bodyOf(suppressBody)),
  },
  '/v1/suppressions/preview': {
    post: operation('What it would have hidden', bodyOf(scopeBody)),
  },
  '/v1/suppressions/{id}': { delete: operation('Ends one', { parameters: [ID] }) },
  ...rulePaths(),
  '/v1/console/agent/timeline': {
    get: operation('Calls, alerts and response actions of an agent', {
      parameters: queryOf(timelineQuery),
    }),
  },
  '/v1/console/rules': { get: operation('Rules in force') },
  '/v1/console/source-health': { get: operation('What sources send, and what is off') },
  '/v1/tokens': {
    get: operation('Own API tokens, or those of an account for an admin', {
      parameters: queryOf(tokensQuery),
    }),
  },
  '/v1/response': {
    post: operation('Pauses, resumes, approves, restores or orders', bodyOf(responseBody)),
  },
});

interface AnswersSchema {
  readonly answers: Readonly<Record<string, Json>>;
  readonly schemas: Readonly<Record<string, Json>>;
}

export function openApi(): Json {
  const file = new URL('../answers.schema.json', import.meta.url);
  const { answers, schemas } = JSON.parse(readFileSync(file, 'utf8')) as AnswersSchema;
  const alerts = { parameters: queryOf(alertQuery) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Waywarden',
      version: '1',
      description: 'Alerts, and what people do about them.',
    },
    security: [{ token: [] }, { session: [] }],
    paths: withOthers(described(alerts), operation, answers),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'ww_session_*' },
      },
      schemas: {
        ...schemas,
        Problem: {
          type: 'object',
          required: ['error', 'message'],
          properties: {
            error: { type: 'string' },
            message: { type: 'string' },
            what_to_do: { type: 'string' },
          },
        },
      },
    },
  };
}

export function openApiRoute(app: FastifyInstance): void {
  const document = openApi();
  app.get('/v1/openapi.json', async () => document);
}
