import { describe, expect, it } from 'vitest';
import { EXCHANGES_MAX, readExchanges } from './exchange-body.ts';

const read = (value: unknown) => readExchanges(Buffer.from(JSON.stringify(value)), 17);
const b64 = (text: string) => Buffer.from(text).toString('base64');

describe('what a proxy observed', () => {
  it('is read as its client sent it, with what the server answered', () => {
    const one = {
      method: 'POST',
      path: '/mcp?x=1',
      headers: { 'Mcp-Session-Id': 's' },
      body_b64: b64('ask'),
      response: { status: 200, headers: { 'Content-Type': 'a/b' }, body_b64: b64('answer') },
    };
    expect(read([one])).toEqual([
      {
        method: 'POST',
        path: '/mcp?x=1',
        headers: { 'mcp-session-id': 's' },
        body: Buffer.from('ask'),
        receivedAt: 17,
        response: {
          status: 200,
          headers: { 'content-type': 'a/b' },
          body: Buffer.from('answer'),
        },
      },
    ]);
  });

  it('may be one alone, without an answer', () => {
    expect(read({ path: 'client->server', method: 'STDIO' })).toHaveLength(1);
  });

  it.each([
    ['no JSON', Buffer.from('{')],
    ['no path', Buffer.from('{}')],
    ['a body that is no base64', Buffer.from('{"path":"/","body_b64":"%%"}')],
    ['too many', Buffer.from(JSON.stringify(Array(EXCHANGES_MAX + 1).fill({ path: '/' })))],
  ])('is refused as a whole: %s', (_, body) => {
    expect(readExchanges(body, 17)).toBeUndefined();
  });
});
