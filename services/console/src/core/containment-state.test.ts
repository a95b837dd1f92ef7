import type { Receipt, RevocationCommand } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import type { KnownState } from './containment-model.ts';
import { containmentOf } from './containment-state.ts';
import type { EventRow } from './view-model.ts';

const T = (second: number) => `2026-11-24T09:00:${String(second).padStart(2, '0')}.000000000Z`;
const COMMAND_ID = '11111111-1111-4111-8111-111111111111';

const command: RevocationCommand = {
  command_id: COMMAND_ID,
  containment_id: '22222222-2222-4222-8222-222222222222',
  tenant_id: 'acme',
  sequence: 1,
  incident_id: '33333333-3333-4333-8333-333333333333',
  alert_ids: ['44444444-4444-4444-8444-444444444444'],
  issued_at: T(10),
  expires_at: '2026-11-24T10:00:00.000000000Z',
  action: 'revoke_token',
  target: { level: 'task', tenant_id: 'acme', agent_uid: 'checker-1', task_id: 'pay-7' },
  receivers: ['gateway', 'idp'],
  audience: 'waywarden:acme',
  drain: 'cancel',
  severity: 'critical',
  confidence: null,
  initiating_entity: 'policy',
  approvals: [],
  reason: 'because',
  evidence: [],
  preconditions: { assurance_min: 'authenticated', targets_max: 1 },
};

const receipt = (receiver: string, state: Receipt['state'], second = 11): Receipt => ({
  command_id: COMMAND_ID,
  tenant_id: 'acme',
  agent_uid: 'checker-1',
  receiver,
  state,
  applied_at: T(second),
});

const call = (second: number, outcome: string): EventRow => ({
  event_id: `event-${second}`,
  at: T(second),
  agent_uid: 'checker-1',
  activity: 'tool_call',
  tool: 'bank/approve',
  effect: 'pay',
  outcome,
  capabilities: ['approve:payment'],
  chain_id: 'chain',
  task_id: 'pay-7',
  workflow: '',
  assurance: 'authenticated',
  environment: '',
});

interface Facts {
  readonly receipts?: readonly Receipt[];
  readonly calls?: readonly EventRow[];
  readonly asOf?: string;
  readonly command?: RevocationCommand;
  readonly undo?: RevocationCommand;
  readonly undoReceipts?: readonly Receipt[];
  readonly known?: KnownState;
  readonly grounds?: Readonly<Record<string, string>>;
}

const judge = (facts: Facts) =>
  containmentOf({
    command: facts.command ?? command,
    alertTitle: 'title',
    event: { event_id: 'event-9', at: T(9) },
    alertAt: T(9),
    receipts: facts.receipts ?? [],
    calls: facts.calls ?? [],
    grounds: new Map(Object.entries(facts.grounds ?? {})),
    undo: facts.undo ?? null,
    undoReceipts: facts.undoReceipts ?? [],
    known: facts.known ?? null,
    asOf: facts.asOf ?? T(30),
  });

const applied = [receipt('gateway', 'applied', 11), receipt('idp', 'applied', 12)];

const NOT_PROBED = {
  ...{ probed: null, probe_leak: null, probe_asked: 0 },
  ...{ used_by_other: null, untied: null, unwatched_since: null },
} as const;

