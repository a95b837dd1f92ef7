/** Guarantees: a plain hash of the arguments that ran is kept under our key, any other as it was told. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { APPROVAL_LATENCY_MS_MAX, deriveApproval } from './derive-sections.ts';
import { Unmapped } from './unmapped.ts';

const value = { to: 'acct-1', amount: 100 };
const digest = createHash('sha256').update(canonicalJson(value));
const [hex, url] = [digest.copy().digest('hex'), digest.digest('base64url')];
const derived = (told: string, args: { value?: unknown } = { value }) =>
  deriveApproval(
    {
      event_time: '2026-11-24T09:00:00Z',
      activity: 'tool_call',
      agent: { uid: 'agent-1' },
      approval: { mode: 'human', by: 'ana', args_hash: told },
      args,
    },
    'hmac-sha256:ours',
    new Unmapped(),
  )?.args_hash;

describe('the hash of what an approver was shown', () => {
  it.each([hex, hex.toUpperCase(), url])('is ours where it is that of what ran: %s', (told) => {
    expect(derived(`sha256:${told}`)).toBe('hmac-sha256:ours');
  });

  it.each(['sha256:other', `md5:${hex}`, 'hmac-sha256:theirs'])('is kept as told: %s', (told) => {
    expect(derived(told)).toBe(told);
  });

  it('is kept as told where the arguments were not sent', () => {
    expect(derived(`sha256:${hex}`, {})).toBe(`sha256:${hex}`);
  });
});

describe('how long a decision took', () => {
  const took = (latency: number) => {
    const unmapped = new Unmapped();
    const approval = deriveApproval(
      {
        event_time: '2026-11-24T09:00:00Z',
        activity: 'tool_call',
        agent: { uid: 'agent-1' },
        approval: { mode: 'human', by: 'ana', latency_ms: latency },
      },
      undefined,
      unmapped,
    );
    return { approval, unmapped: unmapped.fields() };
  };

  it('is kept up to a year', () => {
    const { approval, unmapped } = took(APPROVAL_LATENCY_MS_MAX);
    expect(approval?.latency_ms).toBe(APPROVAL_LATENCY_MS_MAX);
    expect(unmapped).toBeUndefined();
  });

  it('is told as unmapped beyond, and the rest of the approval stands', () => {
    const { approval, unmapped } = took(Date.parse('2026-11-24T09:00:00Z'));
    expect(approval).toEqual({ mode: 'human', by: 'ana' });
    expect(JSON.stringify(unmapped)).toContain('approval.latency_ms');
  });
});
