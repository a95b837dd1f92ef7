/** `waywarden up` as a process, and all receivers as another: each can be killed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import type { Decision } from '@waywarden/schemas';
import { stringify } from 'yaml';
import { dataPaths } from '../../services/waywarden/src/runtime/data-folder.ts';
import { KillableProcess } from './child-process.ts';
import { type Site, TENANT } from './containment-site.ts';
import { freePort } from './free-port.ts';
import { readTopic } from './read-topic.ts';
import { issueTokens, POLICY, registryOf, runningReceivers } from './scenario-rules.ts';

const MAIN = fileURLToPath(new URL('../../services/waywarden/dist/main.js', import.meta.url));
const RECEIVERS = fileURLToPath(new URL('receivers.mjs', import.meta.url));
const LISTED = 200;

export async function upSite(folder: string, rounds: number): Promise<Site> {
  const at = (name: string) => join(folder, name);
  const paths = dataPaths(at('data'));
  mkdirSync(at('keys'), { recursive: true });
  mkdirSync(at('data'), { recursive: true });
  writeFileSync(at('policy.yaml'), stringify(POLICY));
  writeFileSync(at('registry.yaml'), stringify(registryOf(at('keys'), rounds)));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const flags = { '--port': String(port), '--data': at('data'), '--tenant': TENANT };
  const files = { '--policy': at('policy.yaml'), '--registry': at('registry.yaml') };
  const up = new KillableProcess({
    args: [MAIN, 'up', '--json', ...Object.entries({ ...flags, ...files }).flat()],
  });
  await up.start();
  const tokens = issueTokens(paths.tokens);
  const config = { tenant: TENANT, url, keys: at('keys'), folder, receivers: runningReceivers() };
  writeFileSync(at('receivers.json'), JSON.stringify(config));
  const receivers = new KillableProcess({ args: [RECEIVERS, at('receivers.json')] });
  await receivers.start();
  return {
    name: 'waywarden up',
    eventsUrl: url,
    apiUrl: url,
    keys: at('keys'),
    tokens,
    decisions: async () => {
      const answer = await fetch(`${url}/v1/decisions?limit=${LISTED}`);
      return ((await answer.json()) as { decisions: readonly Decision[] }).decisions;
    },
    publishPolicy: async (policy) => writeFileSync(at('policy.yaml'), stringify(policy)),
    kill: (victim) => (victim === 'responder' ? up : receivers).again(),
    stop: async () => {
      await receivers.end('SIGTERM').catch(() => undefined);
      await up.end('SIGTERM');
      return async (topic) => {
        const log = await openLmdbLog({ path: paths.log });
        try {
          return await readTopic(log, topic);
        } finally {
          await log.close();
        }
      };
    },
    close: async () => undefined,
  };
}
