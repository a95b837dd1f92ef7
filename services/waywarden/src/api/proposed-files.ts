/** Proposed registries and policies, a file each in the data folder, until they are published or withdrawn. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PublishPort } from '@waywarden/console';
import { writeWhole } from '../runtime/amend-file.ts';

const FILE_MODE = 0o600;
/** Ids are ours, and name nothing outside the folder. */
const ID = /^[0-9a-f-]{36}$/;

export function proposedFiles(folder: string): PublishPort['texts'] {
  const fileOf = (id: string) => {
    if (!ID.test(id)) throw new TypeError(`${id} is no id of a proposal.`);
    return join(folder, `${id}.txt`);
  };
  return {
    keep: (id, text) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeWhole(fileOf(id), text, FILE_MODE);
    },
    read: (id) => (existsSync(fileOf(id)) ? readFileSync(fileOf(id), 'utf8') : undefined),
    drop: (id) => rmSync(fileOf(id), { force: true }),
    keepOnly: (ids) => {
      if (!existsSync(folder)) return;
      for (const name of readdirSync(folder)) {
        if (!ids.has(name.replace(/\.txt$/, ''))) rmSync(join(folder, name), { force: true });
      }
    },
  };
}
