/** Made-up data and real data never come to stand in one folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataPaths, dataPaths } from '../runtime/data-folder.ts';
import { openDemoFolder, refuseDemoFolder, writeMark } from './demo-folder.ts';

const NOW = '2026-11-24T12:00:00.000Z';

let parent: string;
let paths: DataPaths;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'waywarden-demo-'));
  paths = dataPaths(join(parent, 'data'));
});

afterEach(() => rmSync(parent, { recursive: true, force: true }));

describe('the demo folder', () => {
  it('is made with a mark, and found again with what was written there', () => {
    const first = openDemoFolder(paths, NOW);
    expect(first).toMatchObject({ started_at: NOW, runs: 0, history_sent: false });
    writeMark(paths, { ...first, runs: 1, history_sent: true });
    const again = openDemoFolder(paths, '2026-11-25T12:00:00.000Z');
    expect(again).toMatchObject({ started_at: NOW, runs: 1, history_sent: true });
  });

  it('is never one that holds something else', () => {
    mkdirSync(join(paths.root, 'log'), { recursive: true });
    expect(() => openDemoFolder(paths, NOW)).toThrow(/--no-demo/);
  });

  it('is never opened by a real run', () => {
    openDemoFolder(paths, NOW);
    expect(() => refuseDemoFolder(paths)).toThrow(/holds the demo/);
    expect(() => refuseDemoFolder(dataPaths(join(parent, 'other')))).not.toThrow();
  });

  it('stays the demo’s when its mark was cut short, and repeats no earlier run’s ids', () => {
    openDemoFolder(paths, NOW);
    writeFileSync(join(paths.root, 'demo.json'), '{"started_');
    expect(() => refuseDemoFolder(paths)).toThrow(/holds the demo/);
    const found = openDemoFolder(paths, NOW);
    expect(found.history_sent).toBe(true);
    expect(found.runs).toBeGreaterThan(1_000_000);
  });
});
