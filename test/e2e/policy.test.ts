/**
 * Guarantees of `waywarden policy`: exit codes, one JSON object, what a history would have led to,
 * and that the folder whose history it is stays as it was.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand, runWaywarden } from '../support/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'waywarden-policy-e2e-'));
const data = join(folder, 'data');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const example = (name: string) => new URL(`../../docs/examples/${name}`, import.meta.url).pathname;
const RULES = ['--registry', example('registry.yaml')] as const;
const EVENTS = example('events.ndjson');

interface RuleReport {
  readonly rule: string;
  readonly ordered: number;
  readonly if_enforced: number;
  readonly targets: readonly string[];
}
interface TestReport {
  readonly ok: boolean;
  readonly examples: readonly { readonly ok: boolean }[];
  readonly history: {
    readonly events: number;
    readonly alerts_by_combination: Readonly<Record<string, number>>;
    readonly rules: readonly RuleReport[];
  } | null;
}

const json = <T>(stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;

const call = (native_id: string, over: object) => ({
  ...{ native_id, activity: 'tool_call', phase: 'completed', outcome: 'success', ...over },
});
const SECRET = ['AKIA', '4QX7T2M9ZL0PWE5R'].join('');
const readsSecret = call('call-1', {
  ...{ event_time: '2026-11-24T09:00:00Z', agent: { uid: 'agent/vault-bot' } },
  ...{ task: { id: 'rotate-keys' }, tool: { name: 'get_secret', server: 'vault' } },
  ...{ args: { value: { name: 'crm' } }, result: { value: { secret: SECRET } } },
});
const sendsSecret = call('call-2', {
  ...{ event_time: '2026-11-24T09:30:00Z', agent: { uid: 'agent/mail-bot' } },
  ...{ task: { id: 'morning-mail' }, tool: { name: 'send_email', server: 'mail' } },
  args: { value: { to: 'eve@outside.example', body: SECRET } },
});

interface Explained {
  readonly combinations: readonly {
    readonly alert: unknown;
    readonly because: readonly string[];
  }[];
}
const firstOf = (stdout: string) => json<Explained>(stdout).combinations[0] ?? { alert: null };

describe('waywarden policy', () => {
  beforeAll(async () => {
    await runCommand(
      ...['replay', EVENTS, '--format', 'events', '--assurance', 'authenticated', ...RULES],
      ...['--policy', example('policy.yaml'), '--data', data, '--json'],
    );
  }, 120_000);

  it('check ends with 0 on the example, and with 1 and all problems on a file with two', async () => {
    const good = await runWaywarden('policy', 'check', example('policy.yaml'), '--json');
    expect(good.code).toBe(0);
    expect(json(good.stdout)).toMatchObject({ ok: true, errors: 0, findings: [] });
    const file = join(folder, 'bad.yaml');
    writeFileSync(file, 'version: 1\nrule: []\nlimits: { subjects: -1 }\n');
    const bad = await runWaywarden('policy', 'check', file, '--json');
    expect(bad.code).toBe(1);
    expect(json(bad.stdout)).toMatchObject({
      ok: false,
      errors: 2,
      findings: [
        { path: 'rule', line: 2 },
        { path: 'limits.subjects', line: 3 },
      ],
    });
    expect((await runWaywarden('policy', 'check', join(folder, 'none.yaml'))).code).toBe(2);
  }, 180_000);

  it('test says the same of stored events as of the files they came from, and leaves them alone', async () => {
    const policy = example('policy.yaml');
    const files = await runWaywarden(
      ...['policy', 'test', policy, '--events', EVENTS, ...RULES, '--json'],
    );
    const stored = await runWaywarden('policy', 'test', policy, '--data', data, '--json');
    expect([files.code, stored.code]).toEqual([0, 0]);
    const report = json<TestReport>(stored.stdout);
    expect(report.history).toEqual(json<TestReport>(files.stdout).history);
    expect(report.examples).toHaveLength(36);
    expect(report.history?.events).toBe(5);
    expect(report.history?.rules).toMatchObject([
      { rule: 'hijack-task', ordered: 1 },
      { rule: 'assembly-task', ordered: 0, if_enforced: 1 },
      { rule: 'deviation-watch', ordered: 0 },
    ]);
    expect(report.history?.rules[0]?.targets[0]).toContain(
      'task morning-mail of agent/mail-assistant',
    );
    const verified = await runWaywarden('verify', '--data', data, '--json');
    expect(json(verified.stdout)).toMatchObject({ ok: true });
  }, 180_000);

  it('test ends with 1 when an example is not as it should be', async () => {
    const file = join(folder, 'quiet.yaml');
    const call = '{ id: a, agent: a, at: 0, capabilities: ["read:secret"] }';
    writeFileSync(
      file,
      `version: 1\ncombinations:\n  - id: two\n    severity: high\n    steps:\n      - { id: one, any: ["read:secret"] }\n      - { id: two, any: ["send:external"], after: [one] }\n    examples:\n      fires: { steps: [${call}] }\n      quiet: { steps: [${call}] }\n`,
    );
    const ran = await runWaywarden('policy', 'test', file);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('two, fires: must fire and stayed quiet');
  }, 180_000);

  it('explain says of each combination why it fired or did not', async () => {
    const ran = await runWaywarden(
      ...['policy', 'explain', '--events', EVENTS, ...RULES, '--json'],
    );
    expect(ran.code).toBe(2);
    const [, chain] = /--chain (\S+)/.exec(ran.stderr) ?? [];
    const one = await runWaywarden(
      ...['policy', 'explain', '--data', data, '--chain', chain ?? '', '--json'],
    );
    const { combinations } = json<{ combinations: { combination: string; fired: boolean }[] }>(
      one.stdout,
    );
    expect(combinations).toHaveLength(18);
  }, 180_000);

  it('explain needs no chain of a file of one, and counts calls and not what stages note beside them', async () => {
    const lines = readFileSync(EVENTS, 'utf8').split('\n');
    const file = join(folder, 'one-chain.ndjson');
    writeFileSync(file, [...lines.slice(0, 3), 'null'].join('\n'));
    const explain = ['policy', 'explain', example('policy.yaml'), '--events'] as const;
    const one = await runWaywarden(...explain, file, '--json');
    expect([one.code, one.stderr]).toEqual([0, '']);
    expect(json(one.stdout)).toMatchObject({
      calls: 3,
      refused: { lines: 1, first: { file, line: 4 } },
    });
    const all = await runWaywarden(...explain, EVENTS);
    const counts = [...all.stderr.matchAll(/(\d+) calls?\)/g)].map(([, n]) => Number(n));
    expect(counts).toEqual([3, 2]);
  }, 180_000);

  it('files that nobody can read are no clean history, and no history to explain', async () => {
    const file = join(folder, 'unreadable.ndjson');
    writeFileSync(file, '{"a":1}\nnull\n{bad\n');
    for (const what of ['test', 'explain']) {
      const ran = await runWaywarden('policy', what, '--events', file);
      expect([ran.code, ran.stdout]).toEqual([2, '']);
      expect(ran.stderr).toContain(`3 lines were refused; first ${file}:1: `);
    }
    const mixed = join(folder, 'mixed.ndjson');
    writeFileSync(mixed, `${readFileSync(EVENTS, 'utf8').trimEnd()}\n{bad\n`);
    const tried = await runWaywarden('policy', 'test', '--events', file, mixed);
    expect(tried.code).toBe(0);
    expect(tried.stdout).toContain('HISTORY: 5 events');
    expect(tried.stdout).toContain(`warning: 4 lines were refused; first ${file}:1: `);
    const last = await runWaywarden('policy', 'test', '--events', mixed, '--json');
    expect(json<TestReport>(last.stdout).history).toMatchObject({
      events: 5,
      refused: { lines: 1, first: { file: mixed, line: 6, reason: 'the line is not JSON' } },
    });
    writeFileSync(file, '');
    const empty = await runWaywarden('policy', 'explain', '--events', file);
    expect([empty.code, empty.stderr]).toEqual([
      2,
      expect.stringContaining('there is no call to explain'),
    ]);
  }, 180_000);

  it('check and explain say that an empty list of combinations takes the shipped ones', async () => {
    const file = join(folder, 'empty-list.yaml');
    const without = join(folder, 'no-list.yaml');
    writeFileSync(file, 'version: 1\ncombinations: []\n');
    writeFileSync(without, 'version: 1\n');
    for (const [path, warnings] of [[file, 1] as const, [without, 0] as const]) {
      const checked = await runWaywarden('policy', 'check', path);
      expect(checked.stdout).toContain('names no combinations: the shipped ones stand');
      expect(checked.stdout).toContain(`0 errors, ${warnings} warning`);
      const explained = await runWaywarden('policy', 'explain', path);
      expect(explained.stdout).toContain('COMBINATIONS (the shipped ones: this file names none)');
    }
  }, 180_000);

  it('explain refuses an unknown combination with and without events, and shows only the one asked for', async () => {
    const unknown = await runWaywarden('policy', 'explain', '--combination', 'nope');
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('nope: no such combination; there are '),
    ]);
    const one = await runWaywarden('policy', 'explain', '--combination', 'secret-to-egress');
    expect(one.stdout).toMatch(/^secret-to-egress /);
    expect(one.stdout).not.toContain('RULES');
  }, 180_000);

  it('explain follows a value from another chain, and says the same of files and of a folder', async () => {
    const file = join(folder, 'two-chains.ndjson');
    writeFileSync(file, [readsSecret, sendsSecret].map((one) => JSON.stringify(one)).join('\n'));
    const stored = join(folder, 'two-chains');
    await runCommand('replay', file, '--format', 'events', '--data', stored, '--json');
    const asked = await runWaywarden('policy', 'explain', '--events', file);
    const [, chain = ''] = /--chain (\S+) +\(task morning-mail/.exec(asked.stderr) ?? [];
    const about = ['--chain', chain, '--combination', 'secret-to-egress'] as const;
    const explain = ['policy', 'explain', ...about] as const;
    const ofFiles = await runWaywarden(
      ...explain,
      ...['--events', file, '--assurance', 'asserted', '--json'],
    );
    const ofFolder = await runWaywarden(...explain, '--data', stored, '--json');
    expect(json(ofFolder.stdout)).toMatchObject({
      calls: 1,
      from_chains: [{ calls: 1, via: ['data_flow'] }],
      combinations: [{ combination: 'secret-to-egress', fired: true }],
    });
    const { alert: _, ...said } = firstOf(ofFolder.stdout);
    expect(firstOf(ofFiles.stdout)).toMatchObject(said);
  }, 180_000);

  it('registry propose changes nothing, and asks for a registry', async () => {
    const reviewed = join(folder, 'reviewed.txt');
    writeFileSync(reviewed, 'nobody-knows-this # by ana\n');
    const propose = ['registry', 'propose', '--data', data, '--reviewed', reviewed] as const;
    const ran = await runWaywarden(...propose, '--json');
    expect(ran.code).toBe(0);
    expect(json(ran.stdout)).toEqual({
      ...{ proposals: [], left_out: {}, unknown: ['nobody-knows-this'] },
    });
    const other = await runWaywarden(...propose, '--tenant', 'nobody');
    expect([other.code, other.stderr.includes('has no registry of tenant nobody')]).toEqual([
      2,
      true,
    ]);
  }, 180_000);
});
