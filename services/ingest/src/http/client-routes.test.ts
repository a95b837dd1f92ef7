import { describe, expect, it } from 'vitest';
import { CLIENT_ROUTES, clientPath } from './client-routes.ts';

describe('the address that a client means', () => {
  it.each([
    ['POST', '/v1/traces', '/v1/traces'],
    ['POST', '/team/a/v1/traces?x=1', '/v1/traces?x=1'],
    ['POST', '/openai/v1/traces/ingest', '/v1/traces/ingest'],
    ['POST', '/langfuse/api/public/otel/v1/traces', '/api/public/otel/v1/traces'],
    ['POST', '/langsmith/otel/v1/traces', '/otel/v1/traces'],
    ['POST', '/langsmith/runs/multipart', '/runs/multipart'],
    ['PATCH', '/langsmith/runs/0a2f', '/runs/0a2f'],
    ['POST', '/x/hooks/claude-code?event=a?b', '/hooks/claude-code?event=a?b'],
    ['GET', '/langsmith/info', '/info'],
  ])('%s %s is %s', (method, sent, meant) => {
    expect(clientPath(method, sent)).toBe(meant);
  });

  it.each([
    ['POST', '/v1/events'],
    ['POST', '/x/v1/events'],
    ['POST', '/'],
    ['GET', '/v1/traces'],
    ['POST', '/v1/traces/'],
    ['GET', '/metrics'],
    ['DELETE', '/runs/0a2f'],
  ])('%s %s is none', (method, sent) => {
    expect(clientPath(method, sent)).toBeUndefined();
  });

  it('is itself for each address in the table', () => {
    for (const { method, path } of CLIENT_ROUTES) expect(clientPath(method, path)).toBe(path);
  });
});
