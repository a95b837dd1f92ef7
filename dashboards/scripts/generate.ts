/**
 * Writes `dashboards/json/*.json`, the alert rules and their runbook from the sources. What Grafana reads is
 * committed, so that whoever runs Grafana needs neither Node nor this repository's modules.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { alertFiles, dashboardFiles } from '../src/index.ts';

const folder = fileURLToPath(new URL('../json/', import.meta.url));
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) if (file.endsWith('.json')) rmSync(folder + file);
const files = dashboardFiles();
for (const { name, text } of files) writeFileSync(folder + name, text);
process.stdout.write(`${files.length} dashboards written to ${folder}\n`);
const root = fileURLToPath(new URL('../../', import.meta.url));
const rules = alertFiles();
for (const [path, text] of rules) writeFileSync(root + path, text);
process.stdout.write(`alert rules written to ${[...rules.keys()].join(', ')}\n`);
