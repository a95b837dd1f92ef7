import { describe, expect, it } from 'vitest';
import { claimedIn } from './ask-owner.ts';

describe('what a running owner refuses', () => {
  it('is said with what to do about it, and each problem', () => {
    const problems = [{ path: 'agents[0].uid', expected: 'a text' }];
    expect(claimedIn({ message: 'Another came first.', what_to_do: 'Look at it.', problems })).toBe(
      'Another came first. Look at it.\n  agents[0].uid: a text',
    );
  });

  it.each([[{}], [null], ['<html>']])('that is no refusal is called so: %j', (body) => {
    expect(claimedIn(body)).toBe('nothing that is understood.');
  });
});
