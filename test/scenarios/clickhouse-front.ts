/** A server before ClickHouse that passes everything on, and breaks off the answers that it is asked to. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Front {
  readonly url: string;
  close(): Promise<void>;
}

/** `judge` is asked when ClickHouse has answered. */
export async function startFront(
  url: string,
  judge: (query: string) => Promise<'answer' | 'break'>,
): Promise<Front> {
  const server = createServer(async (asked, answer) => {
    const body = await buffer(asked);
    const { method, headers } = asked;
    const path = asked.url ?? '/';
    const behind = request(new URL(path, url), { method, headers }, async (answered) => {
      const given = await buffer(answered);
      const query = new URL(path, url).searchParams.get('query') ?? body.toString();
      if ((await judge(query)) === 'break') {
        answer.destroy();
        return;
      }
      answer.writeHead(answered.statusCode ?? 500, answered.headers);
      answer.end(given);
    });
    behind.on('error', () => answer.destroy());
    behind.end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
