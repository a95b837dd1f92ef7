import { describe, expect, it } from 'vitest';
import { captureRequest, parseCaptureLine } from './capture-line.ts';

function requestOf(line: object) {
  const parsed = parseCaptureLine(JSON.stringify({ n: 1, ...line }));
  if (parsed === undefined) throw new Error('no line');
  return captureRequest(parsed, 'wwi_token-of-ours');
}
const jsonOf = (body: Uint8Array | undefined): unknown =>
  JSON.parse(Buffer.from(body ?? []).toString('utf8'));
const b64 = (text: string) => Buffer.from(text).toString('base64');

describe('a line of a recording', () => {
  it('goes out as it was sent, with our token where the client put its own', () => {
    const sent = (headers: object) =>
      requestOf({ kind: 'http', method: 'POST', path: '/v1/traces', headers, body_b64: b64('x') });
    expect(sent({ Host: 'h', 'Content-Encoding': 'gzip' })).toMatchObject({
      path: '/v1/traces',
      headers: { 'content-encoding': 'gzip', authorization: 'Bearer wwi_token-of-ours' },
      body: Buffer.from('x'),
    });
    expect(sent({ 'x-api-key': 'lsv2' }).headers).toEqual({ 'x-api-key': 'wwi_token-of-ours' });
    const { authorization } = sent({ authorization: 'Basic cGs6c2s=' }).headers;
    expect(authorization).toBe(`Basic ${b64('pk:wwi_token-of-ours')}`);
  });

  it('becomes an exchange as it stands where the answer was seen, or standard input', () => {
    const http = {
      n: 1,
      kind: 'http',
      method: 'POST',
      path: '/mcp',
      headers: { A: 'b' },
      body_b64: b64('ask'),
      response: { status: 200, headers: [['C', 'd']] },
      response_body_b64: b64('answer'),
    };
    const seen = requestOf(http);
    expect([seen.path, jsonOf(seen.body)]).toEqual(['/v1/exchanges', http]);
    const wire = { n: 1, kind: 'wire', path: 'client->server', body_b64: b64('line') };
    expect(jsonOf(requestOf(wire).body)).toEqual(wire);
  });

  it('becomes a hook, with its event where the payload does not name it', () => {
    const hook = requestOf({ kind: 'hook', payload: { a: 1 }, event: 'pre tool' });
    expect([hook.path, jsonOf(hook.body)]).toEqual(['/v1/hooks?event=pre%20tool', { a: 1 }]);
    expect(requestOf({ kind: 'notify', payload: {} }).path).toBe('/v1/hooks?event=notify');
  });

  it('is none where it is not of that shape', () => {
    expect(parseCaptureLine('not json')).toBeUndefined();
    expect(parseCaptureLine('{"n":1,"kind":"else"}')).toBeUndefined();
  });
});
