/**
 * Guarantee: `waywarden audit verify` ends with 0 on a folder that nobody touched, prints the head to
 * keep, and ends with 1 naming the record after somebody changed the log or its end.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scanTopic } from '../../services/waywarden/src/runtime/scan-topic.ts';
import { fleet } from '../support/fleet.ts';
import { runCommand, runWaywarden } from '../support/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'waywarden-audit-e2e-'));
const data = join(folder, 'data');
const LONG_MS = 120_000;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function audit(...flags: readonly string[]) {
  const { code, stdout } = await runWaywarden(
    'audit',
    'verify',
    '--data',
    data,
    '--json',
    ...flags,
  );
  return { code, said: JSON.parse(stdout) };
}

beforeAll(async () => {
  const file = join(folder, 'fleet.ndjson');
  const events = fleet({ stories: 3, ordinary: 5 });
  writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  await runCommand(
    ...['replay', file, '--format', 'events', '--trust-fields'],
    ...['--data', data, '--json'],
  );
}, LONG_MS);

it(
  'finds a whole chain whole, also against the head that it printed',
  async () => {
    const { code, said } = await audit();
    expect({ code, ok: said.ok }).toEqual({ code: 0, ok: true });
    expect(said.decisions).toBeGreaterThan(2);
    const { seq, hash } = said.head;
    expect((await audit('--head', `${seq}:${hash}`)).code).toBe(0);
    const later = await audit('--head', `${seq + 1}:${hash}`);
    expect(later.code).toBe(1);
    expect(later.said.problems[0].code).toBe('cut');
    const other = await audit('--head', `${seq}:${'0'.repeat(64)}`);
    expect(other.said.problems[0].where).toContain(TOPICS.decisions.name);
  },
  LONG_MS,
);

it('ends with 2 on a head that is none, and where there is no data', async () => {
  const bad = await runWaywarden('audit', 'verify', '--data', data, '--head', 'latest');
  expect(bad.code).toBe(2);
  expect(bad.stderr).toContain('--head latest');
  const none = await runWaywarden('audit', 'verify', '--data', join(folder, 'nothing'));
  expect(none.code).toBe(2);
  expect(none.stderr).toContain('holds no data');
});

it(
  'ends with 1 and names the record that somebody added',
  async () => {
    const topic = TOPICS.decisions.name;
    const log = await openLmdbLog({ path: join(data, 'log') });
    let where = '';
    try {
      for await (const { key, value, partition } of scanTopic(log, topic)) {
        const decision = JSON.parse(Buffer.from(value ?? []).toString());
        if (decision.seq !== 2) continue;
        const forged = Buffer.from(JSON.stringify({ ...decision, withheld_reason: null }));
        const end = (await log.endOffsets(topic))[partition];
        await log.append([{ topic, key, value: forged, headers: { [HEADERS.type]: 'event' } }]);
        where = `${topic}/${partition}/${end}`;
        break;
      }
    } finally {
      await log.close();
    }
    const { code, stdout } = await runWaywarden('audit', 'verify', '--data', data);
    expect(code).toBe(1);
    expect(stdout).toContain(`the first record that is not as it was: ${where}`);
  },
  LONG_MS,
);
