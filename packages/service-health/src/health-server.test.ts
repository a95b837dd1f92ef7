/** Guarantees: three routes by default, on a free port where the default is taken, which is said. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { HEALTH_PORT_DEFAULT, makeHealth, STARTING, startHealthServer } from './health-server.ts';

const LOCAL = { WW_HEALTH_HOST: '127.0.0.1' };
const silent = pino({ level: 'silent' });

it('answers while the service starts, and is ready when it runs', async () => {
  const health = makeHealth('detector');
  const server = await startHealthServer(health, { ...LOCAL, WW_HEALTH_PORT: 0 }, silent);
  try {
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: 'ok' });
    const before = await fetch(`${server.url}/ready`);
    expect(before.status).toBe(503);
    expect(await before.json()).toMatchObject({ ready: false, reason: 'starting' });
    health.readiness.clear(STARTING);
    const after = await fetch(`${server.url}/ready`);
    expect(after.status).toBe(200);
    expect(await after.json()).toEqual({ ready: true });
    await fetch(`${server.url}/any/path/that/a/sender/chose`);
    const answer = await fetch(`${server.url}/metrics`);
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const text = await answer.text();
    expect(text).toContain('waywarden_ready 1');
    expect(text).toMatch(/duration_seconds_count\{method="GET",route="\/ready",status="503"\} 1/);
    expect(text).toMatch(/duration_seconds_count\{method="GET",route="unmatched",status="404"\} 1/);
  } finally {
    await server.stop();
  }
});

it('takes a free port where the default is taken, and says so', async () => {
  const other = createServer().listen(HEALTH_PORT_DEFAULT, '127.0.0.1');
  // Somebody else of this machine may have it, which is as good.
  await once(other, 'listening').catch(() => undefined);
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const server = await startHealthServer(makeHealth('archiver'), LOCAL, logger);
  try {
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect(lines.join('')).toContain(`port ${HEALTH_PORT_DEFAULT} is taken: health is at http`);
  } finally {
    await server.stop();
    other.close();
  }
});

it('does not give up an address that somebody set', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const start = startHealthServer(
    makeHealth('archiver'),
    { ...LOCAL, WW_HEALTH_PORT: port },
    silent,
  );
  await expect(start).rejects.toThrow('EADDRINUSE');
  other.close();
});
