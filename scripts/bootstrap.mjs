/**
 * What `npm start`, `npm test` and `npx waywarden` do first, on a clone that has nothing: check the
 * Node version, install what the lock file names, compile. Plain JavaScript without dependencies,
 * because it runs before there are any. Each step is skipped when it was done already.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_MIN = [20, 19];
const STAMP = join(ROOT, '.cache', 'build-stamp');
const LOCK = join(ROOT, '.cache', 'installing.pid');
const LOOK_MS = 500;

/** Ends the program with a message that says what to do. */
function stop(lines) {
  console.error(`\n${lines.join('\n')}\n`);
  process.exit(2);
}

export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  stop([
    `Waywarden needs Node ${NODE_MIN.join('.')} or later; this is ${process.versions.node}.`,
    'Install a newer one (for example: nvm install 20) and run the same command again.',
  ]);
}

function mtime(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

/** npm writes its own record of what it installed; it is newer than the lock file when complete. */
function installed() {
  const record = mtime(join(ROOT, 'node_modules', '.package-lock.json'));
  return record > 0 && record >= mtime(join(ROOT, 'package-lock.json'));
}

/** Runs a program with a line of progress every few seconds; resolves to its exit code. */
function runWithProgress(what, command, args, quiet) {
  const started = Date.now();
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  });
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  child.stderr.on('data', (data) => {
    output += data;
  });
  const isTerminal = process.stderr.isTTY === true;
  // One line that rewrites itself on a terminal; elsewhere few lines, so that a log stays readable.
  const tick = setInterval(
    () => {
      const line = `${what}: ${Math.round((Date.now() - started) / 1000)} s…`;
      process.stderr.write(isTerminal ? `\r\u001b[2K${line}` : `  ${line}\n`);
    },
    isTerminal ? 1000 : 10_000,
  );
  if (!quiet) process.stderr.write(isTerminal ? `${what}…` : `${what}…\n`);
  return new Promise((resolve) => {
    child.on('error', (error) => {
      clearInterval(tick);
      resolve({ code: 1, output: `${output}\n${error.message}` });
    });
    child.on('close', (code) => {
      clearInterval(tick);
      const line = `${what}: ${((Date.now() - started) / 1000).toFixed(1)} s`;
      if (isTerminal) process.stderr.write('\r\u001b[2K');
      if (!quiet) console.error(line);
      resolve({ code: code ?? 1, output });
    });
  });
}

function runs(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** One at a time in this folder: two installations at once would take each other's files away. */
export async function alone(work, lock = LOCK) {
  mkdirSync(dirname(lock), { recursive: true });
  for (let isWaiting = false; ; ) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(existsSync(lock) ? readFileSync(lock, 'utf8') : 0);
    if (holder > 0 && !runs(holder)) rmSync(lock, { force: true });
    else {
      if (!isWaiting) console.error(`Process ${holder} installs or compiles here: waiting for it…`);
      isWaiting = true;
      await wait(LOOK_MS);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

export async function ensureInstalled() {
  checkNode();
  if (!installed()) await alone(install);
}

async function install() {
  if (installed()) return;
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { code, output } = await runWithProgress(
    'Installing dependencies (once, one to two minutes; the ClickHouse engine is most of it)',
    npm,
    ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
  );
  if (code === 0) return;
  const network = /ENOTFOUND|ETIMEDOUT|ECONNREFUSED|ECONNRESET|EAI_AGAIN|network/i.test(output);
  const engine = /EBADENGINE|notsup/i.test(output);
  stop([
    output.split('\n').slice(-12).join('\n'),
    'The installation did not finish.',
    network
      ? 'The npm registry could not be reached. Check the network, or name your registry or proxy (npm config set registry URL; npm config set proxy URL), and run the same command again.'
      : engine
        ? 'A package refuses this Node or npm version. Use Node 20.19 or later with npm 10 or later.'
        : 'The lines above are npm’s. Mend what they name and run the same command again; nothing is lost.',
  ]);
}

/** The newest source file, so that a build is made just when one is missing. */
function newestSource() {
  let newest = 0;
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist') continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (/\.(tsx?|mjs|css|html)$|package\.json$|tsconfig.*\.json$/.test(entry.name)) {
        newest = Math.max(newest, statSync(path).mtimeMs);
      }
    }
  };
  for (const folder of ['schemas', 'packages', 'services']) visit(join(ROOT, folder));
  return Math.max(newest, mtime(join(ROOT, 'tsconfig.base.json')));
}

function isBuilt(newest) {
  const built = existsSync(STAMP) ? Number(readFileSync(STAMP, 'utf8')) : 0;
  return built >= newest && existsSync(join(ROOT, 'packages/benchmarks/dist/main.js'));
}

export async function ensureBuilt({ quiet = false } = {}) {
  if (!isBuilt(newestSource())) await alone(() => build(quiet));
}

async function build(quiet) {
  const newest = newestSource();
  if (isBuilt(newest)) return;
  const turbo = join(ROOT, 'node_modules', '.bin', 'turbo');
  const { code, output } = await runWithProgress(
    'Compiling (once for each change, half a minute)',
    turbo,
    ['run', 'build'],
    quiet,
  );
  if (code !== 0) stop([output, 'The sources do not compile: the lines above say where.']);
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, String(newest));
}

/** Runs a program to its end, showing what it prints; returns its exit code. */
export function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', ...env },
  });
  return status ?? 1;
}
