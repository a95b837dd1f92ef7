import { describe, expect, it } from 'vitest';
import { withoutRuns, withRuns } from './digit-runs.ts';

describe('numbers in a row', () => {
  it.each([
    ['none', '', ''],
    ['no two alike', 'AFbAAAAIl', 'AFbAAAAIl'],
    ['two alike', 'AFbAFb', 'AFb*B'],
    ['runs between others', 'AFbAAAAAAAAAAIlAIl', 'AFbAAA*CAIl*B'],
    ['more than a run may count', 'AAA'.repeat(70), 'AAA*_AAA*F'],
  ])('are shorter, and the same again: %s', (_, text, runs) => {
    expect(withRuns(text, 3)).toBe(runs);
    expect(withoutRuns(runs, 3)).toBe(text);
  });

  it('that were stored before there were runs are themselves', () => {
    expect(withoutRuns('AFbAFbAFb', 3)).toBe('AFbAFbAFb');
  });

  it('of a width at which nothing is saved stay in full', () => {
    expect(withRuns('AAB', 1)).toBe('AAB');
    expect(withoutRuns(withRuns('AAAAB', 1), 1)).toBe('AAAAB');
  });
});
