/** Secrets written apart, by letter or groups of one size with one separator. */
import { isAlnum } from './char-class.ts';
import { isIssuedSecret, isRandom } from './secret.ts';

const GROUP_SIZE_MAX = 8;
const GROUPS_MIN = 3;
const JOINED_LENGTH_MIN = 20;
const JOINED_LENGTH_MAX = 256;

const parts = (code: number) => code <= 32 || code === 44 || code === 59 || code === 124;

interface Run {
  readonly start: number;
  readonly size: number;
  end: number;
  count: number;
  gap: number;
}

function joinedOf(text: string, { start, size, count, gap }: Run, tail: string): string {
  if (count < GROUPS_MIN || count * size > JOINED_LENGTH_MAX) return '';
  if (count * size + tail.length < JOINED_LENGTH_MIN) return '';
  let joined = '';
  for (let n = 0; n < count; n++) {
    const from = start + n * (size + gap);
    joined += text.slice(from, from + size);
  }
  return joined + tail;
}

function addSecret(joined: string, size: number, found: string[]): void {
  if (joined === '') return;
  for (let from = 0; joined.length - from >= JOINED_LENGTH_MIN; from += size) {
    const word = from === 0 ? joined : joined.slice(from);
    if (isIssuedSecret(word) || (from === 0 && isRandom(word))) {
      found.push(word);
      return;
    }
  }
}

function addGrouped(text: string, start: number, end: number, found: string[]): void {
  for (let size = 1; size <= GROUP_SIZE_MAX && start + size < end; size++) {
    const mark = text.charCodeAt(start + size);
    if (isAlnum(mark)) continue;
    let at = start + size;
    while (at < end && text.charCodeAt(at) === mark) at += size + 1;
    const count = Math.floor((end - start + 1) / (size + 1));
    if (at < end || count > JOINED_LENGTH_MAX) continue;
    const run = { start, size, end, count, gap: 1 };
    addSecret(joinedOf(text, run, text.slice(start + count * (size + 1), end)), size, found);
  }
}

/** Joined. Linear. */
export function spreadSecrets(text: string): readonly string[] {
  const found: string[] = [];
  let run: Run = { start: 0, size: 0, end: 0, count: 0, gap: 0 };
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && !parts(text.charCodeAt(at))) continue;
    const size = at - from;
    const start = from;
    from = at + 1;
    if (size === 0) continue;
    const gap = start - run.end;
    const goesOn = run.count === 1 || (run.count > 1 && gap === run.gap);
    if (goesOn && size === run.size) {
      run.gap = gap;
      run.count += 1;
      run.end = at;
      continue;
    }
    if (goesOn && size < run.size) {
      addSecret(joinedOf(text, run, text.slice(start, at)), run.size, found);
    }
    addSecret(joinedOf(text, run, ''), run.size, found);
    run = { start, size, end: at, count: size <= GROUP_SIZE_MAX ? 1 : 0, gap: 0 };
    if (size >= JOINED_LENGTH_MIN + GROUPS_MIN - 1) addGrouped(text, start, at, found);
  }
  addSecret(joinedOf(text, run, ''), run.size, found);
  return found;
}
