/** The services of one installation and their receivers in the test's own process, over HTTP. */
import { join } from 'node:path';
import { startDetector } from '@waywarden/detector';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { startIngest } from '@waywarden/ingest';
import {
  publishPolicy,
  publishRegistry,
  startResponder,
  startResponderServer,
} from '@waywarden/responder';
import {
  type Decision,
  loadOrCreateKeyFile,
  policySchema,
  registrySchema,
  TOPICS,
} from '@waywarden/schemas';
import { makeHealth } from '@waywarden/service-health';
import { pino } from 'pino';
import { loadServiceKeys } from '../../services/waywarden/src/runtime/service-keys.ts';
import { ensureTopics } from '../../services/waywarden/src/runtime/topic-plan.ts';
import { type Site, TENANT } from './containment-site.ts';
import { readTopic } from './read-topic.ts';
import { startReceivers } from './receivers.mjs';
import { issueTokens, POLICY, registryOf, runningReceivers } from './scenario-rules.ts';

const PARTITIONS = 3;
const TICK_MS = 200;
const wallClock = () => new Date().toISOString();

export async function inProcessSite(folder: string, rounds: number): Promise<Site> {
  const at = (name: string) => join(folder, name);
  const log = await openLmdbLog({ path: at('log'), durable: false });
  await ensureTopics(log, PARTITIONS);
  const keys = loadServiceKeys(at('keys'), wallClock());
  const detector = startDetector({
    ...{ log, stateDir: at('detector'), macKey: keys.detectorMac, wallClock },
    trustedKeys: new Map([...keys.sequencerRing, ...keys.detectorRing]),
  });
  const responder = await startResponder({
    ...{ log, stateDir: at('responder'), wallClock },
    keys: {
      signingKey: keys.commandSigning,
      macKey: keys.sequencerMac,
      macKeys: keys.sequencerRing,
      alertKeys: keys.detectorRing,
      registryKeys: keys.registryRing,
    },
  });
  const running = Promise.all([detector.run(), responder.run()]);
  running.catch(() => undefined);
  const publisher = { log, signingKey: keys.registrySigning, wallClock };
  await publishRegistry(publisher, TENANT, registrySchema.parse(registryOf(at('keys'), rounds)));
  await publishPolicy(publisher, TENANT, policySchema.parse(POLICY));
  const tokens = issueTokens(at('tokens.json'));
  const uses = ['fingerprint'] as const;
  const createdAt = wallClock();
  const ingest = await startIngest({
    log,
    keyFile: loadOrCreateKeyFile(at('keys/ingest.json'), { service: 'ingest', uses, createdAt }),
    tokensPath: at('tokens.json'),
    logger: pino({ level: 'silent' }),
    port: 0,
    follow: { keys: keys.registryRing },
  });
  const server = await startResponderServer({
    health: makeHealth('responder'),
    ...{ log, responder, host: '127.0.0.1', port: 0, now: wallClock },
    commandKeys: keys.commandRing,
  });
  const receivers = await startReceivers({
    ...{ tenant: TENANT, url: server.url, keys: at('keys'), folder },
    receivers: runningReceivers(),
  });
  const tick = () => void responder.sequencer.advance(wallClock()).catch(() => undefined);
  const timer = setInterval(tick, TICK_MS);
  return {
    name: 'in process',
    eventsUrl: ingest.url,
    apiUrl: server.url,
    keys: at('keys'),
    tokens,
    decisions: () => readTopic<Decision>(log, TOPICS.decisions.name),
    publishPolicy: async (policy) => {
      await publishPolicy(publisher, TENANT, policySchema.parse(policy));
    },
    stop: async () => {
      clearInterval(timer);
      await receivers.stop();
      await server.stop();
      await ingest.close();
      await Promise.all([detector.stop(), responder.stop()]);
      await running;
      return (topic) => readTopic(log, topic);
    },
    close: () => log.close(),
  };
}
