/** Guarantees of sending dead letters again, against a real log. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogRecord } from '@waywarden/event-log';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import { type KeyFile, loadOrCreateKeyFile, TOPICS } from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TokenEntry } from '../adapters/token-store.ts';
import type { ReadItem } from '../core/formats/format-reader.ts';
import { readPiece } from '../core/formats/read-json.ts';
import { newRecentIds } from '../intake/accept-events.ts';
import { Tenants, tokenAcceptor } from '../intake/tenants.ts';
import { findLetter, listLetters } from './list-letters.ts';
import { openLetter, Redriver } from './redrive.ts';

const NOW = '2026-05-04T10:00:00Z';
const SECRET = 'the-iban-is-DE89370400440532013000';
const PAGE = { limit: 100, order: 'log' } as const;
const token: TokenEntry = {
  id: 't-1',
  hash: 'x'.repeat(43),
  tenant: 'acme',
  source: { kind: 'sdk', instance: 's-1' },
  assurance: 'asserted',
  trust_fields: false,
  agents: ['agent/known'],
  state: 'active',
};
const widened: TokenEntry = { ...token, agents: ['agent/known', 'agent/new'] };

let folder: string;
let log: LmdbLog;
let keyFile: KeyFile;
let recent: ReturnType<typeof newRecentIds>;

const event = (uid: string, more = {}) => ({
  event_time: NOW,
  activity: 'tool_call',
  agent: { uid },
  tool: { name: 'pay', server: 'bank' },
  args: { note: SECRET },
  ...more,
});
const item = (value: unknown, line = 1): ReadItem => {
  const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return readPiece({ line, bytes, size: bytes.length });
};

function acceptorFor(entry: TokenEntry) {
  const tenants = new Tenants({ keyFile }, () => Date.parse(NOW));
  return tokenAcceptor(entry, tenants.parts(entry.tenant), recent);
}

function redriver(...tokens: readonly TokenEntry[]): Redriver {
  return new Redriver({
    log,
    keyFile,
    tokens: () => tokens,
    acceptorFor,
    nowMs: () => Date.parse(NOW),
  });
}

async function records(topic: string): Promise<LogRecord[]> {
  const ends = await log.endOffsets(topic);
  const all = await Promise.all(ends.map((end, p) => log.read(topic, p, 0, end)));
  return all.flat();
}

const ids = async () => (await listLetters(log, PAGE)).letters.map(({ id }) => id);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-letters-'));
  keyFile = loadOrCreateKeyFile(join(folder, 'ingest.json'), {
    service: 'ingest',
    uses: ['fingerprint'],
    createdAt: NOW,
  });
  log = await openLmdbLog({ path: join(folder, 'log') });
  await log.createTopics([
    { name: TOPICS.auditEvents.name, partitions: 2 },
    { name: TOPICS.auditDeadletter.name, partitions: 2 },
  ]);
  recent = newRecentIds();
  const sent = [item(event('agent/new'), 1), item('{"broken', 2), item(event('agent/known'), 3)];
  await log.append(acceptorFor(token).accept(sent).records);
});

afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('dead letters', () => {
  it('are listed with why, whence and where, without their bodies', async () => {
    const page = await listLetters(log, PAGE);
    expect(page).toMatchObject({ matching: 2, next: null });
    expect(page.letters.map(({ reason, line, field }) => ({ reason, line, field }))).toEqual([
      { reason: 'agent_not_allowed', line: 1, field: 'agent.uid' },
      { reason: 'not_json', line: 2, field: null },
    ]);
    expect(page.letters[0]).toMatchObject({
      source: 'sdk/s-1',
      tenant: 'acme',
      received_at: expect.any(String),
    });
    expect(JSON.stringify(page)).not.toContain(SECRET);
    expect((await listLetters(log, { ...PAGE, reason: 'not_json' })).letters).toHaveLength(1);
    const first = await listLetters(log, { ...PAGE, limit: 1 });
    const second = await listLetters(log, { ...PAGE, limit: 1, after: first.next ?? '' });
    expect([...first.letters, ...second.letters]).toEqual(page.letters);
  });

  it('open with the key of the folder only', async () => {
    const [id = ''] = await ids();
    const found = await findLetter(log, id);
    if (found === undefined || found === 'expired') throw new Error('no letter');
    const opened = openLetter(found.letter, found.sealed, keyFile);
    expect(opened.ok && JSON.parse(Buffer.from(opened.body).toString())).toEqual(
      event('agent/new'),
    );
    const other = loadOrCreateKeyFile(join(folder, 'other.json'), {
      service: 'ingest',
      uses: ['fingerprint'],
      createdAt: NOW,
    });
    expect(openLetter(found.letter, found.sealed, other)).toMatchObject({ code: 'other_key' });
  });

  it('leave nothing of a body in clear on the disk', async () => {
    await log.close();
    for (const name of readdirSync(join(folder, 'log'))) {
      const bytes = readFileSync(join(folder, 'log', name));
      // The other half proves that the search would find what stands there.
      if (name === 'data.mdb') expect(bytes.includes('agent_not_allowed')).toBe(true);
      expect(bytes.includes(SECRET) || bytes.includes('{"broken')).toBe(false);
    }
    log = await openLmdbLog({ path: join(folder, 'log') });
  });

  it('are kept for a time, and then it is said of them that they are gone', async () => {
    const [id = ''] = await ids();
    const { name } = TOPICS.auditDeadletter;
    await log.createTopics([{ name, partitions: 2, retention: { ageMs: 3_600_000 } }]);
    await log.shorten({ nowMs: Date.now() + 7_200_000 });
    expect(await listLetters(log, PAGE)).toMatchObject({ letters: [], matching: 0, expired: 2 });
    expect(await findLetter(log, id)).toBe('expired');
    expect(await findLetter(log, '0-99999')).toBeUndefined();
    const sent = await redriver(widened).redrive({ ids: [id], dryRun: false });
    expect(sent).toMatchObject([{ outcome: 'skipped', code: 'expired' }]);
    expect(await records(TOPICS.auditEvents.name)).toHaveLength(1);
  });

  it('are sent again once, as the token that brought them is by now', async () => {
    const [id = '', broken = ''] = await ids();
    const asBefore = await redriver(token).redrive({ ids: [id], dryRun: false });
    expect(asBefore).toMatchObject([{ outcome: 'refused', code: 'agent_not_allowed' }]);
    const looked = await redriver(widened).redrive({ ids: [id], dryRun: true });
    expect(looked).toMatchObject([{ outcome: 'redriven' }]);
    expect(await records(TOPICS.auditEvents.name)).toHaveLength(1);
    const done = await redriver(widened).redrive({ ids: [id, broken, '9-9'], dryRun: false });
    expect(done).toMatchObject([
      { outcome: 'redriven', event_id: looked[0]?.event_id },
      { outcome: 'refused', code: 'not_json' },
      { outcome: 'skipped', code: 'no_such_letter' },
    ]);
    expect(await records(TOPICS.auditEvents.name)).toHaveLength(2);
    // One mark, and no letter of a letter.
    expect(await ids()).toEqual([id, broken]);
    expect((await listLetters(log, PAGE)).letters[0]).toMatchObject({
      state: 'redriven',
      event_id: done[0]?.event_id,
    });
    const again = await redriver(widened).redrive({ ids: [id], dryRun: false });
    expect(again).toMatchObject([{ outcome: 'skipped', code: 'redriven_before' }]);
    expect(await records(TOPICS.auditEvents.name)).toHaveLength(2);
  });

  it('two requests at once send a letter once', async () => {
    const [id = ''] = await ids();
    const one = redriver(widened);
    const both = await Promise.all([1, 2].map(() => one.redrive({ ids: [id], dryRun: false })));
    expect(both.flat().map(({ outcome }) => outcome)).toEqual(['redriven', 'skipped']);
    expect(await records(TOPICS.auditEvents.name)).toHaveLength(2);
  });

  it('whose source sent the event meanwhile add nothing', async () => {
    const [id = ''] = await ids();
    const sent = acceptorFor(widened).accept([item(event('agent/new'), 1)]);
    await log.append(sent.records);
    const done = await redriver(widened).redrive({ ids: [id], dryRun: false });
    expect(done).toMatchObject([{ outcome: 'repeat', event_id: sent.ids[0]?.event_id }]);
    expect(await records(TOPICS.auditEvents.name)).toHaveLength(2);
  });

  it('of a token that is gone or another source are not tried', async () => {
    const [id = ''] = await ids();
    const revoked: TokenEntry = { ...widened, state: 'revoked' };
    const elsewhere: TokenEntry = { ...widened, id: 't-2', source: { kind: 'sdk', instance: 'b' } };
    const rotated: TokenEntry = { ...widened, id: 't-3' };
    const { redrive } = {
      redrive: (r: { token?: string }) =>
        redriver(revoked, elsewhere, rotated).redrive({ ids: [id], dryRun: true, ...r }),
    };
    expect(await redrive({})).toMatchObject([{ outcome: 'skipped', code: 'no_token' }]);
    expect(await redrive({ token: 't-2' })).toMatchObject([
      { outcome: 'skipped', code: 'no_token' },
    ]);
    expect(await redrive({ token: 't-3' })).toMatchObject([{ outcome: 'redriven' }]);
  });
});
