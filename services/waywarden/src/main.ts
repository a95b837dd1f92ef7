/** The product's commands. */
import { runWaywarden } from './command-line.ts';

await runWaywarden();
