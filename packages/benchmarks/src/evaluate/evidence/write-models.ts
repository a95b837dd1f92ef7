/**
 * `npm run evidence:fit`: fits the marks and the weights of the hijack evidence on the recorded runs, and
 * writes the two data modules that the product ships.
 */
import { writeFileSync } from 'node:fs';
import { TERM_NAMES } from '@waywarden/detector';
import { ModelFitter, type Models } from './fit-models.ts';
import { recordedRuns } from './recorded-runs.ts';

const ROOT = new URL('../../../../../', import.meta.url).pathname;
const FILES = {
  marks: `${ROOT}services/ingest/src/core/text-signals/mark-weights.ts`,
  evidence: `${ROOT}services/detector/src/core/injection/evidence-weights.ts`,
} as const;
export const FIT_FOLDERS = {
  grammars: `${ROOT}packages/benchmarks/evidence`,
  documents: `${ROOT}node_modules`,
} as const;

const base64 = (bytes: Int8Array | Int32Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

function marksModule({ weights, unit, bias, vocabulary }: Models['marks']): string {
  const words = Int32Array.from([...vocabulary].sort((a, b) => a - b));
  return [
    '/** Written by `npm run evidence:fit`: the fitted mark model (`read-result.ts`), bytes as base64. */',
    'export const MARK_WEIGHTS = {',
    `  unit: ${unit},`,
    `  bias: ${bias},`,
    `  weights: '${base64(weights)}',`,
    `  vocabulary: '${base64(words)}',`,
    '};',
    '',
  ].join('\n');
}

function evidenceModule({ bias, high, medium, weights }: Models['evidence']): string {
  return [
    '/** Written by `npm run evidence:fit`: what each term of the evidence (`judge-hijack.ts`) is worth. */',
    'export const EVIDENCE_WEIGHTS = {',
    `  bias: ${bias},`,
    '  /** Probabilities from which on a tied call is `high`, and any call `medium`. */',
    `  high: ${high},`,
    `  medium: ${medium},`,
    '  weights: {',
    ...TERM_NAMES.map((name) => `    ${name}: ${weights[name]},`),
    '  },',
    '};',
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const data = process.argv[2] ?? '../shared/data';
  const say = (what: string) => process.stderr.write(`${what}\n`);
  const runs = await recordedRuns(data);
  if (runs.length === 0) {
    say(`${data} holds no recorded runs. Name the folder that holds outside/ and agentdojo/.`);
    process.exitCode = 2;
    return;
  }
  const models = new ModelFitter(runs, FIT_FOLDERS, say).fit();
  writeFileSync(FILES.marks, marksModule(models.marks));
  writeFileSync(FILES.evidence, evidenceModule(models.evidence));
  say(`Fitted on ${runs.length} runs; wrote ${Object.values(FILES).join(' and ')}.`);
}

if (process.argv[1] === new URL(import.meta.url).pathname) await main();
