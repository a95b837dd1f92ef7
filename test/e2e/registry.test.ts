/**
 * The registry as an IAM team changes it: imported into a running `up`, edited in a file that `up`
 * watches, and published into a folder that nobody has open. Real processes, over HTTP.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { Alert } from '@waywarden/schemas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand, runWaywarden } from '../support/run-command.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const DEADLINE_MS = 90_000;
const POLL_MS = 200;

interface Up {
  readonly url: string;
  readonly token_file: string;
}

interface InForce {
  readonly version: string | null;
  readonly registry: { readonly agents: readonly { readonly uid: string }[] } | null;
}

interface Status {
  readonly rules: {
    readonly sentence: string;
    readonly registry: { readonly version: string } | null;
    readonly policy: { readonly version: string };
    readonly refused: Readonly<
      Record<string, { readonly problems: readonly string[] } | undefined>
    >;
  };
}

const folder = mkdtempSync(join(tmpdir(), 'waywarden-registry-'));
const data = join(folder, 'data');
const registryFile = join(folder, 'registry.yaml');
const policyFile = join(folder, 'policy.yaml');
const children: ChildProcess[] = [];
let up: Up;

const agent = (uid: string, rest = '') =>
  `  - { uid: ${uid}, class: assistive, owner: { person: ana@acme.example }${rest} }`;
const registry = (...agents: readonly string[]) => `version: 1\nagents:\n${agents.join('\n')}\n`;

async function start(...flags: readonly string[]): Promise<{ child: ChildProcess; ready: Up }> {
  const args = [
    join(ROOT, 'services/waywarden/dist/main.js'),
    'up',
    '--no-demo',
    '--port',
    '0',
    '--json',
  ];
  const child = spawn(process.execPath, [...args, '--data', data, ...flags], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`up ended with ${code}`)));
  });
  return { child, ready: JSON.parse(line) as Up };
}

async function ask<T>(path: string): Promise<T> {
  const response = await fetch(`${up.url}${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Nothing came of waiting for ${what}.`);
    await wait(POLL_MS);
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

describe('the registry of a running installation', () => {
  let first: ChildProcess;

  beforeAll(async () => {
    writeFileSync(registryFile, registry(agent('agent/known')));
    writeFileSync(policyFile, 'version: 1\nlimits: { subjects: 5 }\n');
    const started = await start('--registry', registryFile, '--policy', policyFile);
    first = started.child;
    up = started.ready;
  }, 120_000);

  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows what an import would change, and changes nothing before it is told to', async () => {
    const file = join(folder, 'next.yaml');
    writeFileSync(
      file,
      registry(agent('agent/known', ', grants: ["send:external"]'), agent('agent/new')),
    );
    const before = await ask<InForce>('/v1/registry');
    const looked = await runCommand(
      ...['registry', 'import', file, '--data', data, '--dry-run', '--json'],
    );
    expect(looked).toMatchObject({
      published: false,
      version_before: before.version,
      changes: [
        { what: 'changed', id: 'agent/known', effects: ['gains send:external'] },
        { what: 'added', id: 'agent/new' },
      ],
    });
    const unasked = await runWaywarden('registry', 'import', file, '--data', data);
    expect(unasked.code).toBe(2);
    expect(await ask<InForce>('/v1/registry')).toEqual(before);
    const done = await runCommand(
      ...['registry', 'import', file, '--data', data, '--yes', '--json'],
    );
    expect(done['published']).toBe(true);
    const after = await ask<InForce>('/v1/registry');
    expect(after.version).toBe(done['version']);
    expect(after.registry?.agents.map((one) => one.uid)).toEqual(['agent/known', 'agent/new']);
  }, 60_000);

  it('is what events are judged by from then on: an agent that it does not name is told', async () => {
    const event = {
      event_time: new Date().toISOString(),
      activity: 'tool_call',
      agent: { uid: 'agent/stranger' },
      tool: { name: 'list_orders', server: 'office' },
      outcome: 'success',
    };
    const token = readFileSync(up.token_file, 'utf8').trim();
    const sent = await fetch(`${up.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
      body: `${JSON.stringify(event)}\n`,
    });
    expect(sent.status).toBe(202);
    const alert = await until('an alert', async () => {
      const { alerts } = await ask<{ alerts: Alert[] }>('/v1/alerts');
      return alerts.find((one) => one.kind === 'unregistered_agent');
    });
    expect(alert.subject.agent_uid).toBe('agent/stranger');
  }, 120_000);

  it('can be changed neither without a token nor with the one that sends events, nor unseen', async () => {
    const { version } = await ask<InForce>('/v1/registry');
    const put = (token: string, expected: string | null) =>
      fetch(`${up.url}/v1/registry`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ registry: { version: 1 }, expected_version: expected }),
      });
    const control = readFileSync(join(data, 'keys/control-token'), 'utf8').trim();
    expect((await put('', version)).status).toBe(401);
    expect((await put(readFileSync(up.token_file, 'utf8').trim(), version)).status).toBe(401);
    expect((await put(control, 'another')).status).toBe(409);
    expect((await ask<InForce>('/v1/registry')).version).toBe(version);
  });

  it('is read again when its file changes; a file with errors is refused and changes nothing', async () => {
    const { version } = await ask<InForce>('/v1/registry');
    writeFileSync(registryFile, 'version: 1\nagents: [{ uid: a, clas: x }, { uid: a }]\n');
    const refused = await until('the refusal', async () => {
      const { rules } = await ask<Status>('/v1/status');
      return rules.refused['registry'];
    });
    expect(refused.problems.join()).toContain('"class"');
    expect(refused.problems.length).toBe(2);
    expect((await ask<InForce>('/v1/registry')).version).toBe(version);
    writeFileSync(registryFile, registry(agent('agent/third')));
    await until('the good file', async () => {
      const now = await ask<InForce>('/v1/registry');
      return now.version === version ? undefined : now;
    });
    const { rules } = await ask<Status>('/v1/status');
    expect(rules.refused).toEqual({});
    expect(rules.sentence).toContain('1 agents are registered');
  }, 120_000);

  it('so is the policy', async () => {
    const before = (await ask<Status>('/v1/status')).rules.policy.version;
    writeFileSync(policyFile, 'version: 1\nlimits: { subjects: 3 }\n');
    await until('the new policy', async () => {
      const { rules } = await ask<Status>('/v1/status');
      return rules.policy.version === before ? undefined : rules;
    });
  }, 120_000);

  it('stays in force when its file is gone, and the status says so until it is back', async () => {
    const before = (await ask<Status>('/v1/status')).rules.policy.version;
    rmSync(policyFile);
    const gone = await until('the absence to be told', async () => {
      const { rules } = await ask<Status>('/v1/status');
      return rules.refused['policy'] === undefined ? undefined : rules;
    });
    expect(gone.sentence).toContain(`${policyFile} is gone or can't be read`);
    expect(gone.policy.version).toBe(before);
    writeFileSync(policyFile, 'version: 1\nlimits: { subjects: 3 }\n');
    await until('the end of it', async () => {
      const { rules } = await ask<Status>('/v1/status');
      return rules.refused['policy'] === undefined ? rules : undefined;
    });
  }, 120_000);

  it('can be published into a folder that nobody has open, and holds at the next start', async () => {
    await stopped(first);
    const file = join(folder, 'later.yaml');
    writeFileSync(file, registry(agent('agent/later')));
    const done = await runCommand(
      ...['registry', 'import', file, '--data', data, '--yes', '--json'],
    );
    expect(done).toMatchObject({ published: true });
    up = (await start()).ready;
    const now = await ask<InForce>('/v1/registry');
    expect(now.version).toBe(done['version']);
    expect(now.registry?.agents.map((one) => one.uid)).toEqual(['agent/later']);
  }, 180_000);
});

describe('registry check', () => {
  it('exits 1 and lists every error, 2 when there is no file, 0 when it can be used', async () => {
    const bad = join(tmpdir(), `waywarden-registry-${process.pid}.yaml`);
    writeFileSync(bad, 'version: 1\nagents: [{ uid: a, clas: x, grants: [read_all] }]\n');
    const checked = await runWaywarden('registry', 'check', bad, '--json');
    expect(checked.code).toBe(1);
    expect(JSON.parse(checked.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      ok: false,
      errors: [
        { path: 'agents[0].clas', line: 2 },
        { path: 'agents[0].grants[0]', line: 2 },
      ],
    });
    rmSync(bad);
    expect((await runWaywarden('registry', 'check', bad)).code).toBe(2);
    const good = await runWaywarden('registry', 'check', join(ROOT, 'docs/examples/registry.yaml'));
    expect(good.code).toBe(0);
  }, 60_000);
});
