/** The product's commands, and those that measure it. */
import { runWaywarden } from '@waywarden/waywarden/command-line';
import { benchCommand } from './cli/bench.ts';
import { evaluateCommand } from './cli/evaluate.ts';
import { simulateCommand } from './cli/simulate.ts';

await runWaywarden([evaluateCommand, benchCommand, simulateCommand]);
