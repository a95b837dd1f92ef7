/** `npm start`: install, compile, then everything in one process (`waywarden up`). */
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, ROOT } from './bootstrap.mjs';

await ensureInstalled();
await ensureBuilt();
process.argv = [process.argv[0], 'waywarden', 'up', ...process.argv.slice(2)];
await import(pathToFileURL(`${ROOT}/services/waywarden/dist/main.js`).href);
