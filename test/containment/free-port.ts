/** A port that stays the same over restarts: below what systems hand out to others meanwhile. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Random } from '../../services/waywarden/src/input/seeded-random.ts';

const PORTS = { from: 20_000, to: 32_000 };
const TRIES_MAX = 50;

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!(await listening)) return false;
  server.close();
  await once(server, 'close');
  return true;
}

export async function freePort(random: Random = Math.random): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = PORTS.from + Math.floor(random() * (PORTS.to - PORTS.from));
    if (await isFree(port)) return port;
  }
  throw new Error(`No port between ${PORTS.from} and ${PORTS.to} is free.`);
}
