import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { agentKey, readAgentKey } from './agent-key.ts';
import { EARLIER_NAMES } from './earlier-keys.ts';
import { eachKnown, keepKnown, knownOf } from './known-of-agent.ts';

const agent = event(1);
const other = event(2, { agent: { ...agent.agent, uid: 'other' } });

describe('what is known of an agent', () => {
  it('is known by its name, whatever else is, and of this agent alone', () => {
    const draft = new MapDraft();
    for (const name of EARLIER_NAMES) {
      expect(knownOf(draft, agent, name)).toBeUndefined();
      keepKnown(draft, agent, name, [name]);
    }
    for (const name of EARLIER_NAMES) {
      expect(knownOf(draft, agent, name)).toEqual([name]);
      expect(knownOf(draft, other, name)).toBeUndefined();
    }
  });

  it('is each a value of its own once what stands together is taken apart', () => {
    const draft = new MapDraft();
    for (const name of EARLIER_NAMES) keepKnown(draft, agent, name, [name]);
    const apart = [...draft.entries].flatMap(([key, value]) =>
      eachKnown(readAgentKey(key)?.name ?? '', value),
    );
    expect(new Map(apart)).toEqual(new Map(EARLIER_NAMES.map((name) => [name, [name]])));
    // Twenty-nine keys of eighteen characters, where there were fifty-two of twenty-one.
    expect(draft.entries.size).toBe(29);
  });

  it('takes no more than a character where nothing is, and changes no value that was read', () => {
    const draft = new MapDraft();
    keepKnown(draft, agent, 'pace', 1);
    const before = draft.get(agentKey(agent, 'standing'));
    keepKnown(draft, agent, 'effects', 2);
    expect(before).toEqual([0, 1]);
    expect(draft.get(agentKey(agent, 'standing'))).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
    expect(knownOf(draft, agent, 'clock')).toBeUndefined();
  });
});
