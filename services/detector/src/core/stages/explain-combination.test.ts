/**
 * Guarantees: what leads into a chain from another counts when a combination is explained as it does
 * when it is decided, is named with its chain, and a value that was too common to link is said to be.
 */
import type { PrivilegeLink } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { chainsLeadingTo } from '../correlation/assembly/proof/explained-links.ts';
import { SECRET_TO_EGRESS as policy } from '../correlation/assembly/testing/secret-to-egress.ts';
import { idOf, step, TENANT } from '../correlation/assembly/testing/step-builder.ts';
import { explainFiring } from './explain-combination.ts';

const result = { key: 'token' };
const read = step({ id: 'read', agent: 'reader', at: 0, capabilities: ['read:secret'], result });
const elsewhere = { ...read, chain_id: 'chain-2' };
const send = step({
  ...{ id: 'send', agent: 'sender', at: 600, capabilities: ['send:external'] },
  args: { key: 'token' },
});
const link: PrivilegeLink = {
  ...{ tenant_id: TENANT, chain_id: 'chain-1', from_chain_id: 'chain-2' },
  ...{ from_event: idOf('read'), to_event: idOf('send'), via: 'data_flow', strength: 0.7, hops: 1 },
  ...{ capabilities: read.capabilities, event_time: send.event_time, fp: 'key' },
  ...{ method: { from: 'result', to: 'argument' }, from_agent_uid: 'reader' },
  ...{ assurance: 'authenticated', calls: [elsewhere], edges: [] },
};
const why = (...links: readonly PrivilegeLink[]) =>
  explainFiring(policy, 'secret-to-egress', [send], links);

describe('a combination over two chains', () => {
  it('is said to fire through the link, and to lack the call without it', () => {
    expect(why(link)).toMatchObject({ fired: true, holds: ['send', 'read'] });
    expect(why()).toMatchObject({ lacks: 'read', because: ['no call did read:secret'] });
  });

  it('is quiet again after a withdrawal, and a link into another chain says nothing here', () => {
    expect(why(link, { ...link, withdrawn: true, calls: [] })).toMatchObject({ fired: false });
    expect(why({ ...link, chain_id: 'chain-3' })).toMatchObject({ fired: false });
  });

  it('names the chain of a call that is linked otherwise than it is asked for', () => {
    const said = why({ ...link, via: 'delegation', method: { from: 'hand_over', to: 'root_key' } });
    expect(said?.because[0]).toContain('of chain chain-2');
    expect(said?.because[0]).toContain('asks for data_flow');
  });

  it('is listed with the chains that lead there', () => {
    expect(chainsLeadingTo('chain-1', [link])).toEqual([
      { chain: 'chain-2', calls: 1, via: ['data_flow'] },
    ]);
    expect(chainsLeadingTo('chain-2', [link])).toEqual([]);
  });

  it('says of a value that is too common that it links nothing', () => {
    const { calls, edges, ...rest } = link;
    const until = '2027-01-01T00:00:00Z';
    const hub = { ...rest, hub: true, hub_times: [{ from: '2026-01-01T00:00:00Z', until }] };
    const own = explainFiring(policy, 'secret-to-egress', [read, send], [hub]);
    expect(own?.because[0]).toContain('(token) is seen in too many other chains to link by');
  });
});
