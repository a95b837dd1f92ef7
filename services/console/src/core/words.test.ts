import type { AlertReason } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { limitWords } from './words.ts';

const SOURCES = ['static', 'learned', 'operator'] as const satisfies readonly NonNullable<
  AlertReason['threshold_source']
>[];

it('says of every limit whose it is', () => {
  expect(SOURCES.map(limitWords)).toEqual([
    'as shipped',
    'from its history',
    'set by your registry or policy',
  ]);
});
