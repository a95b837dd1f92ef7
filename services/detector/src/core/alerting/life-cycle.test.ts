/** What becomes of alerts that come alike: many agents with one cause are one alert, each agent's are listed under it. */
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';

let n = 0;
const at = (day: number, second: number) =>
  new Date(Date.UTC(2026, 0, 5 + day, 9) + second * 1000).toISOString();

function call(uid: string, day: number, second: number, over: Parameters<typeof event>[1] = {}) {
  n += 1;
  const agent = { uid, name: uid, assurance: 'authenticated' } as const;
  return event(n, { event_time: at(day, second), agent, ...over });
}

/** Agents with ten days of ordinary reads. */
function lived(...uids: readonly string[]): ProfileWorld {
  const world = new ProfileWorld();
  for (let day = 0; day < 10; day += 1) {
    for (const uid of uids) {
      for (let of = 0; of < 10; of += 1) world.feed(call(uid, day, of));
    }
  }
  return world;
}

const ODD = { tool: { name: 'purge', server: 'office' }, effect: 'delete' } as const;

describe('alerts of one cause', () => {
  it('of two agents are two, of a third within the hour all are one, which lists them', () => {
    const world = lived('a', 'b', 'c', 'd');
    const reported = (uid: string, second: number) =>
      world
        .feed(call(uid, 10, second, ODD))
        .filter(({ rule_id }) => rule_id === 'first-seen' || rule_id === 'common-cause')
        .map(({ rule_id, hygiene, subject }) => [rule_id, subject.agent_uid, hygiene === true]);
    expect(reported('a', 0)).toEqual([['first-seen', 'a', false]]);
    expect(reported('b', 60)).toEqual([['first-seen', 'b', false]]);
    const whole = ['common-cause', 'office', false];
    const [third, ...beside] = reported('c', 120);
    expect(third).toEqual(['first-seen', 'c', true]);
    expect(beside).toEqual([whole, ['first-seen', 'a', true], ['first-seen', 'b', true]]);
    expect(reported('d', 180)).toEqual([['first-seen', 'd', true], whole]);
  });
});
