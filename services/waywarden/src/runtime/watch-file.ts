/**
 * Tells when a file's content has changed. By looking at it once a second: editors replace files,
 * and mounted configuration is swapped by links, both of which the system's own watchers miss on
 * some platform or other. A file that is still being written is left until it has been the same for
 * two looks; one that is gone for a moment is waited for, and after a few looks its absence is told
 * once. Back again it counts as new, whatever it holds, so that whoever was told hears of the end.
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
