/**
 * A short fingerprint of a name, for state that only asks whether it was met: eleven characters are
 * 66 bits of SHA-256, so that no chosen name looks like another.
 */
import { hash } from 'node:crypto';

/** Characters for names that an attacker chooses: 66 bits. */
export const PRINT_LENGTH = 11;
/** The same few names come again and again. */
const REMEMBERED_MAX = 8192;
/**
 * By length: prints of one length are of one sort of names, so what never comes again (the values
 * of a call) pushes out no names of tools.
 */
interface Remembered {
  readonly prints: Map<string, string>;
  /** The one that was asked for last: whoever asks of a task's name is one of four in a row. */
  name: string;
  print: string;
}
const remembered: Remembered[] = [];

/** `length` up to 43. */
export function shortPrint(name: string, length = PRINT_LENGTH): string {
  remembered[length] ??= { prints: new Map(), name: '', print: printOf('', length) };
  const known = remembered[length];
  if (name === known.name) return known.print;
  let print = known.prints.get(name);
  if (print === undefined) {
    if (known.prints.size >= REMEMBERED_MAX) known.prints.clear();
    print = printOf(name, length);
    known.prints.set(name, print);
  }
  known.name = name;
  known.print = print;
  return print;
}

const printOf = (name: string, length: number): string =>
  hash('sha256', name, 'base64url').slice(0, length);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Characters of `shortUuid`, of what is a UUID. */
export const SHORT_UUID_LENGTH = 22;

/** A UUID in 22 characters; what is none stays as it is. */
export function shortUuid(id: string): string {
  // What has the length of a short one by chance would be read as one: it is kept with a mark.
  if (id.length === SHORT_UUID_LENGTH) return `${id}=`;
  return UUID.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url') : id;
}

/** The UUID of `shortUuid`; what was none, as it was. */
export function longUuid(text: string): string {
  if (text.length === SHORT_UUID_LENGTH + 1) return text.slice(0, -1);
  if (text.length !== SHORT_UUID_LENGTH) return text;
  const hex = Buffer.from(text, 'base64url').toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
