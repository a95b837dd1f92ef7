/**
 * Guarantee: what people order by hand reaches a running `up`, by the commands as the guide has them:
 * one person's order to give back what was taken, and the pause that takes two.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand, runWaywarden } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { npmStart, type RunningUp } from '../support/up-process.ts';

const LONG_MS = 240_000;
const PEOPLE = ['ana@acme.example', 'bob@acme.example'] as const;
const [ANA, BOB] = PEOPLE;
const folder = mkdtempSync(join(tmpdir(), 'waywarden-operator-e2e-'));
const data = join(folder, 'data');
const keyOf = (person: string) => join(folder, `${person}.json`);
const ofDocs = (name: string) => new URL(`../../docs/examples/${name}`, import.meta.url);
let up: RunningUp;

async function registryWithPeople(): Promise<string> {
  const operators = [];
  for (const by of PEOPLE) {
    operators.push(await runCommand('operator-key', '--by', by, '--out', keyOf(by), '--json'));
  }
  const file = join(folder, 'registry.yaml');
  const text = readFileSync(ofDocs('registry.yaml'), 'utf8').trimEnd();
  const lines = operators.map((one) => `  - ${JSON.stringify(one)}\n`);
  writeFileSync(file, `${text}\noperators:\n${lines.join('')}`);
  return file;
}

const orderOf = (person: string, what: string, ...of: readonly string[]) =>
  runWaywarden(
    ...[what, ...of, '--by', person, '--key', keyOf(person)],
    ...['--reason', 'a false alarm', '--data', data],
  );

async function asked<T>(path: string): Promise<T> {
  return (await fetch(`${up.url}${path}`)).json() as Promise<T>;
}

/** The example's calls, a few seconds ago: an order of days ago would be over. */
function callsOfNow(): string {
  const lines = readFileSync(ofDocs('events.ndjson'), 'utf8').trim().split('\n');
  const now = Date.now();
  return lines
    .map((line, n) => {
      const event_time = new Date(now - (lines.length - n) * 1000).toISOString();
      return `${JSON.stringify({ ...JSON.parse(line), event_time })}\n`;
    })
    .join('');
}

interface Commands {
  readonly commands: readonly { readonly command_id: string; readonly action: string }[];
}
const commandThat = (action: string) =>
  until(async () => {
    const { commands } = await asked<Commands>('/v1/commands');
    return commands.find((one) => one.action === action)?.command_id;
  });

beforeAll(async () => {
  const registry = await registryWithPeople();
  const policy = new URL('../policies/enforcing.yaml', import.meta.url).pathname;
  up = await npmStart(data, '--no-demo', '--registry', registry, '--policy', policy);
}, LONG_MS);

afterAll(async () => {
  up.child.kill('SIGTERM');
  await up.ended;
  rmSync(folder, { recursive: true, force: true });
}, LONG_MS);

it(
  'gives back what was taken, when one person orders it',
  async () => {
    const source = ['--source', 'gateway/one', '--assurance', 'authenticated'];
    const made = await runCommand('token', 'create', '--data', data, ...source, '--json');
    const sent = await fetch(`${up.url}/v1/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${String(made['token'])}`,
        'content-type': 'application/x-ndjson',
      },
      body: callsOfNow(),
    });
    expect(sent.status).toBe(202);
    const command = await commandThat('revoke_token');
    const { code, stderr } = await orderOf(ANA, 'restore', command);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await commandThat('restore');
    // What is not there is not done, and is no success.
    const again = await orderOf(ANA, 'restore', command);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('nothing_to_restore');
    const nothing = await orderOf(ANA, 'approve', '00000000-0000-4000-8000-000000000001');
    expect(nothing.stderr).toContain('nothing_to_approve');
    const noId = await orderOf(ANA, 'restore', 'the-last-one');
    expect({ code: noId.code, keys: noId.stderr.includes('key') }).toEqual({
      code: 2,
      keys: false,
    });
    // Which the ledger of what rules cost counts as such.
    const ledger = await until(async () => {
      const said = await runCommand('response-impact', '--data', data, '--json');
      const total = said['total'] as Record<string, unknown>;
      return total['reverted'] === 1 ? said : undefined;
    });
    expect(ledger['sentence']).toContain('1 revocation was ordered, 1 of them taken back since.');
    const byOwner = await runWaywarden('response-impact', '--data', data, '--by', 'owner');
    expect(byOwner.stdout).toMatch(/^owner +step-ups +yes +no/m);
    const unknown = await runWaywarden('response-impact', '--data', data, '--by', 'mood');
    expect(unknown.code).toBe(2);
  },
  LONG_MS,
);

it(
  'takes access by hand, after it has said what that would break, and gives it back by its id',
  async () => {
    const what = ['revoke_token', '--agent', 'agent/mailer', '--task', 'by-hand'];
    const preview = await orderOf(ANA, 'order', ...what);
    expect(preview.code).toBe(0);
    expect(preview.stdout).toContain('Nothing was ordered.');
    const given = await orderOf(ANA, 'order', ...what, '--expires', '30m', '--yes', '--json');
    expect({ code: given.code, stderr: given.stderr }).toEqual({ code: 0, stderr: '' });
    const { act_id: act, outcome } = JSON.parse(given.stdout.trim().split('\n').at(-1) ?? '');
    expect(outcome.issuedIds).toHaveLength(1);
    const twice = await orderOf(BOB, 'order', ...what, '--yes');
    expect(twice.stderr).toContain('already_contained');
    expect((await orderOf(BOB, 'restore', act)).code).toBe(0);
    expect((await runWaywarden('audit', 'verify', '--data', data)).code).toBe(0);
    const wrong = await orderOf(ANA, 'order', 'revoke_token', '--agent', 'agent/mailer', '--yes');
    expect(wrong.code).toBe(2);
  },
  LONG_MS,
);

it(
  'pauses when two people order it, and refuses whose key is another’s',
  async () => {
    const forged = await runWaywarden(
      ...['pause', '--by', BOB, '--key', keyOf(ANA), '--reason', 'x', '--data', data],
    );
    expect(forged.code).not.toBe(0);
    expect(forged.stderr).toContain('The act is refused');
    const nothing = await orderOf(ANA, 'resume');
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain('Enforcement is not paused');
    expect((await orderOf(ANA, 'pause')).code).toBe(0);
    expect(await asked('/v1/enforcement')).toMatchObject({ paused: false });
    expect((await orderOf(BOB, 'pause')).code).toBe(0);
    await until(async () => {
      const { paused } = await asked<{ readonly paused: boolean }>('/v1/enforcement');
      return paused ? true : undefined;
    });
    const { stdout } = await runWaywarden('status', '--data', data);
    expect(stdout).toMatch(/PAUSED by .+ and .+; the reason: “a false alarm”\. \S/);
    expect(await asked('/v1/enforcement')).toMatchObject({ withheld: [], withheld_more: 0 });
  },
  LONG_MS,
);
