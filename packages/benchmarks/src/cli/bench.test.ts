/** A flag of `bench` that can't be as given is named, and nothing else is measured in its place. */
import { expect, it } from 'vitest';
import { benchCommand } from './bench.ts';

const bench = (...flags: string[]) => benchCommand.parseAsync(flags, { from: 'user' });

it('measures no generated stream in place of a file that was asked for', async () => {
  await expect(bench('--data', '/nowhere')).rejects.toThrow(
    '--data /nowhere: there is no such file.',
  );
});

it('says of which flag the number of agents is wrong', async () => {
  await expect(bench('--agent-state', '3')).rejects.toThrow(/^--agent-state: agents 3: give a/);
});
