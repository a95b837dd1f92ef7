/**
 * The canary through the real path: over HTTP to ingest, through log, detector and responder, to the
 * order, its receipt and its leak; and who imitates it under a token of his own is an ordinary agent.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueToken, type RunningIngest, startIngest } from '@waywarden/ingest';
import {
  type Alert,
  type AuditEvent,
  CANARY_TENANT,
  type JournalEntry,
  type RevocationCommand,
  TOPICS,
  validateAlert,
} from '@waywarden/schemas';
import { makeHealth, type ServiceHealth } from '@waywarden/service-health';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { containmentCounts } from '../../services/waywarden/src/api/containment-counts.ts';
import { hijackEvents } from '../../services/waywarden/src/canary/canary-events.ts';
import { startEmbeddedCanary } from '../../services/waywarden/src/canary/canary-runner.ts';
import {
  canaryRegistryOf,
  issueCanaryToken,
} from '../../services/waywarden/src/canary/canary-tenant.ts';
import { EventSender } from '../../services/waywarden/src/demo/gateway/event-sender.ts';
import { dataPaths, makeFolder } from '../../services/waywarden/src/runtime/data-folder.ts';
import { openPipeline, type Pipeline } from '../../services/waywarden/src/runtime/pipeline.ts';
import { loadPolicy } from '../../services/waywarden/src/runtime/rule-files.ts';
import { readTopic } from '../containment/read-topic.ts';
import { until } from '../support/until.ts';

const TENANT = 'acme';
const TICK_MS = 200;
const logger = pino({ level: 'silent' });

let folder: string;
let pipeline: Pipeline;
let ingest: RunningIngest;
let tokens: { readonly real: string; readonly proof: string };
let timer: NodeJS.Timeout;
let health: ServiceHealth;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'canary-'));
  health = makeHealth('up');
  const paths = dataPaths(folder);
  makeFolder(paths.root);
  makeFolder(paths.keys);
  const options = { paths, command: 'up', partitions: 2, journal: 'live' } as const;
  pipeline = await openPipeline({ ...options, archive: false, scratch: true });
  await pipeline.publish(TENANT, undefined, loadPolicy(undefined));
  const source = { kind: 'gateway', instance: 'gateway-1' };
  const real = { id: 'real', tenant: TENANT, source, assurance: 'authenticated' } as const;
  tokens = { real: issueToken(paths.tokens, real), proof: issueCanaryToken(paths) };
  ingest = await startIngest({
    log: pipeline.log,
    keyFile: pipeline.keys.ingest,
    tokensPath: paths.tokens,
    logger,
    port: 0,
    registryOf: (tenant) => (tenant === CANARY_TENANT ? canaryRegistryOf(paths.keys) : undefined),
  });
  const tick = () =>
    void pipeline.sequencer.advance(new Date().toISOString()).catch(() => undefined);
  timer = setInterval(tick, TICK_MS);
}, 60_000);

afterEach(async () => {
  clearInterval(timer);
  await ingest.close();
  await pipeline.stop();
  rmSync(folder, { recursive: true, force: true });
});

const proofOf = (patienceMs: number) =>
  startEmbeddedCanary({
    health,
    pipeline,
    paths: dataPaths(folder),
    url: ingest.url,
    token: tokens.proof,
    tenant: TENANT,
    everyMs: 86_400_000,
    firstAfterMs: 1,
    patienceMs,
    logger,
  });

test('all three are found, all of it stays in its tenant, and no order names another', async () => {
  const proof = await proofOf(60_000);
  await until(async () => proof.report().state !== 'waiting' || undefined, 90_000);
  expect(proof.report()).toMatchObject({ state: 'alive', missing: [] });
  expect(await health.metrics.text()).toContain('waywarden_canary_missing 0\n');
  await proof.stop();
  const alerts = await readTopic<Alert>(pipeline.log, TOPICS.alerts.name);
  expect(new Set(alerts.map((one) => one.tenant_id))).toEqual(new Set([CANARY_TENANT]));
  const commands = await readTopic<RevocationCommand>(pipeline.log, TOPICS.revocationCommands.name);
  expect(commands.length).toBeGreaterThan(0);
  for (const { target } of commands) expect(target.tenant_id).toBe(CANARY_TENANT);
  const told = await containmentCounts(pipeline.responder, Date.now(), TENANT);
  expect(told).toEqual({ sentence: 'No order is in force.', by_state: {} });
}, 120_000);

test('when its events are no longer taken, it says that it is missing', async () => {
  // The token of a process that started later: this one's is void.
  issueCanaryToken(dataPaths(folder));
  const headers = { authorization: `Bearer ${tokens.proof}` };
  const sent = { method: 'POST', headers, body: '' };
  await until(async () => {
    const { status } = await fetch(`${ingest.url}/v1/events`, sent);
    return status === 401 || undefined;
  }, 30_000);
  const proof = await proofOf(3_000);
  await until(async () => proof.report().state !== 'waiting' || undefined, 30_000);
  expect(proof.report()).toMatchObject({
    state: 'missing',
    missing: ['hijack', 'assembly', 'leak'],
  });
  await health.readiness.refresh();
  expect(health.readiness.report()).toMatchObject({
    conditions: expect.arrayContaining([expect.objectContaining({ reason: 'canary_missing' })]),
  });
  const told = await until(async () => {
    const alerts = await readTopic<Alert>(pipeline.log, TOPICS.alerts.name);
    return alerts.find((one) => one.kind === 'canary_missing');
  }, 10_000);
  expect(told).toMatchObject({ tenant_id: TENANT, severity: 'critical', state: 'open' });
  expect(validateAlert(told)).toBe(true);
  // It is believed as any other alert is: the response has decided it.
  await pipeline.settle();
  const journal = await readTopic<JournalEntry>(pipeline.log, TOPICS.responseJournal.name);
  const decided = journal.flatMap((one) => (one.kind === 'alert' ? [one.alert.alert_id] : []));
  expect(decided).toContain(told?.alert_id);
  await proof.stop();
}, 60_000);

test('who imitates it under a token of his own is judged and alarmed on as anybody', async () => {
  const signal = new AbortController().signal;
  const sender = new EventSender({ url: ingest.url, token: tokens.real, signal });
  const forged = hijackEvents('proof-forged', Date.now()).map((event) => ({
    ...event,
    tenant_id: CANARY_TENANT,
    source: { kind: 'gateway', instance: 'waywarden-canary' },
  }));
  await sender.send(forged);
  await pipeline.settle();
  const events = await readTopic<AuditEvent>(pipeline.log, TOPICS.auditEvents.name);
  expect(new Set(events.map((one) => one.tenant_id))).toEqual(new Set([TENANT]));
  const alerts = await readTopic<Alert>(pipeline.log, TOPICS.alerts.name);
  const hijacks = alerts.filter((one) => one.kind === 'hijack_suspected');
  expect(hijacks.map((one) => one.tenant_id)).toEqual([TENANT]);
}, 60_000);
