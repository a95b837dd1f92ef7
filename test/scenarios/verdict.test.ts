/**
 * What a person finds of an alert, from their signature to the detector: by the desk into the journal, by the
 * decision into every partition, and from there on the same is not told again. Whoever has no key of the registry
 * says nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audienceOf, takeSignedAct } from '@waywarden/responder';
import {
  ACT_TOPIC,
  type Alert,
  activeSigningKey,
  HEADERS,
  type InputEvent,
  inputEventSchema,
  type KeyFile,
  loadOrCreateKeyFile,
  type OperatorAct,
  policySchema,
  publicJwks,
  registrySchema,
  signDetached,
  TOPICS,
} from '@waywarden/schemas';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataPaths } from '../../services/waywarden/src/runtime/data-folder.ts';
import { openPipeline, type Pipeline } from '../../services/waywarden/src/runtime/pipeline.ts';
import { lastByKey, scanTopic } from '../../services/waywarden/src/runtime/scan-topic.ts';
import { fleetRecords } from '../support/run-fleet.ts';
import { until } from '../support/until.ts';

const LONG_MS = 120_000;
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 9, 5, 9);
const TENANT = 'acme';
const wallClock = () => new Date().toISOString();
const folder = mkdtempSync(join(tmpdir(), 'waywarden-verdict-'));
let pipeline: Pipeline;
let calls = 0;

const keyFile = (uid: string): KeyFile =>
  loadOrCreateKeyFile(join(folder, `${uid}.json`), {
    service: uid,
    uses: ['sign'],
    createdAt: wallClock(),
  });
const operator = (uid: string) => ({ uid, key: Object.values(publicJwks(keyFile(uid)))[0] });

function call(day: number, at: number, over: object = {}): InputEvent {
  calls += 1;
  return inputEventSchema.parse({
    native_id: `call-${calls}`,
    event_time: new Date(START_MS + day * DAY_MS + at * 1000).toISOString(),
    activity: 'tool_call',
    agent: { uid: 'agent/a' },
    task: { id: `task-${day}` },
    tool: { server: 'office', name: 'list_orders' },
    effect: 'read',
    outcome: 'success',
    ...over,
  });
}

const BURST = 120;

/** Days of six calls, then one of many. */
function quietDays(): readonly InputEvent[] {
  const days = Array.from({ length: 12 }, (_, day) => day);
  return days.flatMap((day) => Array.from({ length: 6 }, (_, at) => call(day, at * 300)));
}
/** Two minutes of so many calls a second. */
const burst = (day: number, rate = 1) =>
  Array.from({ length: BURST * rate }, (_, at) => call(day, at / rate));

async function feed(inputs: readonly InputEvent[]): Promise<void> {
  await pipeline.log.append([...fleetRecords(inputs).records]);
  await pipeline.settle();
}

async function found(alert_id: string, signer: string): Promise<string | undefined> {
  const act: OperatorAct = {
    act_id: crypto.randomUUID(),
    ...{ tenant_id: TENANT, act: 'verdict', by: signer, at: wallClock(), reason: 'a month-end' },
    ...{ alert_id, verdict: 'false_positive' },
  };
  const text = JSON.stringify(act);
  const signature = await signDetached(
    new TextEncoder().encode(text),
    activeSigningKey(keyFile(signer)),
    { topic: ACT_TOPIC, audience: audienceOf(TENANT), iat: 0 },
  );
  const { receiverKeys: keys } = pipeline.responder;
  return takeSignedAct({ log: pipeline.log, keys, wallClock }, { act: text, signature });
}

const alerts = () => lastByKey<Alert>(pipeline.log, TOPICS.alerts.name, (one) => one.alert_id);

async function verdictsInPartitions(): Promise<readonly number[]> {
  const partitions = new Set<number>();
  for await (const record of scanTopic(pipeline.log, TOPICS.auditEvents.name)) {
    const { value, headers, partition } = record;
    if (value === null || headers[HEADERS.type] !== 'control') continue;
    const { kind } = JSON.parse(new TextDecoder().decode(value));
    if (kind === 'verdict') partitions.add(partition);
  }
  return [...partitions].sort();
}

beforeAll(async () => {
  pipeline = await openPipeline({
    ...{ paths: dataPaths(join(folder, 'data')), command: 'up', partitions: 2 },
    ...{ journal: 'live', archive: false, scratch: true },
  });
  const registry = registrySchema.parse({
    version: 1,
    agents: [{ uid: 'agent/a', class: 'autonomous' }],
    operators: [operator('ana')],
  });
  await pipeline.publish(TENANT, registry, policySchema.parse({ version: 1 }));
}, LONG_MS);

afterAll(async () => {
  await pipeline.stop();
  rmSync(folder, { recursive: true, force: true });
}, LONG_MS);

it(
  'reaches the detector, which does not tell the same again and tells more of it',
  async () => {
    await feed([...quietDays(), ...burst(12)]);
    const [alert, ...others] = (await alerts()).filter(({ hygiene }) => hygiene !== true);
    expect(others).toEqual([]);
    expect(alert?.kind).toBe('behavior_deviation');
    const id = alert?.alert_id ?? '';
    expect(await found(id, 'mallory')).toBe('operator_without_key');
    expect(await found(id, 'ana')).toBeUndefined();
    const reached = await until(async () => {
      const partitions = await verdictsInPartitions();
      return partitions.length === 2 ? partitions : undefined;
    }, LONG_MS);
    expect(reached).toEqual([0, 1]);
    await feed(burst(13));
    const after = (await alerts()).filter(({ hygiene }) => hygiene !== true);
    expect(after.map(({ alert_id, count }) => [alert_id, count])).toEqual([[id, alert?.count]]);
    await feed(burst(15, 5));
    // Five times as much is told, as an alert of its own: nobody looks again at one that was found wrong.
    const more = (await alerts()).filter(({ hygiene }) => hygiene !== true);
    expect(more.length).toBeGreaterThan(1);
    expect(more.find(({ alert_id }) => alert_id === id)?.count).toBe(alert?.count);
  },
  LONG_MS,
);
