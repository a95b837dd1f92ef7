/**
 * Tells when a file's content has changed, by looking once a second: editors and mounted configuration swap files in
 * ways that watchers of the system miss. A file that is being written is left until two looks agree; one that is gone is
 * waited for, its absence reported once, and back again it counts as new.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 1000;
/** A replaced file is away for one look at most; links of mounted configuration for a little more. */
const LOOKS_UNTIL_GONE = 3;

export interface FileNews {
  readonly changed: () => void;
  readonly gone: () => void;
}

function contentOf(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    // Gone or not readable just now: the rules in force stay, and the next look may find it again.
    return undefined;
  }
}

/** Tells each new content after the present one, and absence; returns what ends it. */
export function watchFile(path: string, news: FileNews): () => void {
  let content = contentOf(path);
  let last = content;
  let missed = 0;
  const timer = setInterval(() => {
    const now = contentOf(path);
    if (now !== undefined && now === last && now !== content) {
      content = now;
      news.changed();
    }
    missed = now === undefined ? missed + 1 : 0;
    if (missed === LOOKS_UNTIL_GONE) {
      content = undefined;
      news.gone();
    }
    last = now;
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
