/**
 * Tells when a file's content has changed. By looking at it once a second: editors replace files,
 * and mounted configuration is swapped by links, both of which the system's own watchers miss on
 * some platform or other. A file that is still being written is left until it has been the same for
 * two looks; one that is gone for a moment is waited for.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 1000;

function contentOf(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    // Gone or not readable just now: the rules in force stay, and the next look may find it again.
    return undefined;
  }
}

/** Calls `changed` for each new content after the present one; returns what ends it. */
export function watchFile(path: string, changed: () => void): () => void {
  let told = contentOf(path);
  let last = told;
  const timer = setInterval(() => {
    const now = contentOf(path);
    if (now !== undefined && now === last && now !== told) {
      told = now;
      changed();
    }
    last = now;
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
