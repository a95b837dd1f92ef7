import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RemoteResponder } from './remote-responder.ts';

const ACT = { act: '{}', signature: 'x' };
const OUTCOME = { by: ['ana'], withheld: null, issuedIds: [], protects: [] };
const servers: Server[] = [];
const asked: string[] = [];

/** Answers every request so; the port it has. */
async function answering(status: number, body: object): Promise<string> {
  const server = createServer((request, response) => {
    asked.push(`${status} ${request.url}`);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a responder in another process', () => {
  let following: string;
  let active: string;

  beforeAll(async () => {
    following = await answering(503, { error: 'not_active', message: 'Another one is active.' });
    active = await answering(202, { accepted: true, outcome: OUTCOME });
  });

  afterAll(() => {
    for (const server of servers) server.close();
  });

  it('gets the act at the one that is active, whichever is named first', async () => {
    const responder = new RemoteResponder([following, active], 'acme');
    expect(await responder.take(ACT, true)).toEqual({ outcome: OUTCOME });
    expect(asked.slice(-2)).toEqual(['503 /v1/acts', '202 /v1/acts']);
  });

  it('where none is active nothing is claimed, neither done nor undone', async () => {
    const gone = await answering(202, {});
    servers.at(-1)?.close();
    const responder = new RemoteResponder([gone, following], 'acme');
    expect(await responder.take(ACT, true)).toMatchObject({
      ...{ refused: 'responder_unreachable', isAway: true },
      why: expect.stringContaining('not known whether it was taken'),
    });
  });

  it('where none is named an act is refused, with what to do', async () => {
    expect(await new RemoteResponder([], 'acme').take(ACT, true)).toMatchObject({
      refused: 'responder_unknown',
      todo: expect.stringContaining('--responder'),
    });
  });

  it('an account that the registry does not name hears how to have it named', async () => {
    const refusing = await answering(403, { error: 'operator_without_key', message: 'Refused.' });
    expect(await new RemoteResponder([refusing], 'acme').take(ACT, true)).toMatchObject({
      refused: 'operator_without_key',
      todo: expect.stringContaining('waywarden account operators'),
    });
  });
});
