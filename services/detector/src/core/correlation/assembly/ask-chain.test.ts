/**
 * Guarantees: what is new completes at once; what is told anew, or taken back, by however many, makes
 * a chain ask once, after all of it; and until then nothing that was told is lost.
 */
import { type Alert, type PrivilegeLink, TOPICS } from '@waywarden/schemas';
import type { Output, StageRecord } from '@waywarden/stage';
import { describe, expect, it } from 'vitest';
import { decideAssembly } from '../../stages/decide-assembly.ts';
import { MapTransaction } from '../../testing/map-draft.ts';
import { SECRET_TO_EGRESS as policy } from './testing/secret-to-egress.ts';
import { idOf, step, TENANT } from './testing/step-builder.ts';

const FEW = ['one', 'two', 'three', 'four'];

const send = step({
  ...{ id: 'send', agent: 'sender', at: 600, capabilities: ['send:external'] },
  args: Object.fromEntries(FEW.map((name) => [`key ${name}`, 'token'])),
});

/** A secret read in another chain, and used by the sender. */
function linkFrom(name: string): PrivilegeLink {
  const result = { [`key ${name}`]: 'token' };
  const capabilities = ['read:secret'];
  const read = step({ id: `read ${name}`, agent: name, at: 0, capabilities, result });
  return {
    ...{ tenant_id: TENANT, chain_id: 'chain-1', from_chain_id: `chain of ${name}` },
    ...{ from_event: idOf(`read ${name}`), to_event: idOf('send'), via: 'data_flow' },
    ...{ strength: 0.7, hops: 1, capabilities: read.capabilities, event_time: send.event_time },
    ...{ fp: `key ${name}`, method: { from: 'result', to: 'argument' }, from_agent_uid: name },
    ...{ assurance: 'authenticated', edges: [] },
    calls: [{ ...read, chain_id: `chain of ${name}` }],
  };
}

const withdrawn = (link: PrivilegeLink): PrivilegeLink => ({ ...link, withdrawn: true, calls: [] });

class Bench {
  readonly #transaction = new MapTransaction();

  constructor() {
    this.#take('control', { kind: 'policy', seq: 1, tenant_id: TENANT, version: 'p1', policy });
    this.announce(send);
  }

  announce(value: unknown): readonly Output[] {
    return this.#take('event', value);
  }

  #take(type: StageRecord['type'], value: unknown): readonly Output[] {
    const place = { topic: TOPICS.privilegeSteps.name, partition: 0, offset: 0, key: null };
    return decideAssembly(this.#transaction, { ...place, type, value, source: 'test/0' });
  }
}

const alertsOf = (outputs: readonly Output[]) =>
  outputs.filter(({ topic }) => topic === TOPICS.alerts.name).map(({ value }) => value as Alert);

describe('a chain into which others lead', () => {
  it('says at once what a link completes', () => {
    const [alert] = alertsOf(new Bench().announce(linkFrom('one')));
    expect(alert).toMatchObject({ rule_id: 'secret-to-egress', state: 'open' });
  });

  it('asks once, of its own, when several take back what they told', () => {
    const bench = new Bench();
    for (const name of FEW) bench.announce(linkFrom(name));
    const said = FEW.flatMap((name) => bench.announce(withdrawn(linkFrom(name))));
    expect(said.map(({ value }) => value)).toMatchObject([{ ask: true, chain_id: 'chain-1' }]);
    const [own] = said;
    expect(alertsOf(bench.announce(own?.value))).toMatchObject([{ state: 'withdrawn' }]);
    // Its record came through a second time: there is nothing to ask any more.
    expect(bench.announce(own?.value)).toEqual([]);
  });

  it('takes what is new while it waits to ask, and says it then', () => {
    const bench = new Bench();
    bench.announce(linkFrom('one'));
    const [own] = bench.announce(withdrawn(linkFrom('one')));
    expect(bench.announce(linkFrom('two'))).toEqual([]);
    const alerts = alertsOf(bench.announce(own?.value));
    expect(alerts.at(-1)).toMatchObject({ state: 'open' });
    expect(alerts.at(-1)?.assembly?.proof).toContain(idOf('read two'));
  });

  it('asks again for what is told after it has asked', () => {
    const bench = new Bench();
    for (const name of FEW) bench.announce(linkFrom(name));
    const [first] = bench.announce(withdrawn(linkFrom('one')));
    bench.announce(first?.value);
    const [second] = bench.announce(withdrawn(linkFrom('two')));
    expect(second?.value).toMatchObject({ ask: true });
    expect(second?.id).not.toBe(first?.id);
  });
});
