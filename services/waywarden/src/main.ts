/** The product's commands. */
import { runCommandLine } from './command-line.ts';

await runCommandLine();
