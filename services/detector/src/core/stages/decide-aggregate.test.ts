/** What snapshots promise: they follow from what was told and not from how it came in, and are bounded. */
import { type BaselinePartial, type BaselineSnapshot, shiftTime } from '@waywarden/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MEMBER_IDLE_DAYS, MEMBERS_MAX, OPEN_DAYS_MAX } from '../baselines/peers/peer-groups.ts';
import { MapTransaction } from '../testing/map-draft.ts';
import { onDay } from '../testing/peer-fleet.ts';
import { aggregateCounters, decideAggregate } from './decide-aggregate.ts';

const HOUR_MS = 3_600_000;

class Aggregate {
  readonly transaction = new MapTransaction();
  #seq = 0;

  announce(...partials: readonly BaselinePartial[]): this {
    for (const one of partials) decideAggregate(this.transaction, this.#record(one, 'event'));
    return this;
  }

  /** The snapshots that follow when time has reached this hour of a day. */
  at(day: number, hours = 2, source = 's/0'): readonly BaselineSnapshot[] {
    this.#seq += 1;
    const value = { seq: this.#seq, time: onDay(day, hours * HOUR_MS) };
    const record = { ...this.#record(value, 'watermark'), source };
    return decideAggregate(this.transaction, record).map((one) => one.value as BaselineSnapshot);
  }

  #record(value: unknown, type: 'event' | 'watermark') {
    return { topic: 't', partition: 0, offset: 0, key: null, source: 's/0', type, value };
  }
}

function told(agent: string, day: number, over: Partial<BaselinePartial> = {}): BaselinePartial {
  return {
    tenant_id: 'acme',
    peer_group: 'clerk//1.0',
    agent_uid: agent,
    window_start: onDay(day - 1),
    reported_at: onDay(day, HOUR_MS),
    counts: { 'first_tool/aaaa': 3, [`first_tool/own-${agent}`]: 1, 'acting_hours/9': 4 },
    day_maxima: { call_rate: [900, 1000, 1100] },
    ...over,
  };
}

const agents = (count: number) => Array.from({ length: count }, (_, n) => `agent-${n}`);

describe('the aggregate stage', () => {
  it('tells of a day two hours after its end, for the day after the next', () => {
    const stage = new Aggregate().announce(...agents(6).map((one) => told(one, 3)));
    expect(stage.at(4, 1.9)).toEqual([]);
    const [snapshot, ...others] = stage.at(4, 2);
    expect(others).toEqual([]);
    expect(snapshot).toMatchObject({
      version: '2026-01-08',
      effective_from: '2026-01-10T00:00:00Z',
      agents: 6,
      volumes: { call_rate: { agents: 6, days: 18, median: 2 } },
      values: { first_tool: { agents: 6, alone: 6 } },
    });
    expect(snapshot?.values['first_tool']?.known['aaaa']).toBe(6);
    expect(snapshot?.hours[9]).toBe(6);
    expect(stage.at(4, 3)).toEqual([]);
  });

  it('counts as usual what agents met on two days, and says since when they told', () => {
    const stage = new Aggregate().announce(...agents(6).map((one) => told(one, 3)));
    const [first] = stage.at(4);
    const since = '2026-01-07T00:00:00Z';
    expect(first).toMatchObject({ since, values: { first_tool: { usual: {} } } });
    const again = agents(6).map((one) =>
      told(one, 4, {
        counts: { 'first_tool/aaaa': 4, 'first_tool/once': 1, [`first_tool/own-${one}`]: 2 },
      }),
    );
    const [second] = stage.announce(...again).at(5);
    expect(second?.values['first_tool']).toMatchObject({ usual: { aaaa: 6 } });
    expect(second?.values['first_tool']?.usual).not.toHaveProperty('once');
    expect(second?.since).toBe(since);
  });

  it('waits for the slowest partition, and counts what is late for the next day', () => {
    const stage = new Aggregate();
    stage.at(0, 1, 's/1');
    stage.announce(...agents(5).map((one) => told(one, 3)));
    expect(stage.at(4, 5)).toEqual([]);
    expect(stage.at(4, 5, 's/1').map(({ agents: n }) => n)).toEqual([5]);
    stage.announce(told('late', 3));
    stage.at(5, 5);
    expect(stage.at(5, 5, 's/1').map(({ agents: n }) => n)).toEqual([6]);
  });

  it('gives the same snapshots in whatever order agents tell, and with the next day’s between', () => {
    const all = [3, 4].flatMap((day) => agents(200).map((one) => told(one, day)));
    const run = (order: readonly BaselinePartial[]) => {
      const stage = new Aggregate().announce(...order);
      return [...stage.at(4), ...stage.at(5)];
    };
    const reference = run(all);
    expect(reference.map(({ agents: n }) => n)).toEqual([MEMBERS_MAX, MEMBERS_MAX]);
    const shuffled = fc.shuffledSubarray(all, { minLength: all.length });
    fc.assert(
      fc.property(shuffled, (order) => {
        expect(run(order)).toEqual(reference);
      }),
      { numRuns: 10 },
    );
  });

  it('goes on the same after a restart', () => {
    const stage = new Aggregate().announce(...agents(6).map((one) => told(one, 3)));
    stage.at(4);
    stage.transaction.readAnew();
    const again = new Aggregate().announce(...agents(6).map((one) => told(one, 3)));
    again.at(4);
    const next = agents(3).map((one) => told(one, 4));
    expect(stage.announce(...next).at(5)).toEqual(again.announce(...next).at(5));
  });

  it('lets one agent in ten do what it likes and moves no scale', () => {
    const usual = agents(18).map((one) => told(one, 3));
    const wild = ['wild-0', 'wild-1'].map((one) =>
      told(one, 3, { day_maxima: { call_rate: [5000, 5000, 5000, 5000] } }),
    );
    const [[without], [with2]] = [
      new Aggregate().announce(...usual).at(4),
      new Aggregate().announce(...usual, ...wild).at(4),
    ];
    const scale = (of: BaselineSnapshot | undefined) => of?.volumes['call_rate']?.scale ?? 0;
    expect(scale(with2)).toBeLessThan(scale(without) * 1.3);
  });

  it('forgets who has long told nothing, and groups with them', () => {
    const stage = new Aggregate().announce(...agents(6).map((one) => told(one, 3)));
    stage.at(4);
    const empty = stage.transaction.entries.size;
    stage.at(3 + MEMBER_IDLE_DAYS + 2);
    const left = [...stage.transaction.entries.keys()].filter((key) =>
      /^(member|places|open)/.test(key),
    );
    expect(empty).toBeGreaterThan(6);
    expect(left).toEqual([]);
  });

  it('is bounded whatever is told', () => {
    const stage = new Aggregate();
    stage.at(3);
    const many = Object.fromEntries(agents(2000).map((one) => [`first_tool/${one}`, 1]));
    for (const one of agents(300)) {
      stage.announce(told(one, 3, { counts: many, day_maxima: { call_rate: Array(30).fill(9) } }));
    }
    stage.announce(
      told('ahead', 0, { reported_at: shiftTime(onDay(3), (OPEN_DAYS_MAX + 9) * 86_400_000) }),
    );
    expect(aggregateCounters(stage.transaction).refused).toBe(1);
    const members = [...stage.transaction.entries].filter(([key]) => key.startsWith('member'));
    expect(members).toHaveLength(MEMBERS_MAX);
    expect(JSON.stringify(members[0]?.[1]).length).toBeLessThan(16_384);
    const [snapshot] = stage.at(4);
    expect(JSON.stringify(snapshot).length).toBeLessThan(16_384);
  });
});
