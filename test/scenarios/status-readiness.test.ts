/** Guarantee: what speaks against readiness is the sentence of the status, which is the page's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeHealth, STARTING } from '@waywarden/service-health';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EventRate, PipelineProgress } from '../../services/waywarden/src/api/pipeline-progress.ts';
import { StatusReport } from '../../services/waywarden/src/api/status-report.ts';
import { StoreReader } from '../../services/waywarden/src/api/store-reader.ts';
import { dataPaths, makeFolder } from '../../services/waywarden/src/runtime/data-folder.ts';
import { openPipeline, type Pipeline } from '../../services/waywarden/src/runtime/pipeline.ts';

const nowMs = () => Date.now();
/** Nobody listens there. */
const NO_STORE = { url: 'http://127.0.0.1:9', database: 'waywarden' };
const { readiness } = makeHealth('up');

let folder: string;
let pipeline: Pipeline;
let store: StoreReader;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-status-'));
  const paths = dataPaths(folder);
  makeFolder(paths.root);
  makeFolder(paths.keys);
  const options = { paths, command: 'up', partitions: 1, journal: 'live' } as const;
  pipeline = await openPipeline({ ...options, archive: false, scratch: true });
  store = new StoreReader(NO_STORE, 'default');
});

afterEach(async () => {
  await store.close();
  await pipeline.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('is said before all else, and a store that is away where nothing else is wrong', async () => {
  const report = new StatusReport({
    ...{ version: '0', tenant: 'default', data: folder, store, nowMs },
    progress: new PipelineProgress(pipeline, nowMs),
    rate: new EventRate(nowMs),
    proof: () => null,
    disk: { hasRoom: true, sentence: undefined },
    readiness: () => readiness.conditions(),
  });
  readiness.clear(STARTING);
  expect(await report.current()).toMatchObject({ health: 'store_unavailable' });
  readiness.block('store', { reason: 'store_unavailable', sentence: 'It is away.' });
  readiness.block('archiver', { reason: 'stalled', sentence: 'archiver has decided nothing.' });
  expect(await report.current()).toMatchObject({
    health: 'store_unavailable',
    sentence: expect.stringContaining('The store does not answer.'),
  });
  const sentence = 'responder-intake has been waiting for 6 s.';
  readiness.block('waits', { reason: 'intake_waits', sentence });
  expect(await report.current()).toMatchObject({ health: 'not_ready', sentence });
});
