import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimFolder, DataFolderError, dataPaths, makeFolder, ownerOf } from './data-folder.ts';

const OWNER = { command: 'up', url: null, token_file: null };
/** A process that lives as long as this one, but is another. */
const OTHER_PID = process.ppid;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-data-folder-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('data folder', () => {
  it('is made with all that is missing above it, again without harm, and never in place of a file', () => {
    const deep = join(folder, 'a', 'b', 'c');
    makeFolder(deep);
    makeFolder(deep);
    writeFileSync(join(deep, 'file'), '');
    expect(() => makeFolder(join(deep, 'file'))).toThrow(/ENOTDIR/);
    expect(() => makeFolder(join(deep, 'file', 'below'))).toThrow(/ENOTDIR/);
  });

  it.runIf(process.platform === 'linux')('that can not be made is refused at once', () => {
    expect(() => makeFolder('/proc/waywarden/data')).toThrow(/ENOENT/);
  });

  it('names the owner while it lives, and nobody after it let go', () => {
    const paths = dataPaths(folder);
    const release = claimFolder(paths, OWNER);
    expect(ownerOf(paths)).toMatchObject({ ...OWNER, pid: process.pid });
    release();
    expect(ownerOf(paths)).toBeUndefined();
  });

  it('refuses a folder whose owner lives', () => {
    const paths = dataPaths(folder);
    writeFileSync(paths.owner, JSON.stringify({ ...OWNER, pid: OTHER_PID }));
    expect(() => claimFolder(paths, OWNER)).toThrow(DataFolderError);
  });

  it('takes over from an owner that was killed while it wrote its name', () => {
    const paths = dataPaths(folder);
    writeFileSync(paths.owner, '');
    claimFolder(paths, OWNER);
    expect(ownerOf(paths)?.pid).toBe(process.pid);
  });

  it.runIf(process.platform === 'linux')(
    'takes over from a killed owner although another program has its process id now',
    () => {
      const paths = dataPaths(folder);
      claimFolder(paths, OWNER);
      const left = JSON.parse(readFileSync(paths.owner, 'utf8'));
      writeFileSync(paths.owner, JSON.stringify({ ...left, pid: OTHER_PID }));
      expect(ownerOf(paths)).toBeUndefined();
      claimFolder(paths, OWNER);
      expect(ownerOf(paths)?.pid).toBe(process.pid);
    },
  );
});
