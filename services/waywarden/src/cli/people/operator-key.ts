import { createHash } from 'node:crypto';
import { type KeyFile, KeyFileError, loadOrCreateKeyFile, publicJwks } from '@waywarden/schemas';
import { Command } from 'commander';
import { report, UsageError } from '../../input/command-output.ts';

export function keysOf(load: () => KeyFile): KeyFile {
  try {
    return load();
  } catch (error) {
    if (error instanceof KeyFileError) throw new UsageError(error.message);
    throw error;
  }
}

/** Uids have `@` and `/`; a digest tells names apart. */
function keyNameOf(uid: string): string {
  const digest = createHash('sha256').update(uid).digest('hex').slice(0, 8);
  return `operator-${uid.replace(/[^\w.-]/g, '_').slice(0, 80)}-${digest}`;
}

function makeKey(flags: { readonly out: string; readonly by: string; readonly json?: true }): void {
  const createdAt = new Date().toISOString();
  const service = keyNameOf(flags.by);
  const file = keysOf(() => loadOrCreateKeyFile(flags.out, { service, uses: ['sign'], createdAt }));
  const [key] = Object.values(publicJwks(file));
  report(flags.json === true, { uid: flags.by, key }, [
    'Put this under `operators` of the registry:',
    `  - ${JSON.stringify({ uid: flags.by, key })}`,
  ]);
}

export const operatorKeyCommand = new Command('operator-key')
  .description('make the key by which a person orders; prints what to put into the registry')
  .requiredOption('--by <uid>', 'who the person is')
  .requiredOption('--out <file>', 'the key file; keep it with the person')
  .option('--json', 'print one JSON object as the last line')
  .action(makeKey);
