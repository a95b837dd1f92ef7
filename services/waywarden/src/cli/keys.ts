/** `waywarden keys`: keys of a folder that nobody has open. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type KeyFile, loadKeyFile, rotateKeyFile } from '@waywarden/schemas';
import { Command } from 'commander';
import { report, table, UsageError } from '../input/command-output.ts';
import { dataPaths, ownerOf } from '../runtime/data-folder.ts';

const SERVICES = ['detector', 'ingest', 'registry', 'responder', 'sequencer'] as const;

interface KeysFlags {
  readonly data: string;
  readonly json?: true;
}

function keyPath(folder: string, service: string): string {
  const paths = dataPaths(folder);
  if (!SERVICES.some((one) => one === service)) {
    throw new UsageError(`${service}: no such key file; there are ${SERVICES.join(', ')}.`);
  }
  const path = join(paths.keys, `${service}.json`);
  if (!existsSync(path)) {
    throw new UsageError(`There is no ${path}. Name the folder that "up" or "replay" used.`);
  }
  return path;
}

const shown = ({ service, keys }: KeyFile) =>
  keys.map(({ id, use, state, created_at }) => ({ service, id, use, state, created_at }));

function list(flags: KeysFlags): void {
  const { keys: folder } = dataPaths(flags.data);
  const there = SERVICES.filter((service) => existsSync(join(folder, `${service}.json`)));
  if (there.length === 0) throw new UsageError(`${folder} holds no key files.`);
  const keys = there.flatMap((service) => shown(loadKeyFile(join(folder, `${service}.json`))));
  const rows = keys.map((one) => [one.service, one.id, one.use, one.state, one.created_at]);
  report(flags.json === true, { keys }, table(['service', 'key', 'use', 'state', 'made'], rows));
}

function rotate(service: string, flags: KeysFlags): void {
  const path = keyPath(flags.data, service);
  const owner = ownerOf(dataPaths(flags.data));
  if (owner !== undefined) {
    throw new UsageError(
      `${dataPaths(flags.data).root} is in use by "waywarden ${owner.command}" (process ${owner.pid}), which would go on with the old key. Stop it, rotate, start it.`,
    );
  }
  const createdAt = new Date().toISOString();
  let file = loadKeyFile(path, service);
  for (const use of new Set(file.keys.map((one) => one.use))) {
    file = rotateKeyFile(path, { use, createdAt });
  }
  const active = file.keys.filter((one) => one.state === 'active').map((one) => one.id);
  report(flags.json === true, { service, active, keys: shown(file) }, [
    `${service} signs with ${active.join(', ')} from its next start on; ${file.keys.length - active.length} older keys stay for verifying.`,
  ]);
}

const withFolder = (command: Command) =>
  command
    .option('--data <folder>', 'data folder', '.waywarden/data')
    .option('--json', 'print one JSON object as the last line')
    .exitOverride();

export const keysCommand = new Command('keys')
  .description('the keys of a data folder, and new ones in their place')
  .addCommand(withFolder(new Command('list').description('which keys there are')).action(list))
  .addCommand(
    withFolder(
      new Command('rotate')
        .description('a new key for a service; the old ones stay for verifying')
        .argument('<service>', SERVICES.join(', ')),
    ).action(rotate),
  );
