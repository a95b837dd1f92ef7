/** What is guaranteed of how a call ended: what a control stopped was not done, what failed was tried. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { asEnded, hadEffect } from '../alerting/finding.ts';
import { event } from '../testing/event-builder.ts';
import { deedInFull, deedOf } from '../wording/deeds.ts';
import { callEnding } from './call-ending.ts';

const pay = (over: Partial<AuditEvent>) =>
  event(1, { effect: 'pay', tool: { name: 'pay' }, ...over });

describe('a call that was cancelled', () => {
  it.each<[string, Partial<AuditEvent>]>([
    ['nobody approved it', { error: { type: 'approval_missing', code: 'cancelled_by_gateway' } }],
    ['a policy denied it', { policy: { decision: 'Deny' } }],
  ])('was not done where its control says that %s', (_, over) => {
    const call = pay({ outcome: 'cancelled', ...over });
    expect(callEnding(call)).toBe('void');
    expect(hadEffect(call)).toBe(false);
  });

  it.each<[string, Partial<AuditEvent>, string]>([
    ['nobody says why', {}, 'failed'],
    ['a gateway did not answer', { error: { type: 'bad_gateway' } }, 'failed'],
    ['a gateway’s approval timed out', { error: { type: 'approval_timeout' } }, 'open'],
  ])('was tried where %s', (_, over, ending) => {
    const call = pay({ outcome: 'cancelled', ...over });
    expect(callEnding(call)).toBe(ending);
    expect(hadEffect(call)).toBe(true);
  });
});

describe('a deed in words', () => {
  it.each<[Partial<AuditEvent>, string]>([
    [{}, 'moved money by pay'],
    [{ outcome: 'unknown' }, 'moved money by pay'],
    [{ outcome: 'tool_error' }, 'tried to move money by pay (failed: tool_error)'],
    [{ outcome: 'protocol_error' }, 'tried to move money by pay (failed: protocol_error)'],
    [{ outcome: 'cancelled' }, 'tried to move money by pay (cancelled)'],
    [{ outcome: 'denied' }, 'tried to move money by pay (denied)'],
    [
      { outcome: 'tool_error', error: { code: 'ETIMEDOUT' } },
      'tried to move money by pay (timed out)',
    ],
    [{ args: { features: { dry_run: true } } }, 'tried to move money by pay (a dry run)'],
  ])('is one only where it was done: %o', (over, words) => {
    expect(deedInFull(pay(over))).toBe(words);
    expect(words.startsWith(deedOf(pay(over)))).toBe(true);
  });

  it('weighs less where it failed, and not where it timed out', () => {
    expect(asEnded(pay({ outcome: 'tool_error' }), 'high')).toBe('medium');
    const late = pay({ outcome: 'tool_error', error: { type: 'timeout' } });
    expect(asEnded(late, 'high')).toBe('high');
  });
});
