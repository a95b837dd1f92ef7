/**
 * What can become of a revocation, each as an agent's story in steps: between any two of them the
 * responder or the receivers may be killed, and the end must be the same.
 */
import { expect } from 'vitest';
import type { Player } from './player.ts';
import type { ReceiverDoes } from './receivers.mjs';

export interface Scenario {
  readonly key: string;
  readonly class?: string;
  /** Of its registry entry, what is special. */
  readonly registered?: object;
  /** Its own; absent: the one that all others share, which does what it is told. */
  readonly receivers?: readonly {
    readonly id: string;
    readonly does: ReceiverDoes | 'down';
    /** Of one that probes: at whose door. */
    readonly of?: string;
  }[];
  readonly steps: readonly ((player: Player) => Promise<unknown>)[];
}

export const uidOf = (key: string, round: number) => `agent/${key}-${round}`;

/** Who was handed on to, one by the other. */
const DELEGATES = ['first', 'second', 'third'] as const;
const APPLIED = ['applied_re_mintable', 'contained'];
const nothing = async (player: Player) => expect(await player.actions()).toEqual([]);
const hijacked = (player: Player) => player.hijack();
const applied = (player: Player) => player.state(APPLIED);

async function leaked(player: Player, credential?: string): Promise<void> {
  await player.call(credential === undefined ? {} : { credential });
  const { leak } = await player.state('leaked');
  expect(leak?.receivers.length).toBeGreaterThan(0);
}