describe('what became of a command', () => {
  it('is no more than issued while nobody answered, and names who is waited for', () => {
    const found = judge({});
    expect(found.state).toBe('issued');
    expect(found.sentence).toContain('no receipt yet from gateway and idp');
  });

  it('is not applied while one of the receivers that it names is silent', () => {
    expect(judge({ receipts: [receipt('gateway', 'applied')] }).state).toBe('issued');
    expect(judge({ receipts: [receipt('gateway', 'accepted')] }).state).toBe('accepted');
  });

  it('is applied, and not confirmed, until a later call of the subject was denied', () => {
    expect(judge({ receipts: applied }).state).toBe('applied');
    const confirmed = judge({ receipts: applied, calls: [call(14, 'denied')] });
    expect(confirmed.state).toBe('confirmed');
    expect(confirmed.clock.map((step) => step.at)).toEqual([T(9), T(9), T(10), T(12), T(14)]);
  });

  it('says that a call was denied because of the order only where its record names the order', () => {
    const said = (grounds: Readonly<Record<string, string>>) =>
      judge({ receipts: applied, calls: [call(14, 'denied')], grounds });
    const because = said({ 'event-14': COMMAND_ID });
    expect(because.denied_by_order).toBe('this');
    expect(because.sentence).toContain(
      'checker-1’s next call was denied at 09:00:14 because of it.',
    );
    const other = said({ 'event-14': 'house-rule' });
    expect(other.state).toBe('applied');
    expect(other.sentence).toContain('refused on another ground, which tells nothing');
    expect(said({}).sentence).toContain('names no order');
  });

  it('takes the refusal that names the order before an earlier one that names nothing', () => {
    const calls = [call(13, 'denied'), call(14, 'denied')];
    const found = judge({ receipts: applied, calls, grounds: { 'event-14': COMMAND_ID } });
    expect(found.denied?.event_id).toBe('event-14');
  });

  it('does not call a denied call the next one when another came between', () => {
    const calls = [call(11, 'success'), call(14, 'denied')];
    const { sentence } = judge({ receipts: applied, calls, grounds: { 'event-14': COMMAND_ID } });
    expect(sentence).toContain('a later call of checker-1 was denied');
  });

  it('is not confirmed by a denial alone: no receipt, no containment', () => {
    expect(judge({ calls: [call(14, 'denied')] }).state).toBe('issued');
  });

  it('is not confirmed by a call that was denied before the command', () => {
    expect(judge({ receipts: applied, calls: [call(9, 'denied')] }).state).toBe('applied');
  });

  it('is leaked by a call that went through after every receiver said it had applied it', () => {
    const calls = [call(14, 'denied'), call(15, 'success')];
    const leaked = judge({ receipts: applied, calls });
    expect(leaked.state).toBe('leaked');
    expect(leaked.sentence).toContain('It is not contained');
  });

  it('is not leaked by a call that was made before it was applied', () => {
    expect(judge({ receipts: applied, calls: [call(11, 'success')] }).state).toBe('applied');
  });

  it('counts what still went through between the order and its being applied', () => {
    const late = judge({
      receipts: applied,
      calls: [call(9, 'success'), call(11, 'success'), call(12, 'denied'), call(14, 'denied')],
    });
    expect(late.state).toBe('confirmed');
    expect(late.sentence).toContain('while 1 more call of checker-1 went through');
    expect(judge({ receipts: applied, calls: [call(9, 'success')] }).sentence).not.toContain(
      'went through',
    );
  });

  it('has failed when a receiver can not carry it out, whatever the other says', () => {
    const receipts = [receipt('gateway', 'applied'), receipt('idp', 'unsupported')];
    expect(judge({ receipts }).state).toBe('failed');
  });

  it('is never contained where no receiver is named', () => {
    const alone = { ...command, receivers: [] };
    const found = judge({ command: alone, calls: [call(14, 'denied')] });
    expect(found.state).toBe('issued');
    expect(found.sentence).toContain('no receiver is registered');
  });

  it('is carried out, and no containment, where it takes nothing away', () => {
    const told = { ...command, action: 'open_case', target: { ...command.target, level: 'agent' } };
    const found = judge({ command: told, receipts: applied, calls: [call(14, 'success')] });
    expect(found.state).toBe('carried_out');
    expect(found.sentence).toContain('It takes no access away.');
    expect(found.sentence).not.toContain('contained');
  });

  it('shows when it was applied no earlier than it was ordered, and as the responder believes it', () => {
    const early = [receipt('gateway', 'applied', 2), receipt('idp', 'applied', 3)];
    expect(judge({ receipts: early }).clock.at(3)?.at).toBe(T(10));
  });

  it('takes the last word of a receiver', () => {
    const receipts = [receipt('idp', 'failed'), ...applied];
    expect(judge({ receipts }).state).toBe('applied');
  });

  it('says what the responder knows before what receipts and calls seem to say', () => {
    const known: KnownState = {
      state: 're_mintable',
      usable_until: null,
      doubted_until: null,
      re_mintable: true,
      quiet_until: null,
      given_back: [],
      denied: null,
      receivers: [],
      ...NOT_PROBED,
    };
    const found = judge({ receipts: applied, known });
    expect(found.state).toBe('re_mintable');
    expect(found.sentence).toContain('could be given another one');
    const quiet = { ...known, state: 'confirmed', quiet_until: T(29) } as const;
    expect(judge({ receipts: applied, known: quiet }).sentence).toContain(
      'was silent until 09:00:29, while others were heard from the same source. A new token would still be given.',
    );
    const far = { state: 'unconfirmed', doubted_until: '2036-01-01T00:00:00.000Z' } as const;
    expect(judge({ receipts: applied, known: { ...known, ...far } }).sentence).toContain(
      'usable until 2036-01-01 00:00:00, longer than credentials of its class live',
    );
    const untied = { by: 'checker-1', at: T(20), credential: 'spare', why: 'no_task' } as const;
    const wentOn = { ...known, state: 'unconfirmed', untied } as const;
    expect(judge({ receipts: applied, known: wentOn }).sentence).toContain(
      'at 09:00:20 checker-1 made a call with credential spare that names no task, and it went through',
    );
    const failed = { ...known, state: 'failed', not_asked: ['second'] } as const;
    expect(judge({ receipts: applied, known: failed }).sentence).toContain(
      'but since then second must apply it too, and has not. It is not contained: order it again.',
    );
    const passing = { ...wentOn, untied: { ...untied, why: 'under_way' } } as const;
    expect(judge({ receipts: applied, known: passing }).sentence).toContain(
      'made a call with credential spare that had begun before, and it went through',
    );
    const used_by_other = { by: 'night-job', at: T(20), credential: 'key-1' };
    const used = judge({ receipts: applied, known: { ...known, state: 'leaked', used_by_other } });
    expect(used.sentence).toContain('night-job got through with credential key-1 at 09:00:20');
    expect(used.used_by_other).toEqual(used_by_other);
    const confirmed = judge({ receipts: applied, known: { ...known, state: 'unconfirmed' } });
    expect(confirmed.sentence).toContain('nothing shows that one would have been');
  });

  it('says who was asked whether access is gone, and what was found', () => {
    const told = (over: Partial<KnownState>) =>
      judge({
        receipts: applied,
        known: {
          ...{
            state: 'confirmed',
            usable_until: null,
            doubted_until: null,
            re_mintable: false,
            quiet_until: null,
          },
          ...{ given_back: [], denied: null, receivers: [], ...NOT_PROBED },
          ...over,
        },
      });
    const confirmed = told({ probed: { by: 'canary', at: T(20), own: false }, probe_asked: 1 });
    expect(confirmed.by_probe).toBe(true);
    expect(confirmed.sentence).toMatch(
      /canary was asked, tried it as .* at 09:00:20 and was refused/,
    );
    const own = told({ probed: { by: 'idp', at: T(20), own: true }, probe_asked: 1 });
    expect(own.sentence).toContain('idp, which applied it itself, was asked');
    const leaked = told({ state: 'leaked', probe_leak: { by: 'canary', at: T(20) } });
    expect(leaked.sentence).toMatch(/canary was asked, tried it as .* and would have got through/);
    const vain = told({ state: 'unconfirmed', probe_asked: 3 });
    expect(vain.sentence).toContain('Asked 3 times whether it holds, nobody could tell.');
  });

  it('names the call that confirmed it although the store has neither that call nor the receipts yet', () => {
    const said = (by_order: boolean) =>
      judge({
        known: {
          ...{
            state: 'confirmed',
            usable_until: null,
            doubted_until: null,
            re_mintable: false,
            quiet_until: null,
          },
          given_back: [],
          ...NOT_PROBED,
          denied: { event_id: 'event-14', at: T(14), by_order },
          receivers: ['gateway', 'idp'].map((receiver) => ({
            ...{ receiver, state: 'applied', at: T(12), usable_until: null, detail: '' },
          })),
        },
      });
    const found = said(true);
    expect(found.sentence).toContain('gateway and idp applied it');
    expect(found.sentence).toContain('was denied at 09:00:14 because of it.');
    expect(found.clock.map((step) => step.at).slice(3)).toEqual([T(12), T(14)]);
    expect(found.by_silence).toBe(false);
    expect(said(false).sentence).not.toContain('because of it');
  });

  it('ends when it expires', () => {
    const later = '2026-11-24T11:00:00.000000000Z';
    expect(judge({ receipts: applied, asOf: later }).state).toBe('expired');
  });

  it('is not leaked by what the subject does after its end', () => {
    const after = { ...call(14, 'success'), at: '2026-11-24T10:30:00.000000000Z' };
    const asOf = '2026-11-24T11:00:00.000000000Z';
    const expired = judge({ receipts: applied, calls: [after], asOf });
    expect(expired).toMatchObject({ state: 'expired', leaked: null });
    const undo: RevocationCommand = { ...command, action: 'restore', issued_at: T(20) };
    expect(judge({ receipts: applied, calls: [call(25, 'success')], undo }).leaked).toBeNull();
    expect(judge({ receipts: applied, calls: [call(15, 'success')], undo }).leaked).not.toBeNull();
  });

  it('is taken back at once, and given back only when everybody who may enforce it has said so', () => {
    const undo: RevocationCommand = {
      ...command,
      command_id: '00000000-0000-4000-8000-00000000000f',
      action: 'restore',
      restores: COMMAND_ID,
      issued_at: T(20),
      initiating_entity: 'admin',
      approvals: [{ by: 'ana', at: T(20) }],
    };
    const half = judge({ receipts: applied, undo, undoReceipts: [receipt('idp', 'applied', 21)] });
    expect(half.state).toBe('restoring');
    expect(half.sentence).toContain('restored at 09:00:20 by ana, but gateway has not said so yet');
    const both = [receipt('idp', 'applied', 21), receipt('gateway', 'applied', 22)];
    expect(judge({ receipts: applied, undo, undoReceipts: both }).state).toBe('restored');
    // Who could not carry it out has nothing to give back.
    const failed = [receipt('gateway', 'unsupported', 11), receipt('idp', 'applied', 12)];
    const one = [receipt('idp', 'applied', 21)];
    expect(judge({ receipts: failed, undo, undoReceipts: one }).state).toBe('restored');
  });
});
