/** Guarantees of a change made on the page while a registry file is followed: it outlives a restart and an edit of the file. */
import {
  copyFileSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Policy, Registry } from '@waywarden/schemas';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataPaths } from './data-folder.ts';
import { LiveRules } from './live-rules.ts';
import { openPipeline, type Pipeline } from './pipeline.ts';
import { loadPolicy, loadRegistry } from './rule-files.ts';

const EXAMPLE = fileURLToPath(new URL('../../../../docs/examples/registry.yaml', import.meta.url));
const FROM = 'profile accepted by ana';

let folder: string;
let file: string;
let pipeline: Pipeline;
let rules: LiveRules;

async function start(policy = loadPolicy(undefined)): Promise<void> {
  const parts = {
    ...{ pipeline, tenant: 'default', logger: pino({ level: 'silent' }) },
    now: () => '2026-11-24T09:00:00Z',
  };
  const registry = loadRegistry(file);
  const given = { registry, policy, files: { registry: file } };
  rules = await LiveRules.start(parts, given);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-live-rules-'));
  file = join(folder, 'registry.yaml');
  copyFileSync(EXAMPLE, file);
  const data = {
    paths: dataPaths(join(folder, 'data')),
    command: 'replay',
    partitions: 1,
  } as const;
  pipeline = await openPipeline({ ...data, journal: 'replay', archive: false, scratch: true });
  await start();
}, 60_000);

afterEach(async () => {
  rules.stop();
  await pipeline.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

const grantsOf = (registry: Registry | undefined, uid: string) =>
  registry?.agents.find((one) => one.uid === uid)?.grants;

function withGrant(registry: Registry | undefined): Registry {
  if (registry === undefined) throw new Error('There is no registry.');
  const agents = registry.agents.map((one) =>
    one.uid === 'agent/clerk' ? { ...one, grants: ['read:personal', 'read:internal'] } : one,
  );
  return { ...registry, agents };
}

describe('an accepted change', () => {
  it('stands in the file, beside its comments, and is in force after a restart', async () => {
    const next = withGrant(rules.registry);
    expect(await rules.amendRegistry(next, FROM, rules.registryVersion)).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toContain('# A registry for the events');
    rules.stop();
    await start();
    expect(grantsOf(rules.registry, 'agent/clerk')).toEqual(['read:personal', 'read:internal']);
  });

  it('stands in the file that a link leads to, and the link stays', async () => {
    rules.stop();
    const real = join(folder, 'mounted.yaml');
    renameSync(file, real);
    symlinkSync(real, file);
    await start();
    const next = withGrant(rules.registry);
    expect(await rules.amendRegistry(next, FROM, rules.registryVersion)).toBeUndefined();
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(grantsOf(loadRegistry(real), 'agent/clerk')).toContain('read:internal');
  });

  it('is refused when another registry came between, and the file stays as it is', async () => {
    const before = readFileSync(file, 'utf8');
    expect(await rules.amendRegistry(withGrant(rules.registry), FROM, 'other')).toContain(
      'in between',
    );
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it.each([
    ['holds another registry', (text: string) => text.replace('role: clerk', 'role: reviewer')],
    ['has errors', (text: string) => text.replace('class: assistive', 'class: assist')],
  ])('is refused when the file %s, and nothing is published', async (problem, edit) => {
    writeFileSync(file, edit(readFileSync(file, 'utf8')));
    const version = rules.registryVersion;
    expect(await rules.amendRegistry(withGrant(rules.registry), FROM, version)).toContain(problem);
    expect(rules.registryVersion).toBe(version);
  });

  it('is refused with what to do when the file is gone', async () => {
    rmSync(file);
    const { registryVersion: version } = rules;
    expect(await rules.amendRegistry(withGrant(rules.registry), FROM, version)).toContain(file);
    expect(rules.registryVersion).toBe(version);
  });
});

describe('a whole file that was proposed', () => {
  const other = () => readFileSync(file, 'utf8').replace('role: clerk', 'role: reviewer');
  const roleOf = (registry: Registry | undefined) =>
    registry?.agents.find((one) => one.uid === 'agent/clerk')?.role;

  it('stands in the followed file byte for byte, and is in force after a restart', async () => {
    const text = other();
    expect(await rules.replace('registry', text, FROM, rules.registryVersion)).toBeUndefined();
    expect(roleOf(rules.registry)).toBe('reviewer');
    expect(readFileSync(file, 'utf8')).toBe(text);
    rules.stop();
    await start();
    expect(roleOf(rules.registry)).toBe('reviewer');
  });

  it('changes nothing when another one came between, or it has errors', async () => {
    const before = readFileSync(file, 'utf8');
    expect(await rules.replace('registry', other(), FROM, 'other')).toContain('in between');
    const bad = before.replace('class: assistive', 'class: assist');
    expect(await rules.replace('registry', bad, FROM, rules.registryVersion)).toContain('errors');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('is refused for a policy that stands in no file, with what to do', async () => {
    const version = rules.version('policy');
    expect(await rules.replace('policy', 'rules: []', FROM, version)).toContain('--policy FILE');
    expect(rules.version('policy')).toBe(version);
  });
});

it('calls a policy the shipped one only where it is', async () => {
  const from = async (policy: Policy) => {
    rules.stop();
    await start(policy);
    return rules.report().policy.from;
  };
  const shipped = loadPolicy(undefined);
  expect(await from(shipped)).toBe('the shipped policy');
  expect(await from({ ...shipped, rules: [] })).toBe('the demo');
});