export const SCENARIOS: readonly Scenario[] = [
  {
    key: 'denied',
    steps: [
      hijacked,
      applied,
      async (player) => {
        const { command_id: ground } = await player.state(APPLIED);
        await player.call({ outcome: 'denied', ground });
      },
      async (player) => expect((await player.state('confirmed')).denied?.by_order).toBe(true),
    ],
  },
  {
    key: 'liar',
    receivers: [{ id: 'liar', does: 'apply' }],
    steps: [
      hijacked,
      applied,
      leaked,
      async (player) => {
        expect((await player.state('leaked')).leak?.receivers).toEqual(['liar']);
        await player.escalated();
      },
    ],
  },
  {
    key: 'minted',
    steps: [
      hijacked,
      (player) => player.state('applied_re_mintable'),
      (player) => leaked(player, 'minted-later'),
    ],
  },
  {
    key: 'issuer',
    class: 'semi_autonomous',
    receivers: [
      { id: 'issuer-gateway', does: 'apply' },
      { id: 'issuer-idp', does: 'issue' },
    ],
    steps: [hijacked, (player) => player.state('contained')],
  },
  {
    key: 'deaf',
    class: 'semi_autonomous',
    receivers: [{ id: 'deaf-idp', does: 'issue' }],
    steps: [
      async (player) => {
        for (const agoMs of [8000, 6000, 4000, 2000]) await player.call({ agoMs }, 'deaf');
        await player.hijack({ source: 'deaf' });
      },
      (player) => player.state('unconfirmed'),
    ],
  },
  {
    // Nobody calls again, and nobody would hear it: who is asked tells.
    key: 'probed',
    receivers: [
      { id: 'probed-gateway', does: 'apply' },
      { id: 'probed-canary', does: 'probe', of: 'probed-gateway' },
    ],
    steps: [
      async (player) => {
        for (const agoMs of [8000, 6000, 4000, 2000]) await player.call({ agoMs }, 'deaf');
        await player.hijack({ source: 'deaf' });
      },
      async (player) => {
        const { denied, probe } = await player.state('confirmed');
        expect([denied, probe?.confirmed_by]).toEqual([null, 'probed-canary']);
      },
    ],
  },
  {
    key: 'feigned',
    receivers: [
      { id: 'feigned-gateway', does: 'lie' },
      { id: 'feigned-canary', does: 'probe', of: 'feigned-gateway' },
    ],
    steps: [
      hijacked,
      async (player) => {
        const { leak } = await player.state('leaked');
        expect(leak).toMatchObject({ event_id: null, receivers: ['feigned-gateway'] });
        await player.escalated();
      },
    ],
  },
  {
    key: 'down',
    receivers: [
      { id: 'down-gateway', does: 'down' },
      { id: 'down-other', does: 'apply' },
    ],
    steps: [hijacked, (player) => player.state('partly_applied'), (player) => player.escalated()],
  },
  {
    key: 'half',
    receivers: [{ id: 'half-gateway', does: 'half' }],
    steps: [hijacked, (player) => player.state('partly_applied'), (player) => player.escalated()],
  },
  {
    key: 'unable',
    receivers: [{ id: 'unable-gateway', does: 'nothing' }],
    steps: [hijacked, (player) => player.state('failed'), (player) => player.escalated()],
  },
  {
    // Handed on three times: whoever holds access from the hijacked one loses it with it.
    key: 'cascade',
    steps: [
      async (player) => {
        const above = [player.agent];
        for (const name of DELEGATES) {
          const delegate = player.inMyTask(name);
          await delegate.call({ actsFor: above });
          above.push(delegate.agent);
        }
      },
      hijacked,
      applied,
      async (player) => {
        for (const name of DELEGATES) await player.inMyTask(name).state(APPLIED);
      },
      // The last of them goes on: that is a leak of its own order and of the one above.
      async (player) => {
        const above = [
          player.agent,
          ...DELEGATES.slice(0, -1).map((one) => `${player.agent}-${one}`),
        ];
        await player.inMyTask(DELEGATES.at(-1) ?? '').call({ actsFor: above });
        await player.state('leaked');
      },
    ],
  },
  {
    // Another job uses the same credential: two people decide, and one of them is not two.
    key: 'shared',
    class: 'assistive',
    steps: [
      async (player) => {
        const credential = `key-of-${player.agent}`;
        await player.inMyTask('night-job').call({ credential });
        await player.hijack({ credential });
      },
      (player) => player.withheld('bystanders_affected'),
      nothing,
      async (player) => {
        const { decision_id } = await player.withheld('bystanders_affected');
        await player.act('approve', 'ana', { decision_id });
        await player.withheld('second_person_needed');
        await player.act('approve', 'ana', { decision_id });
      },
      nothing,
      async (player) => {
        const { decision_id } = await player.withheld('bystanders_affected');
        await player.act('approve', 'ben', { decision_id });
      },
      async (player) => {
        const { target } = await player.state(APPLIED);
        expect(target.level).toBe('credential');
      },
    ],
  },
  {
    // The credential was revoked, and another agent gets through with it.
    key: 'stolen',
    class: 'assistive',
    steps: [
      (player) => player.hijack({ credential: `key-of-${player.agent}` }),
      applied,
      async (player) => {
        const credential = `key-of-${player.agent}`;
        await player.inMyTask('thief').call({ credential });
      },
      async (player) => {
        const { leak, leak_by_other: other } = await player.state('leaked');
        expect([leak, other?.agent_uid]).toEqual([null, `${player.agent}-thief`]);
        expect(await player.actions()).toEqual(['revoke_token']);
      },
    ],
  },
  {
    // Contained in its task, it goes on without naming one, and with another credential.
    key: 'untied',
    steps: [
      hijacked,
      applied,
      (player) => player.call({ taskless: true, credential: 'spare' }),
      async (player) => {
        const { untied, leak } = await player.state('unconfirmed');
        expect([leak, untied?.credential_uid]).toEqual([null, 'spare']);
        expect(await player.actions()).toEqual(['revoke_token']);
      },
    ],
  },
  {
    // Refused for another reason: that proves nothing of the order.
    key: 'refused-otherwise',
    steps: [
      hijacked,
      applied,
      (player) => player.call({ outcome: 'denied', ground: 'rate-limit' }),
      async (player) => {
        const { command_id: ground } = await player.state(APPLIED);
        await player.call({ outcome: 'denied', ground });
        expect((await player.state('confirmed')).denied?.by_order).toBe(true);
      },
    ],
  },
  {
    key: 'taskless',
    steps: [
      (player) => player.hijack({ taskless: true }),
      (player) => player.withheld('target_incomplete'),
      nothing,
    ],
  },
  {
    key: 'ends',
    class: 'human_triggered',
    steps: [
      hijacked,
      (player) => player.state([...APPLIED, 'lapsed']),
      (player) => player.state(['contained', 'unconfirmed'], 'require_step_up'),
    ],
  },
  {
    key: 'restored',
    receivers: [{ id: 'restored-gateway', does: 'apply' }],
    steps: [
      hijacked,
      applied,
      async (player) => {
        const { command_id: order } = await player.state(APPLIED);
        await player.act('restore', 'ana', { order_id: order });
      },
      (player) => player.state('restored'),
      (player) => player.call(),
      async (player) => expect((await player.state('restored')).leak).toBeNull(),
    ],
  },
  {
    key: 'finished',
    steps: [(player) => player.call(), (player) => player.call({ activity: 'task_end' }), applied],
  },
  {
    key: 'forged',
    steps: [
      (player) => player.call(),
      (player) => player.call({ activity: 'task_end' }, 'boaster'),
      (player) => player.withheld('claim_only_asserted'),
      nothing,
    ],
  },
  {
    key: 'asserted',
    steps: [
      (player) => player.hijack({ source: 'boaster' }),
      (player) => player.withheld('claim_only_asserted'),
      nothing,
    ],
  },
  {
    key: 'blackout',
    registered: { blackout: ['daily 00:00-24:00'] },
    steps: [
      hijacked,
      (player) => player.withheld('blackout'),
      async (player) => expect(await player.ordered()).toEqual(['require_step_up']),
    ],
  },
  {
    key: 'shadow',
    class: 'scheduled_job',
    steps: [hijacked, (player) => player.withheld('rule_in_shadow'), nothing],
  },
];
