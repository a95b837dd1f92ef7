/**
 * Installs the real clients of test/live, pinned by test/live/clients/package-lock.json, into
 * .cache/live-clients, apart from the workspace: nothing of ours depends on them. Where the registry
 * is not reached nothing is installed, and their tests are skipped and counted.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FROM = join(ROOT, 'test/live/clients');
const TO = join(ROOT, '.cache/live-clients');
const STAMP = join(TO, 'installed');
/** Only these need what their packages run after an install: they fetch or place a binary. */
const WITH_BINARY = ['node', '@anthropic-ai/claude-code'];
const PYTHON = join(TO, 'python');
const INSTALL_MS = 600_000;

function ran(command, ...args) {
  const stdio = ['ignore', 'inherit', 'inherit'];
  return spawnSync(command, args, { cwd: TO, stdio, timeout: INSTALL_MS }).status === 0;
}

/** Some need a newer Node than ours, which the package `node` brings; `npm test` hands on our strictness. */
const QUIET = ['--engine-strict=false', '--no-audit', '--no-fund', '--loglevel=error'];
const npm = (...args) => ran('npm', ...args, ...QUIET);

/** Those in Python; without Python 3 only their tests are skipped. */
function ensurePython() {
  const pinned = join(FROM, 'requirements.txt');
  const installed = join(PYTHON, 'requirements.txt');
  const wanted = readFileSync(pinned, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return;
  const pip = ['install', '--quiet', '--disable-pip-version-check', '-r', pinned];
  if (!ran('python3', '-m', 'venv', PYTHON) || !ran(join(PYTHON, 'bin/pip'), ...pip)) {
    console.error('The clients in Python could not be installed; their tests will be skipped.');
  } else copyFileSync(pinned, installed);
}

/** Whether they are there, now or from before. */
export function ensureLiveClients() {
  mkdirSync(TO, { recursive: true });
  ensurePython();
  const lock = readFileSync(join(FROM, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return true;
  console.log('Installing the real clients of test/live (about 1.5 GB, once) …');
  rmSync(STAMP, { force: true });
  for (const name of ['package.json', 'package-lock.json']) {
    copyFileSync(join(FROM, name), join(TO, name));
  }
  if (!npm('ci', '--ignore-scripts') || !npm('rebuild', ...WITH_BINARY)) return false;
  writeFileSync(STAMP, wanted);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !ensureLiveClients()) {
  console.error('The real clients could not be installed; the tests of test/live will be skipped.');
  process.exitCode = 1;
}
