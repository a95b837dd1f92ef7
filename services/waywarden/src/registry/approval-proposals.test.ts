/**
 * Guarantees: what enough reviewed chains of a registered, proven workflow assembled is proposed to its
 * owner with the bounds that the calls showed; whatever is not reviewed, not proven or stands beside
 * something worse counts for nothing; and no registry takes a proposal that nobody has signed.
 */
import { decideAssembly } from '@waywarden/detector';
import { checkRegistryText } from '@waywarden/responder';
import {
  type Alert,
  eventId,
  type PrivilegeStep,
  policySchema,
  registrySchema,
  TOPICS,
} from '@waywarden/schemas';
import { MemoryTransaction } from '@waywarden/stage';
import { describe, expect, it } from 'vitest';
import { proposeApprovals, sayProposals } from './approval-proposals.ts';

const NOW_MS = Date.parse('2026-11-26T00:00:00Z');
const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'secret-to-egress',
      severity: 'critical',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'send', any: ['send:external'], after: ['read'], link: ['data_flow'] },
      ],
      within: '24h',
    },
  ],
});
const registry = registrySchema.parse({
  version: 1,
  workflows: [{ name: 'key-delivery', owner: { person: 'ana@acme.example' } }],
});
const PROVEN = 'authenticated';
const CLAIMS = {
  ...{ task: PROVEN, workflow: PROVEN, principal: PROVEN, delegation: PROVEN, trace: PROVEN },
  ...{ conversation: PROVEN, approval: PROVEN, outcome: PROVEN, class: PROVEN },
} as const satisfies PrivilegeStep['claims'];

function call(chain: string, name: string, over: Partial<PrivilegeStep>): PrivilegeStep {
  const of = { tenantId: 'acme', sourceKind: 'test', sourceInstance: 'test', agentUid: 'any' };
  return {
    event_id: eventId({ ...of, nativeId: `${chain} ${name}`, phase: 'completed' }),
    ...{ tenant_id: 'acme', chain_id: chain, agent_uid: name, agent_assurance: PROVEN },
    ...{
      claims: CLAIMS,
      event_time_quality: 'measured',
      activity: 'tool_call',
      outcome: 'success',
    },
    ...{ exercise: 'exercised', workflow: 'key-delivery', task_id: chain, agent_role: name },
    ...{ arg_values: [], result_values: [], grants: [], policy_version: 'p1' },
    ...{ values_truncated: false, effect: 'read', capabilities: [], event_time: '' },
    ...over,
  };
}

const key = [{ fp: 'key', kind: 'token' }];
function chainOf(chain: string, over: Partial<PrivilegeStep> = {}): readonly PrivilegeStep[] {
  return [
    call(chain, 'vault', {
      capabilities: [{ symbol: 'read:secret', basis: 'catalogue' }],
      ...{ event_time: '2026-11-24T09:00:00Z', result_values: key },
      target: { system: 'vault', sensitivity: 'secret', environment: 'prod' },
      ...over,
    }),
    call(chain, 'mail', {
      capabilities: [{ symbol: 'send:external', basis: 'catalogue' }],
      ...{ event_time: '2026-11-24T09:10:00Z', arg_values: key, effect: 'send' },
      target: { system: 'mail', resource_type: 'mailbox', sensitivity: 'internal' },
      destination_domain: 'partner.example',
      ...over,
    }),
  ];
}

const names = (n: number) => Array.from({ length: n }, (_, at) => `chain-${at}`);

function propose(
  steps: readonly PrivilegeStep[],
  reviewed: readonly string[],
  change: (alerts: readonly Alert[]) => readonly Alert[] = (alerts) => alerts,
) {
  const transaction = new MemoryTransaction();
  const topic = TOPICS.privilegeSteps.name;
  const at = { topic, partition: 0, offset: 0, key: null, source: 's/0' };
  const control = { kind: 'policy', seq: 1, tenant_id: 'acme', version: 'p1', policy };
  decideAssembly(transaction, { ...at, type: 'control', value: control });
  const alerts = steps
    .flatMap((value) => decideAssembly(transaction, { ...at, type: 'event', value }))
    .map(({ value }) => value as Alert);
  expect(alerts.length).toBeGreaterThan(0);
  const question = { alerts: change(alerts), steps, registry, chainsMin: 5, nowMs: NOW_MS };
  return proposeApprovals({ ...question, reviewed: new Set(reviewed) });
}

describe('a proposal from history', () => {
  const steps = names(5).flatMap((name) => chainOf(name));

  it('names the owner, the roles and the bounds that the calls showed, and what they did not', () => {
    const { proposals, left_out } = propose(steps, names(5));
    expect(left_out).toEqual({});
    expect(proposals).toMatchObject([
      {
        ...{ workflow: 'key-delivery', combination: 'secret-to-egress', chains: 5 },
        ...{ proposed_to: 'ana@acme.example', roles: ['mail', 'vault'] },
        envelope: {
          capabilities: ['read:secret', 'send:external'],
          targets: ['mail/mailbox', 'vault'],
          ...{ sensitivity_max: 'secret', destinations: ['partner.example'], volume: { calls: 2 } },
        },
        ...{ from: '2026-11-26', expires: '2027-02-24', not_bounded: ['environments'] },
      },
    ]);
  });

  it('takes alerts by their own ids too', () => {
    const ids: string[] = [];
    propose(steps, [], (alerts) => {
      ids.push(...alerts.map((one) => one.alert_id));
      return alerts;
    });
    expect(propose(steps, ids).proposals).toHaveLength(1);
  });

  it('asks for enough chains, and counts none that nobody reviewed', () => {
    expect(propose(steps, names(4))).toEqual({
      proposals: [],
      left_out: { 'seen in fewer than 5 reviewed chains of its workflow': 4 },
    });
  });

  it('counts no chain in which something else is open, or the workflow is only asserted', () => {
    const beside = (alerts: readonly Alert[]) => {
      const [first] = alerts;
      if (first === undefined) return alerts;
      return [...alerts, { ...first, alert_id: 'other', kind: 'hijack_suspected' }];
    };
    const ids: string[] = [];
    propose(steps, [], (alerts) => {
      ids.push(...alerts.map((one) => one.alert_id));
      return alerts;
    });
    expect(propose(steps, ids, beside).left_out).toMatchObject({
      'another alert of the chain is not reviewed': 1,
    });
    const claims = { ...CLAIMS, workflow: 'asserted' } as const;
    const asserted = names(5).flatMap((name) => chainOf(name, { claims }));
    expect(propose(asserted, names(5))).toMatchObject({
      proposals: [],
      left_out: { 'workflow or agent is only asserted': 5 },
    });
  });

  it('is refused by every registry until somebody signs it', () => {
    const said = sayProposals(propose(steps, names(5))).filter((line) => /^[ #]/.test(line));
    const text = `version: 1\nworkflows:\n${said.join('\n')}\n`;
    const asked = { combinations: ['secret-to-egress'], nowMs: NOW_MS };
    const refused = checkRegistryText(text, asked);
    expect(refused.errors.map((one) => one.path)).toEqual(
      expect.arrayContaining([expect.stringMatching(/approvals.*by$/)]),
    );
    const signed = text
      .replace(/# by:.*/, 'by: ana@acme.example')
      .replace(/# reason:.*/, 'reason: keys go to the partner');
    expect(checkRegistryText(signed, asked).errors).toEqual([]);
  });
});
