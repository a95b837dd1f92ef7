/** The product's commands, and those that measure it. */
import { runCommandLine } from '@waywarden/waywarden/command-line';
import { benchCommand } from './cli/bench.ts';
import { evaluateCommand } from './cli/evaluate.ts';
import { simulateCommand } from './cli/simulate.ts';

await runCommandLine([evaluateCommand, benchCommand, simulateCommand]);
