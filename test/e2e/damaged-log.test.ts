/**
 * A log that can't be believed is refused by every command that reads it, with exit code 2 and a sentence
 * that says what to put back: no crash, no hang, and no start as if nothing had ever been recorded.
 */
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleet } from '../support/fleet.ts';
import { runCommand, runWaywarden } from '../support/run-command.ts';

const PAGE = 4096;
const root = mkdtempSync(join(tmpdir(), 'waywarden-damaged-'));
const whole = join(root, 'whole');
const other = join(root, 'other');

async function replayed(folder: string, ordinary: number): Promise<void> {
  const file = `${folder}.ndjson`;
  const lines = fleet({ stories: 1, ordinary }).map((event) => JSON.stringify(event));
  writeFileSync(file, lines.join('\n'));
  await runCommand('replay', file, '--format', 'events', '--data', folder, '--json');
}

/** Every page that holds nodes: what is zeroed there is structure, and a reader meets it at once. */
function zeroNodePages(file: string): void {
  const bytes = readFileSync(file);
  for (let at = 2 * PAGE; at < bytes.length; at += PAGE) {
    const isPage = bytes.readBigUInt64LE(at) === BigInt(at / PAGE);
    if (isPage && (bytes.readUInt16LE(at + 18) & 3) !== 0) bytes.fill(0, at, at + PAGE);
  }
  writeFileSync(file, bytes);
}

/** All that lies in pages of its own: records, whose checksums find it. */
function zeroBigRecords(file: string): void {
  const bytes = readFileSync(file);
  for (let at = 2 * PAGE; at < bytes.length; at += PAGE) {
    const isPage = bytes.readBigUInt64LE(at) === BigInt(at / PAGE);
    if (isPage && (bytes.readUInt16LE(at + 18) & 4) !== 0) bytes.fill(0, at + 24, at + PAGE);
  }
  writeFileSync(file, bytes);
}

const DAMAGES: readonly (readonly [string, (folder: string) => void])[] = [
  ['is empty', (folder) => truncateSync(join(folder, 'log/data.mdb'), 0)],
  [
    'is cut to 60 %',
    (folder) => {
      const file = join(folder, 'log/data.mdb');
      truncateSync(file, Math.floor(statSync(file).size * 0.6));
    },
  ],
  ['has zeroed pages', (folder) => zeroNodePages(join(folder, 'log/data.mdb'))],
  [
    'is of another folder',
    (folder) => {
      rmSync(join(folder, 'log'), { recursive: true });
      cpSync(join(other, 'log'), join(folder, 'log'), { recursive: true });
    },
  ],
  ['is missing', (folder) => rmSync(join(folder, 'log/data.mdb'))],
];

const COMMANDS: readonly (readonly [string, readonly string[]])[] = [
  ['up', ['up', '--no-demo', '--port', '0', '--json', '--data']],
  ['verify', ['verify', '--data']],
  ['audit verify', ['audit', 'verify', '--data']],
  ['status', ['status', '--data']],
];

beforeAll(async () => {
  await replayed(whole, 40);
  await replayed(other, 41);
});

afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

describe.each(DAMAGES)('a log that %s', (_, harm) => {
  it.each(COMMANDS)(
    'is refused by %s with exit code 2 and what to put back',
    async (_name, args) => {
      const folder = mkdtempSync(join(root, 'harmed-'));
      cpSync(whole, folder, { recursive: true });
      harm(folder);
      const { code, stderr, stdout } = await runWaywarden(...args, folder);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/Restore log\/ and keys\/|Put back log\/ and keys\//);
      expect(stderr).not.toMatch(/\n\s+at /);
    },
  );
});

describe('a log whose records are zeroed', () => {
  it.each(COMMANDS.filter(([name]) => name !== 'status'))(
    'ends %s with exit code 2 and what to put back',
    async (_name, args) => {
      const folder = mkdtempSync(join(root, 'harmed-'));
      cpSync(whole, folder, { recursive: true });
      zeroBigRecords(join(folder, 'log/data.mdb'));
      // Made anew from the log, so that all of it is read.
      rmSync(join(folder, 'state'), { recursive: true });
      const { code, stderr, stdout } = await runWaywarden(...args, folder);
      expect(code).toBe(2);
      expect(stderr + stdout).toMatch(/Restore log\/ and keys\/|[Rr]estore the log/);
    },
  );
});

describe('a log of an earlier moment', () => {
  it('is refused while state and store know more, and taken once they are made anew', async () => {
    const folder = mkdtempSync(join(root, 'older-'));
    cpSync(whole, folder, { recursive: true });
    const lines = fleet({ stories: 2, ordinary: 60 }).map((event) => JSON.stringify(event));
    const file = join(root, 'more.ndjson');
    writeFileSync(file, lines.join('\n'));
    await runCommand('replay', file, '--format', 'events', '--data', folder, '--json');
    rmSync(join(folder, 'log'), { recursive: true });
    cpSync(join(whole, 'log'), join(folder, 'log'), { recursive: true });
    const refused = await runWaywarden('verify', '--data', folder);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/ends at record \d+ of .*Put back log\/ and keys\//);
    for (const made of ['state', 'clickhouse']) rmSync(join(folder, made), { recursive: true });
    expect((await runWaywarden('audit', 'verify', '--data', folder)).code).toBe(0);
  });
});
