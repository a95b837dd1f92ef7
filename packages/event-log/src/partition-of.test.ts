/** Guarantees: Kafka's own partitioner, whatever the key's length and alphabet. */
import { expect, it } from 'vitest';
import { partitionOf } from './partition-of.ts';

const MANY = 1_000_003;

/** From the tests of org.apache.kafka.common.utils.Utils#murmur2. */
it.each([
  ['21', -973_932_308],
  ['foobar', -790_332_482],
  ['a-little-bit-long-string', -985_981_536],
  ['a-little-bit-longer-string', -1_486_304_829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
  ['abc', 479_470_107],
])('%s lies where Kafka would put it', (key, hash) => {
  expect(partitionOf(key, MANY)).toBe((hash & 0x7fffffff) % MANY);
});

/** Worked out with the bytes of the whole key, before short ones were read without an encoder. */
it.each([
  ['Zoë Übermut', 989_384],
  [`${'x'.repeat(511)}ü`, 778_132],
  ['x'.repeat(512), 703_840],
  ['x'.repeat(513), 531_798],
])('beyond ASCII, or long: by its bytes', (key, partition) => {
  expect(partitionOf(key, MANY)).toBe(partition);
});
