/**
 * `npm run dev`: everything from the sources. The server starts anew when one of its files changes, the console's page
 * is replaced while it is open. Arguments go to `waywarden up`.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, ROOT } from './bootstrap.mjs';

/** Also in services/console/vite.config.ts. */
const SERVER_PORT = 7272;
const PAGE_PORT = 7273;

await ensureInstalled();
// Once: children of the server, such as the ClickHouse engine's, are compiled programs.
await ensureBuilt();
const data = join(ROOT, '.cache', 'dev');
mkdirSync(data, { recursive: true });

const server = `http://127.0.0.1:${SERVER_PORT}`;
const where = ['--data', data, '--port', String(SERVER_PORT)];
const children = [
  start('node_modules/.bin/tsx', [
    ...['watch', '--clear-screen=false', '--conditions=@waywarden/source'],
    ...['services/waywarden/src/main.ts', 'up', ...where, ...process.argv.slice(2)],
  ]),
  start('node_modules/.bin/vite', [
    ...['services/console/src/web', '--config', 'services/console/vite.config.ts'],
    ...['--host', '127.0.0.1', '--port', String(PAGE_PORT), '--strictPort'],
  ]),
];
console.log(`The page, with hot reload: http://127.0.0.1:${PAGE_PORT}   the server: ${server}`);

function start(command, args) {
  const child = spawn(join(ROOT, command), args, { cwd: ROOT, stdio: 'inherit' });
  // One without the other is half of it.
  child.on('exit', (code) => stop(code ?? 1));
  return child;
}

let stopping = false;
function stop(code) {
  if (stopping) return;
  stopping = true;
  process.exitCode = code;
  for (const child of children) child.kill('SIGTERM');
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(0));
