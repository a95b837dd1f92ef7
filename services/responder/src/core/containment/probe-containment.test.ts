/** Whether access that was taken is really gone: who is asked, when, and what the answers prove. */
import {
  alertSchema,
  type Receipt,
  type RevocationCommand,
  revocationCommandSchema,
} from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import {
  actEntry,
  alertEntry,
  at,
  callEntry,
  Journal,
  policyEntry,
  receiptEntry,
  registryEntry,
  START,
  TENANT,
  timeEntry,
} from '../../testing/response-fixtures.ts';
import { issuedCommand } from '../model/issued-command.ts';
import { containmentView } from './containment-state.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const GATEWAY = { id: 'gateway', kind: 'http' };
const CANARY = { id: 'canary', kind: 'http', required: false, probes: true };
const TOKEN = { id: 'token', actions: [{ action: 'revoke_token', level: 'task' }] };

const refused = (ms = 2 * MINUTE) => ({ outcome: 'refused', method: 'call', at: at(ms) }) as const;
const open = (ms = 2 * MINUTE) => ({ outcome: 'open', method: 'call', at: at(ms) }) as const;

class Asked extends Journal {
  constructor(receivers: readonly object[] = [GATEWAY, CANARY], agents: readonly string[] = ['a']) {
    super();
    const all = agents.map((one) => ({ uid: `agent-${one}`, class: 'autonomous' }));
    this.add(registryEntry({ receivers, agents: all }));
    this.add(policyEntry({ rules: [TOKEN], limits: { probe_after: '1m' } }));
    for (const one of agents) {
      this.add(alertEntry(one));
      this.add(receiptEntry(this.order(`agent-${one}`), { receiver: 'gateway' }));
    }
  }

  order(agent = 'agent-a'): RevocationCommand {
    const found = this.commands.find(
      (one) => one.action === 'revoke_token' && one.target.agent_uid === agent,
    );
    if (found === undefined) throw new Error('Nothing was ordered.');
    return found;
  }

  get probes(): readonly RevocationCommand[] {
    return this.commands.filter((one) => one.action === 'probe');
  }

  /** The answer of `receiver` to the last probe. */
  answer(receiver: string, probe?: Receipt['probe'], over: Partial<Receipt> = {}): void {
    const asked = this.probes.at(-1);
    if (asked === undefined) throw new Error('Nobody was asked.');
    const found = probe === undefined ? {} : { probe };
    this.add(receiptEntry(asked, { receiver, state: 'applied', ...found, ...over }));
  }

  state(ms = 3 * MINUTE): string {
    const issued = issuedCommand(this.transaction, this.order().command_id);
    if (issued === undefined) throw new Error('It was forgotten.');
    return containmentView(issued, { issuance: undefined, nowMs: Date.parse(START) + ms }).state;
  }
}

