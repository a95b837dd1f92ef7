/** The product's commands, and those that measure it. */
import { runWaywarden } from '@waywarden/waywarden/command-line';

await runWaywarden({
  evaluate: async () => (await import('./cli/evaluate.ts')).evaluateCommand,
  bench: async () => (await import('./cli/bench.ts')).benchCommand,
  simulate: async () => (await import('./cli/simulate.ts')).simulateCommand,
});
