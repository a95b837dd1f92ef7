/** A watched file tells its changes and, once, that it is gone; back again it is read again. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchFile } from './watch-file.ts';

let folder: string;
beforeEach(() => {
  vi.useFakeTimers();
  folder = mkdtempSync(join(tmpdir(), 'waywarden-watch-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

it('tells a change, then that the file is gone, once, and that it is back though it is the same', () => {
  const path = join(folder, 'rules.yaml');
  const told: string[] = [];
  writeFileSync(path, 'a');
  const stop = watchFile(path, {
    changed: () => told.push('changed'),
    gone: () => told.push('gone'),
  });
  writeFileSync(path, 'b');
  vi.advanceTimersByTime(5000);
  expect(told).toEqual(['changed']);
  rmSync(path);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['changed', 'gone']);
  writeFileSync(path, 'b');
  vi.advanceTimersByTime(5000);
  expect(told).toEqual(['changed', 'gone', 'changed']);
  stop();
});

it('says nothing of a file that is away for one look, as while it is replaced', () => {
  const path = join(folder, 'rules.yaml');
  const told: string[] = [];
  writeFileSync(path, 'a');
  const stop = watchFile(path, {
    changed: () => told.push('changed'),
    gone: () => told.push('gone'),
  });
  rmSync(path);
  vi.advanceTimersByTime(1000);
  writeFileSync(path, 'a');
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([]);
  stop();
});
