import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEAD_LETTER_HEADERS } from './dead-letter-seal.ts';

const page = new URL('../../../../docs/reference/dead-letter.md', import.meta.url);

describe('the headers of a dead letter', () => {
  it('each have a line in the reference, and no line is about another', () => {
    const listed = [...readFileSync(page, 'utf8').matchAll(/^\| `(ww_dead_[a-z]+)`/gm)].map(
      (match) => match[1],
    );
    const general = ['ww_dead_reason', 'ww_dead_detail', 'ww_dead_source'];
    expect(listed.toSorted()).toEqual(
      [...Object.values(DEAD_LETTER_HEADERS), ...general].toSorted(),
    );
  });
});
