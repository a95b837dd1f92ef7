/**
 * Guarantees: whatever the API has a route for is answered by the API, and all else that is sent is
 * ingest's, which then refuses it as it does alone.
 */
import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { OwnRoutes } from './own-routes.ts';

const app = fastify();
const own = new OwnRoutes(app);
app.get('/v1/things', async () => ({}));
app.get('/v1/things/:id', async () => ({}));
app.post('/v1/things', async () => ({}));
app.post('/v1/receivers/:receiver/receipts', async () => ({}));

const isForIngest = (request: string) => {
  const [method, url] = request.split(' ');
  return own.isForIngest({ method, url });
};

it.each([
  'POST /v1/things',
  'POST /v1/things?wait=1',
  'POST /v1/receivers/mcp%2Fgateway/receipts',
  'GET /v1/things',
  'GET /v1/nothing',
  'GET /v1/things/info',
  'GET /v1/events',
  'DELETE /v1/events',
])('%s is the API’s', (request) => {
  expect(isForIngest(request)).toBe(false);
});

it.each([
  'POST /v1/events',
  'POST /v1/traces',
  'PATCH /langsmith/runs/0a2f',
  'GET /langsmith/info',
  'POST /v1/otlp/v1/traces',
  'POST /v1/receivers/receipts',
  'POST /v1/receivers/a/b/receipts',
  'POST /v1/things/else',
  'POST /',
  'GET /health',
  'GET /ready',
  'GET /metrics',
])('%s is ingest’s', (request) => {
  expect(isForIngest(request)).toBe(true);
});
