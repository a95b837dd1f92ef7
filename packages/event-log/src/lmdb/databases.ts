/** The databases of the environment, opened as `layout.ts` says, and of that layout only. */
import { type Database, open, type RootDatabase } from 'lmdb';
import { EventLogError } from '../port.ts';
import {
  ABOUT,
  BINARY,
  BINARY_KEYS,
  ENDS,
  ENVIRONMENT,
  JSON_VALUES,
  LAYOUT_VERSION,
  MARKS,
  RECORDS,
  STARTS,
  type StoredMark,
  type StoredStart,
  type StoredTopic,
  TOPICS_DATABASE,
} from './layout.ts';

export interface Databases {
  readonly root: RootDatabase<unknown, string>;
  readonly records: Database<Buffer, Buffer>;
  readonly topics: Database<StoredTopic, string>;
  readonly ends: Database<number, string>;
  readonly about: Database<number, string>;
  /** These two: undefined in a log of before there was retention that is opened for reading only. */
  readonly starts: Database<StoredStart, string> | undefined;
  readonly marks: Database<StoredMark, Buffer> | undefined;
}

export function openDatabases(path: string, readOnly: boolean): Databases {
  try {
    const root = open<unknown, string>({ path, ...ENVIRONMENT, readOnly });
    return {
      root,
      records: root.openDB<Buffer, Buffer>({ name: RECORDS, ...BINARY }),
      topics: root.openDB<StoredTopic, string>({ name: TOPICS_DATABASE, ...JSON_VALUES }),
      ends: root.openDB<number, string>({ name: ENDS, ...JSON_VALUES }),
      about: root.openDB<number, string>({ name: ABOUT, ...JSON_VALUES }),
      starts: root.openDB<StoredStart, string>({ name: STARTS, ...JSON_VALUES }),
      marks: root.openDB<StoredMark, Buffer>({ name: MARKS, ...JSON_VALUES, ...BINARY_KEYS }),
    };
  } catch (error) {
    throw new EventLogError('unavailable', `cannot open the log in ${path}`, { cause: error });
  }
}

export function checkLayout(
  about: Database<number, string>,
  path: string,
  readOnly: boolean,
): void {
  const version = about.get('layout');
  if (version === LAYOUT_VERSION) return;
  if (version !== undefined || readOnly) {
    const found = version === undefined ? 'no layout version' : `layout ${version}`;
    throw new EventLogError('damaged', `${path} has ${found}; expected ${LAYOUT_VERSION}`);
  }
  about.putSync('layout', LAYOUT_VERSION);
}