describe('who is asked, and when', () => {
  test('those who may probe, once nothing has told for the time that the policy says', () => {
    const journal = new Asked();
    journal.add(timeEntry(59 * SECOND));
    expect(journal.probes).toEqual([]);
    journal.add(timeEntry(61 * SECOND));
    const [probe] = journal.probes;
    const order = journal.order();
    expect(probe).toMatchObject({
      ...{ probes: order.command_id, receivers: ['canary'], target: order.target, drain: 'leave' },
      sequence: order.sequence + 1,
    });
    expect(revocationCommandSchema.safeParse(probe).success).toBe(true);
    const decision = journal.decisions.at(-1);
    expect(decision?.issued_command_ids).toEqual([probe?.command_id]);
    expect(decision?.follows?.command_id).toBe(order.command_id);
  });

  test('nobody before everybody required has applied it, nor where nobody may be asked', () => {
    const nobody = new Asked([GATEWAY]);
    nobody.add(timeEntry(30 * MINUTE));
    expect(nobody.probes).toEqual([]);
    expect(nobody.state(30 * MINUTE)).toBe('applied_re_mintable');
    const halfway = new Asked([GATEWAY, { id: 'late', kind: 'http' }, CANARY]);
    halfway.add(timeEntry(5 * MINUTE));
    expect(halfway.probes).toEqual([]);
    halfway.add(receiptEntry(halfway.order(), { receiver: 'late' }), timeEntry(7 * MINUTE));
    expect(halfway.probes).toHaveLength(1);
  });

  test('nobody once a call was denied, or what was taken was given back', () => {
    const denied = new Asked();
    denied.add(callEntry('a', 'denied'), timeEntry(5 * MINUTE));
    expect(denied.probes).toEqual([]);
    const restored = new Asked();
    restored.add(actEntry('restore', 'ana', { order_id: restored.order().command_id }));
    restored.add(actEntry('restore', 'ben', { order_id: restored.order().command_id }));
    restored.add(timeEntry(5 * MINUTE));
    expect(restored.probes).toEqual([]);
  });

  test('at once where its silence tells nothing because its source is silent too', () => {
    const journal = new Asked();
    const silence = {
      ...{ tenant_id: TENANT, agent_uid: 'agent-a', usual_ms: SECOND },
      ...{ until: at(10 * SECOND), last_call: at(-SECOND) },
    };
    journal.add({ kind: 'silence', silence }, timeEntry(11 * SECOND));
    expect(journal.probes).toHaveLength(1);
  });

  test('again after twice as long where nobody could tell, three times at most', () => {
    const journal = new Asked();
    const asked = [61 * SECOND, 4 * MINUTE, 9 * MINUTE, 40 * MINUTE].map((ms) => {
      journal.add(timeEntry(ms));
      journal.answer('canary', { outcome: 'unable', method: 'call', at: at(ms) });
      return journal.probes.length;
    });
    expect(asked).toEqual([1, 2, 3, 3]);
    expect(new Set(journal.probes.map((one) => one.command_id)).size).toBe(3);
    expect(journal.state(20 * MINUTE)).toBe('applied_re_mintable');
  });

  test('not until tokens that are checked offline have ended', () => {
    const journal = new Asked();
    const until = { receiver: 'gateway', usable_until: at(10 * MINUTE) };
    journal.add(receiptEntry(journal.order(), until), timeEntry(5 * MINUTE));
    expect(journal.probes).toEqual([]);
    journal.add(timeEntry(11 * MINUTE));
    expect(journal.probes).toHaveLength(1);
  });

  test('no more than two a second, in turn', () => {
    const journal = new Asked([GATEWAY, CANARY], ['a', 'b', 'c', 'd', 'e']);
    journal.add(timeEntry(60 * SECOND));
    expect(journal.probes).toHaveLength(1);
    journal.add(timeEntry(61 * SECOND));
    expect(journal.probes).toHaveLength(3);
    journal.add(timeEntry(63 * SECOND));
    expect(journal.probes).toHaveLength(5);
  });
});

