#!/usr/bin/env node
/** `npx waywarden <command>`: installs and compiles when that is missing, then runs the command. */
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, ROOT } from '../scripts/bootstrap.mjs';

await ensureInstalled();
await ensureBuilt({ quiet: true });
await import(pathToFileURL(`${ROOT}/packages/benchmarks/dist/main.js`).href);
