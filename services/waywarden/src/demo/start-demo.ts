/** Assembles the demo around a pipeline. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { issueToken } from '@waywarden/ingest';
import { parseRegistryFile } from '@waywarden/responder';
import {
  activeSigningKey,
  type KeyFile,
  loadOrCreateKeyFile,
  type Policy,
  publicJwks,
  type Registry,
} from '@waywarden/schemas';
import type { DataPaths } from '../runtime/data-folder.ts';
import type { Pipeline } from '../runtime/pipeline.ts';
import { loadPolicy } from '../runtime/rule-files.ts';
import type { DemoMark } from './demo-folder.ts';
import { CommandReceiver } from './gateway/command-receiver.ts';
import { EventSender } from './gateway/event-sender.ts';
import { GATEWAY_ID, gatewayDenyList, ToolGateway } from './gateway/tool-gateway.ts';
import { Demo } from './play-demo.ts';
import type { Narrator } from './story/narrator.ts';
import { OutcomeWatch } from './story/outcome-watch.ts';
import type { DemoStory } from './story/story.ts';

export const DEMO_TENANT = 'demo';
const TOKEN = {
  id: 'demo/gateway',
  tenant: DEMO_TENANT,
  source: { kind: 'gateway', instance: GATEWAY_ID },
  assurance: 'authenticated',
} as const;

export function gatewayKeys(paths: DataPaths): KeyFile {
  return loadOrCreateKeyFile(join(paths.keys, `${GATEWAY_ID}.json`), {
    service: GATEWAY_ID,
    uses: ['sign'],
    createdAt: new Date().toISOString(),
  });
}

/** The old one is void. */
export function issueDemoToken(paths: DataPaths): string {
  return issueToken(paths.tokens, TOKEN);
}

export interface RunningDemo {
  readonly story: () => DemoStory;
  /** The pipeline is not hurt. */
  readonly finished: Promise<void>;
  stop(): Promise<void>;
}

export interface StartDemo {
  readonly pipeline: Pipeline;
  readonly paths: DataPaths;
  readonly url: string;
  readonly token: string;
  readonly mark: DemoMark;
  readonly registry: Registry;
  readonly narrator: Narrator;
  readonly speed: number;
  readonly end: () => void;
}

function warmedUpIn(pipeline: Pipeline): () => Promise<void> {
  return () => pipeline.detected();
}

export async function startDemo(options: StartDemo): Promise<RunningDemo> {
  const { pipeline, paths, url, token, mark, registry, narrator, speed, end } = options;
  const nowMs = () => Date.now();
  const stopping = new AbortController();
  const { signal } = stopping;
  const denyList = gatewayDenyList();
  const receiver = await CommandReceiver.start({
    log: pipeline.log,
    id: GATEWAY_ID,
    tenantId: DEMO_TENANT,
    denyList,
    commandKeys: pipeline.keys.commandRing,
    signingKey: activeSigningKey(gatewayKeys(paths)),
    nowMs,
  });
  const watch = await OutcomeWatch.start(pipeline.log, nowMs);
  const sender = new EventSender({ url, token, signal });
  const gateway = await ToolGateway.start({ denyList, sender, nowMs });
  const demo = new Demo({
    paths,
    mark,
    tenant: DEMO_TENANT,
    registry,
    end,
    sender,
    gateway,
    watch,
    narrator,
    warmedUp: warmedUpIn(pipeline),
    speed,
    signal,
  });
  const playing = demo.play();
  const finished = Promise.all([playing, receiver.finished]).then(() => undefined);
  finished.catch(() => undefined);
  return {
    story: () => demo.story,
    finished,
    stop: async () => {
      stopping.abort();
      await playing.catch(() => undefined);
      await Promise.all([gateway.stop(), receiver.stop(), watch.stop()]);
    },
  };
}

/** The demo's rules: shipped files with today's dates and a local key. */
const REGISTRY = fileURLToPath(new URL('../../demo/registry.yaml', import.meta.url));
const POLICY = fileURLToPath(new URL('../../demo/policy.yaml', import.meta.url));
const DAY_MS = 86_400_000;
const DATE = /\$today([+-]\d{1,4})d/g;

/** `$today+30d`. */
function fillDates(text: string, nowMs: number): string {
  return text.replaceAll(DATE, (_, days: string) =>
    new Date(nowMs + Number(days) * DAY_MS).toISOString().slice(0, 10),
  );
}

interface DemoRules {
  readonly registry: Registry;
  readonly policy: Policy;
}

/** Throws, naming all problems. */
export function demoRules(gatewayKeys: KeyFile, nowMs: number): DemoRules {
  const parsed = parseRegistryFile(fillDates(readFileSync(REGISTRY, 'utf8'), nowMs));
  if (!parsed.ok) {
    const problems = parsed.problems.map((one) => `${one.path}: ${one.expected}`);
    throw new Error(`${REGISTRY} can't be used: ${problems.join('; ')}`);
  }
  const [key] = Object.values(publicJwks(gatewayKeys));
  const receivers = parsed.value.receivers.map((receiver) =>
    receiver.id === GATEWAY_ID && key !== undefined ? { ...receiver, key } : receiver,
  );
  return { registry: { ...parsed.value, receivers }, policy: loadPolicy(POLICY) };
}
