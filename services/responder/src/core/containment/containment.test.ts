/** What may be said of a containment. */
import type { ObservedCall, Receipt } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import { Containments } from '../../runtime/containments.ts';
import { BLOCK, BOTH, Contained, MINUTE_MS } from '../../testing/contained.ts';
import { at, callEntry, registryEntry, START, TENANT } from '../../testing/response-fixtures.ts';

describe('what is said of an order', () => {
  test('an old receipt that is put there again is no later word, whatever it said', () => {
    const journal = new Contained();
    const command = journal.command('revoke_token');
    const say = (state: Receipt['state'], signed_at: number) =>
      journal.add({
        ...{ kind: 'receipt', signed_at },
        receipt: {
          ...{ command_id: command.command_id, tenant_id: TENANT, agent_uid: 'agent-a' },
          ...{ receiver: 'gateway', state, applied_at: at(1000) },
        },
      });
    say('applied', 100);
    say('failed', 101);
    expect(journal.state()).toBe('failed');
    say('applied', 100);
    expect(journal.state()).toBe('failed');
    say('applied', 102);
    expect(journal.state()).toBe('applied_re_mintable');
  });

  test('goes from issued over delivered and accepted to applied, never back', () => {
    const journal = new Contained();
    const { command_id } = journal.command('revoke_token');
    expect(journal.state()).toBe('issued');
    const delivery = { tenant_id: TENANT, command_id, receiver: 'gateway', at: at(500) };
    journal.add({ kind: 'delivery', delivery });
    expect(journal.state()).toBe('delivered');
    journal.say('revoke_token', 'gateway', { state: 'accepted' });
    expect(journal.state()).toBe('accepted');
    journal.say('revoke_token', 'gateway');
    journal.say('revoke_token', 'gateway', { state: 'accepted' });
    journal.add({ kind: 'delivery', delivery });
    expect(journal.state()).toBe('applied_re_mintable');
  });

  test('is re-mintable until an issuer has blocked issuance, then contained', () => {
    const journal = new Contained(BOTH);
    journal.say('revoke_token', 'gateway');
    journal.say('block_issuance', 'gateway');
    expect(journal.state()).toBe('applied_re_mintable');
    expect(journal.view('revoke_token').reMintable).toBe(true);
    journal.say('block_issuance', 'idp');
    expect(journal.state()).toBe('contained');
  });

  test('is re-mintable while one of several issuers still gives tokens, and again once one was given', () => {
    const journal = new Contained(BOTH, [
      { id: 'gateway', kind: 'http' },
      ...['idp', 'vault'].map((id) => ({ id, kind: 'http', issuer: true, required: false })),
    ]);
    journal.say('revoke_token', 'gateway');
    journal.say('block_issuance', 'idp');
    expect(journal.state()).toBe('applied_re_mintable');
    journal.say('block_issuance', 'vault');
    expect(journal.state()).toBe('contained');
    journal.add(callEntry('a', 'success', { activity: 'credential_issued', task_id: 'task-b' }));
    expect(journal.state('block_issuance')).toBe('leaked');
    expect(journal.state()).toBe('applied_re_mintable');
  });

  test('is re-mintable again while an issuer that was registered since has not blocked issuance', () => {
    const receivers = [
      { id: 'gateway', kind: 'http' },
      { id: 'idp', kind: 'http', issuer: true, required: false },
    ];
    const journal = new Contained(BOTH, receivers);
    journal.say('revoke_token', 'gateway');
    journal.say('block_issuance', 'idp');
    expect(journal.state()).toBe('contained');
    const later = { id: 'vault', kind: 'http', issuer: true, required: false };
    journal.add(registryEntry({ receivers: [...receivers, later] }, 2));
    const { command_id: id } = journal.command('revoke_token');
    const seen = Containments.over(journal.transaction).of(id, Date.parse(START) + 3000);
    expect(seen).toMatchObject({ state: 'applied_re_mintable', reMintable: true });
  });

  test.each(['cancelled', 'protocol_error', 'unknown'] as const)(
    'is unconfirmed after a call of which nobody says that it was refused: %s',
    (outcome) => {
      const journal = new Contained(BLOCK);
      journal.say('disable_agent', 'gateway');
      const ground = journal.command('disable_agent').command_id;
      const made = (second: number) => ({
        event_time: at(second * 1000),
        observed_time: at(second * 1000),
      });
      journal.add(callEntry('a', 'denied', { ground, ...made(10) }));
      expect(journal.state('disable_agent')).toBe('confirmed');
      journal.add(callEntry('a', outcome, made(20)));
      expect(journal.state('disable_agent')).toBe('unconfirmed');
      expect(journal.alerts).toHaveLength(0);
      journal.add(callEntry('a', 'denied', { ground, ...made(30) }));
      expect(journal.state('disable_agent')).toBe('confirmed');
    },
  );

  test('is not doubted because of a call that was under way and was cut off', () => {
    const journal = new Contained(BLOCK);
    journal.say('disable_agent', 'gateway');
    journal.add(callEntry('a', 'cancelled', { event_time: at(5_000), duration_ms: 60_000 }));
    expect(journal.state('disable_agent')).toBe('contained');
  });

  test('without an issuer it stays re-mintable, whoever says that issuance is blocked', () => {
    const journal = new Contained(BOTH, [{ id: 'gateway', kind: 'http' }]);
    journal.say('revoke_token', 'gateway');
    journal.say('block_issuance', 'gateway');
    expect(journal.state()).toBe('applied_re_mintable');
  });

  test('is usable until offline tokens end, whatever was denied meanwhile', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway', { usable_until: at(10 * MINUTE_MS) });
    journal.add(callEntry('a', 'denied'));
    expect(journal.state('revoke_token', 9 * MINUTE_MS)).toBe('applied_usable_until');
    expect(journal.state('revoke_token', 11 * MINUTE_MS)).toBe('confirmed');
  });

  test('is believed usable no longer than a credential of its class may live; beyond, it is doubted', () => {
    const journal = new Contained(BLOCK);
    journal.say('disable_agent', 'gateway', { usable_until: at(365 * 24 * 60 * MINUTE_MS) });
    expect(journal.state('disable_agent', 14 * MINUTE_MS)).toBe('applied_usable_until');
    const { state, doubtedUntilMs } = journal.view('disable_agent', 17 * MINUTE_MS);
    expect(state).toBe('unconfirmed');
    expect(doubtedUntilMs).toBe(Date.parse(START) + 365 * 24 * 60 * MINUTE_MS);
    journal.add(callEntry('a', 'denied', { ground: journal.command('disable_agent').command_id }));
    expect(journal.state('disable_agent', 17 * MINUTE_MS)).toBe('confirmed');
  });

  test.each(['signal_risk', 'open_case'])(
    '%s takes nothing away: carried out, and never contained, confirmed or leaked',
    (action) => {
      const journal = new Contained({ rules: [{ actions: [{ action, level: 'agent' }] }] });
      journal.say(action, 'gateway');
      expect(journal.state(action)).toBe('carried_out');
      const { command_id } = journal.command(action);
      journal.add(callEntry('a', 'denied', { ground: command_id }), callEntry('a', 'success'));
      const lastSeen = at(60 * MINUTE_MS);
      const silence = { tenant_id: TENANT, agent_uid: 'agent-a', usual_ms: MINUTE_MS };
      const times = { until: lastSeen, last_call: at(0), seen_until: lastSeen };
      journal.add({ kind: 'silence', silence: { ...silence, ...times } });
      expect(journal.state(action, 61 * MINUTE_MS)).toBe('lapsed');
      expect(journal.state(action, 59 * MINUTE_MS)).toBe('carried_out');
      expect(journal.view(action).proof).toEqual({});
      expect(journal.alerts).toHaveLength(0);
    },
  );

  test('is never contained without a required receiver', () => {
    const journal = new Contained(BLOCK, [{ id: 'gateway', kind: 'http', required: false }]);
    journal.say('disable_agent', 'gateway');
    expect(journal.state('disable_agent')).toBe('partly_applied');
  });

  test('is confirmed by a later denial with any credential, and says whether it named the order', () => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    journal.add(callEntry('a', 'denied', { credential_uid: 'another' }));
    expect(journal.state()).toBe('confirmed');
    expect(journal.view('revoke_token').proof.denied?.byOrder).toBe(false);
    const { command_id } = journal.command('revoke_token');
    journal.add(callEntry('a', 'denied', { ground: command_id }));
    expect(journal.view('revoke_token').proof.denied?.byOrder).toBe(true);
  });

  test.each<[string, Partial<ObservedCall>]>([
    ['an earlier call', { event_time: at(900) }],
    ['another task', { task_id: 'task-other' }],
    ['another agent', { agent_uid: 'agent-b' }],
    [
      'an agent that only asserts to act for it',
      { agent_uid: 'agent-b', acts_for: ['agent-a'], acts_for_assurance: 'asserted' },
    ],
    ['a denial that only the agent itself asserts', { assurance: 'asserted' }],
    ['a denial by another rule', { ground: 'house-rule' }],
    ['a denial by another order', { ground: '11111111-1111-4111-8111-111111111111' }],
    ['a denial for calling too often', { error: 'rate_limited 429' }],
    ['a denial for arguments that are no good', { error: 'schema_error' }],
    ['a denial by the person who was asked', { approval: 'human' }],
    ['a policy that asked about the call and said no', { approval: 'policy' }],
    ['an error that only names a policy', { error: 'PolicyNotFound' }],
    ['an error that only names tokens', { error: 'token_limit_exceeded' }],
    ['an error that speaks of access and of something else', { error: 'PolicyNotFound 403' }],
  ])('is not confirmed by %s', (_, over) => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    journal.add(callEntry('a', 'denied', over));
    expect(journal.state()).toBe('applied_re_mintable');
  });

  test.each<[string, Partial<ObservedCall>]>([
    ['access_revoked', {}],
    ['Unauthorized 401', {}],
    ['AccessDeniedException', {}],
    ['invalid_token', { approval: 'none' }],
  ])('is confirmed by a denial with the error %s', (error, over) => {
    const journal = new Contained();
    journal.say('revoke_token', 'gateway');
    journal.add(callEntry('a', 'denied', { error, ...over }));
    expect(journal.state()).toBe('confirmed');
  });

  test('becomes unconfirmed when nothing told anything for a quarter of an hour', () => {
    const journal = new Contained(BLOCK);
    journal.say('disable_agent', 'gateway');
    expect(journal.state('disable_agent', 14 * MINUTE_MS)).toBe('contained');
    expect(journal.state('disable_agent', 16 * MINUTE_MS)).toBe('unconfirmed');
  });
});

