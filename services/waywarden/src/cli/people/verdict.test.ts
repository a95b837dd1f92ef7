/** Guarantees: whoever gives a verdict is told of what it is, as far as that is known. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../input/command-output.ts';
import { aboutWords, revisionOf } from './verdict.ts';

describe('of which revision a verdict is', () => {
  it('is what was looked at, with what came since', () => {
    expect(aboutWords('false_positive', 3, 3)).toBe('It is about revision 3, the latest.');
    expect(aboutWords('false_positive', 3, 5)).toBe(
      'It is about revision 3; the alert has come to revision 5 since. What came since is not excused by it.',
    );
    // Who finds it right excuses nothing.
    expect(aboutWords('true_positive', 3, 5)).not.toContain('excused');
  });

  it('is said not to be known where no store can be asked', () => {
    expect(aboutWords('false_positive', 3, undefined)).toContain('not known at this address');
    expect(aboutWords('false_positive', undefined, undefined)).toMatch(/^It counts up to .* told;/);
  });

  it.each(['1', '12'])('reads %s', (given) => expect(revisionOf(given)).toBe(Number(given)));
  it.each(['0', '01', '1.0', ' 1', '+1', '1e3', '', 'one'])('does not read %j', (given) =>
    expect(() => revisionOf(given)).toThrow(UsageError),
  );
});
