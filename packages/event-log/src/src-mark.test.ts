/** Guarantees: what is encoded is read again, and what is no mark is none, however often it was read before. */
import { describe, expect, it } from 'vitest';
import { decodeSrc, encodeSrc, srcPartition } from './src-mark.ts';

const MARK = { topic: 'audit.events.v1', incarnation: 'k3', partition: 2, offset: 41, index: 7 };

describe('a mark', () => {
  it('is read as it was written, also where many partitions were read between', () => {
    for (let partition = 0; partition < 3000; partition += 1) {
      const mark = { ...MARK, partition };
      expect(decodeSrc(encodeSrc(mark))).toEqual(mark);
    }
    expect(decodeSrc(encodeSrc(MARK))).toEqual(MARK);
    expect(srcPartition(MARK)).toBe('audit.events.v1/k3/2');
  });

  it.each([
    '',
    '/',
    'a/b/1/2',
    'a/b/1/2/3/4',
    '/b/1/2/3',
    'a//1/2/3',
    'a/b/-1/2/3',
    'a/b/1/x/3',
    'a/b/1/2/-3',
    'a/b/1/2/1.5',
    'a/b/1/9007199254740992/3',
  ])('is not %s', (text) => {
    expect(decodeSrc(text)).toBeUndefined();
  });
});