describe('silence', () => {
  const silent = (over: { until: string; seen_until?: string; last_call?: string }) => ({
    kind: 'silence' as const,
    silence: {
      tenant_id: TENANT,
      agent_uid: 'agent-a',
      last_call: at(0),
      usual_ms: MINUTE_MS,
      ...over,
    },
  });
  const applied = () => {
    const journal = new Contained(BLOCK);
    journal.say('disable_agent', 'gateway');
    return journal;
  };

  test('over the usual interval confirms while the source is heard', () => {
    const journal = applied();
    journal.add(silent({ until: at(2 * MINUTE_MS), seen_until: at(2 * MINUTE_MS) }));
    expect(journal.state('disable_agent')).toBe('contained');
    journal.add(silent({ until: at(4 * MINUTE_MS), seen_until: at(4 * MINUTE_MS) }));
    expect(journal.state('disable_agent')).toBe('confirmed');
  });

  test('of a source that was not heard either leaves it unconfirmed, until it is heard again', () => {
    const journal = applied();
    journal.add(silent({ until: at(4 * MINUTE_MS), seen_until: at(MINUTE_MS) }));
    expect(journal.state('disable_agent')).toBe('unconfirmed');
    journal.add(silent({ until: at(5 * MINUTE_MS), seen_until: at(5 * MINUTE_MS) }));
    expect(journal.state('disable_agent')).toBe('confirmed');
  });

  test('does not confirm an order on one task while the agent goes on with another', () => {
    const journal = new Contained(BOTH);
    for (const one of ['gateway', 'idp']) {
      journal.say('revoke_token', one);
      journal.say('block_issuance', one);
    }
    const last_call = at(2000);
    const seen_until = at(5 * MINUTE_MS);
    journal.add(silent({ until: at(5 * MINUTE_MS), seen_until, last_call }));
    expect(journal.state()).toBe('contained');
  });
});