describe('what the answers prove', () => {
  const due = (receivers?: readonly object[]) => {
    const journal = new Asked(receivers);
    journal.add(timeEntry(61 * SECOND));
    return journal;
  };

  test('one who tried it and was refused confirms', () => {
    const journal = due();
    expect(journal.state()).toBe('applied_re_mintable');
    journal.answer('canary', refused());
    expect(journal.state()).toBe('confirmed');
    journal.add(timeEntry(30 * MINUTE));
    expect(journal.probes).toHaveLength(1);
  });

  test('one who could still act is a leak that names who said it was stopped, and something stronger follows', () => {
    const journal = due();
    journal.answer('canary', open());
    expect(journal.state()).toBe('leaked');
    const [leak] = journal.alerts;
    expect(alertSchema.safeParse(leak).success).toBe(true);
    expect(leak).toMatchObject({ kind: 'containment_leak', severity: 'critical', evidence: [] });
    expect(leak?.summary).toContain('gateway answered that revoke_token was applied');
    expect(leak?.summary).toContain('canary was asked and tried (call)');
    expect(journal.commands.at(-1)?.action).toBe('block_issuance');
    journal.answer('canary', refused());
    expect(journal.state()).toBe('leaked');
  });

  test('a leak that is only asserted keeps nobody from being asked, nor from being believed', () => {
    const journal = new Asked();
    journal.add(callEntry('a', 'success', { assurance: 'asserted' }), timeEntry(61 * SECOND));
    expect(journal.probes).toHaveLength(1);
    expect(journal.alerts).toMatchObject([{ revision: 1, decisive_assurance: 'asserted' }]);
    journal.answer('canary', open());
    expect(journal.alerts).toHaveLength(2);
    expect(journal.alerts[1]).toMatchObject({ revision: 2, decisive_assurance: 'authenticated' });
    expect(journal.commands.at(-1)?.action).toBe('block_issuance');
  });

  test('a later call that goes through refutes what a probe confirmed', () => {
    const journal = due();
    journal.answer('canary', refused());
    journal.add(callEntry('a', 'success', { event_time: at(3 * MINUTE) }));
    expect(journal.state(4 * MINUTE)).toBe('leaked');
  });

  test('an answer that names a time still to come settles nothing that is seen until then', () => {
    const journal = due();
    journal.answer('canary', refused(30 * MINUTE));
    expect(journal.state()).toBe('confirmed');
    journal.add(callEntry('a', 'unknown', { event_time: at(62 * SECOND) }));
    expect(journal.state(4 * MINUTE)).toBe('unconfirmed');
  });

  test('a refusal of a time before the order was applied proves nothing', () => {
    const journal = due();
    journal.answer('canary', refused(-500));
    expect(journal.state()).toBe('applied_re_mintable');
    const { probe } = issuedCommand(journal.transaction, journal.order().command_id)?.proof ?? {};
    expect(probe?.answers).toMatchObject({
      canary: { outcome: 'unable', method: 'before_the_order' },
    });
  });

  test('who applied it speaks for itself: it confirms only where nobody else may be asked', () => {
    const own = { ...GATEWAY, probes: true };
    const alone = due([own]);
    alone.answer('gateway', refused());
    expect(alone.state()).toBe('confirmed');
    const beside = due([own, CANARY]);
    beside.answer('gateway', refused());
    expect(beside.state()).toBe('applied_re_mintable');
    beside.answer('canary', refused());
    expect(beside.state()).toBe('confirmed');
  });

  test('the own list, an answer without a finding and a refusal to answer prove nothing', () => {
    const journal = due();
    journal.answer('canary', { ...refused(), method: 'own_list' });
    expect(journal.state()).toBe('applied_re_mintable');
    journal.answer('canary');
    journal.answer('canary', refused(), { state: 'failed' });
    journal.answer('canary', undefined, { state: 'unsupported' });
    expect(journal.state()).toBe('applied_re_mintable');
  });

  test('only who was asked, may be asked, and answers that question counts', () => {
    const journal = due([GATEWAY, CANARY, { ...CANARY, id: 'other', subjects: ['agent-z'] }]);
    journal.answer('gateway', open());
    journal.answer('other', open());
    journal.answer('canary', open(), { agent_uid: 'agent-z' });
    journal.add(receiptEntry(journal.order(), { receiver: 'gateway', probe: open() }));
    expect(journal.state()).toBe('applied_re_mintable');
    // Since it was asked it may no longer probe.
    journal.add(registryEntry({ receivers: [GATEWAY, { ...CANARY, probes: false }] }, 2));
    journal.answer('canary', open());
    expect(journal.state()).toBe('applied_re_mintable');
  });

  test('an answer that comes after the order was taken back counts for nothing', () => {
    const journal = due();
    for (const by of ['ana', 'ben']) {
      journal.add(actEntry('restore', by, { order_id: journal.order().command_id }));
    }
    journal.answer('canary', open());
    expect(journal.alerts).toEqual([]);
  });
});
