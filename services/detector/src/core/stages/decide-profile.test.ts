import {
  type Alert,
  type PrivilegeStep,
  policySchema,
  registrySchema,
  TOPICS,
} from '@waywarden/schemas';
import { MemoryTransaction, type Output, type StageRecord } from '@waywarden/stage';
import { describe, expect, it } from 'vitest';
import { NEW_CHANCE_MAX } from '../baselines/novelty/novel-value.ts';
import { WARM_CALLS_MIN } from '../baselines/novelty/novelty.ts';
import { CLOCK_SKEW_MAX_MS } from '../domain/day.ts';
import { event, testId } from '../testing/event-builder.ts';
import { decideProfile } from './decide-profile.ts';

function record(value: unknown, type: StageRecord['type'] = 'event', offset = 0): StageRecord {
  return {
    topic: TOPICS.auditEvents.name,
    partition: 0,
    offset,
    key: null,
    type,
    value,
    source: 'audit/i/0',
  };
}

/** A draft that has seen `calls` ordinary reads. */
function warmedUp(calls = WARM_CALLS_MIN + 10): MemoryTransaction {
  const transaction = new MemoryTransaction();
  for (let n = 0; n < calls; n++) decideProfile(transaction, record(event(n)));
  return transaction;
}

const valuesOf = <T>(outputs: readonly Output[], topic: string): T[] =>
  outputs.filter((o) => o.topic === topic && o.type === 'event').map((o) => o.value as T);
const alertsOf = (outputs: readonly Output[]) => valuesOf<Alert>(outputs, TOPICS.alerts.name);
const stepsOf = (outputs: readonly Output[]) =>
  valuesOf<PrivilegeStep>(outputs, TOPICS.privilegeSteps.name).filter(
    // Notes are no steps of a call.
    (step) => step.workload === undefined,
  );

const destroy = (n: number, over = {}) =>
  event(n, { effect: 'delete', tool: { name: 'drop_table', server: 'office' }, ...over });

describe('the profile stage', () => {
  it('alarms on the first destructive call of a settled agent, and says what was usual', () => {
    const alerts = alertsOf(decideProfile(warmedUp(), record(destroy(500))));
    expect(alerts.map((a) => a.rule_id).sort()).toEqual(['first-seen']);
    const [first] = alerts;
    expect(first?.kind).toBe('behavior_deviation');
    expect(first?.title.length).toBeLessThanOrEqual(90);
    expect(first?.reasons[0]?.baseline_n).toBe(WARM_CALLS_MIN + 10);
    expect(first?.evidence[0]?.event_id).toBe(testId(500));
  });

  it('abstains while the agent is young', () => {
    expect(alertsOf(decideProfile(warmedUp(WARM_CALLS_MIN - 1), record(destroy(500))))).toEqual([]);
  });

  it('does not alarm on an agent that is always at something new', () => {
    const transaction = new MemoryTransaction();
    for (let n = 0; n < 200; n++) {
      decideProfile(
        transaction,
        record(event(n, { tool: { name: `tool-${n}` }, effect: 'delete' })),
      );
    }
    expect(1 - 200 / 400).toBeGreaterThan(NEW_CHANCE_MAX);
    expect(alertsOf(decideProfile(transaction, record(destroy(500))))).toEqual([]);
  });

  it('keeps a flagged call from becoming normal: the second one is counted, not forgiven', () => {
    const transaction = warmedUp();
    const [first] = alertsOf(decideProfile(transaction, record(destroy(500))));
    const [second] = alertsOf(decideProfile(transaction, record(destroy(501))));
    expect(second).toMatchObject({ alert_id: first?.alert_id, revision: 2, count: 2 });
    // The count is emitted when it has doubled, not each time.
    expect(alertsOf(decideProfile(transaction, record(destroy(502))))).toEqual([]);
    const [fourth] = alertsOf(decideProfile(transaction, record(destroy(503))));
    expect(fourth).toMatchObject({
      revision: 3,
      count: 4,
      first_detected_at: first?.first_detected_at,
    });
  });

  it('drops a repeated event: no output, no count, no learning', () => {
    const transaction = warmedUp();
    decideProfile(transaction, record(destroy(500)));
    const before = new Map(transaction.entries);
    expect(decideProfile(transaction, record(destroy(500)))).toEqual([]);
    expect(transaction.entries).toEqual(before);
  });

  it('gives the same bytes for the same input, and changes nothing that it was given', () => {
    const input = destroy(500);
    const frozen = structuredClone(input);
    const one = decideProfile(warmedUp(), record(input));
    const two = decideProfile(warmedUp(), record(structuredClone(input)));
    expect(JSON.stringify(one)).toBe(JSON.stringify(two));
    expect(input).toEqual(frozen);
  });

  it('survives that its state is stored and read back', () => {
    const stored = new MemoryTransaction();
    for (const [key, value] of warmedUp().entries) {
      stored.put(key, JSON.parse(JSON.stringify(value)));
    }
    expect(JSON.stringify(decideProfile(stored, record(destroy(500))))).toBe(
      JSON.stringify(decideProfile(warmedUp(), record(destroy(500)))),
    );
  });

  it('lets no event from the future move the agent’s clock further than the allowed lead', () => {
    const transaction = warmedUp();
    const [alert] = alertsOf(
      decideProfile(
        transaction,
        record(destroy(500, { event_time: '2026-03-01T00:00:00.000000000Z' })),
      ),
    );
    const observed = Date.parse(event(500).observed_time);
    expect(Date.parse(alert?.detected_at ?? '')).toBe(observed + CLOCK_SKEW_MAX_MS);
  });

  it('says how weak the weakest decisive claim is', () => {
    const asserted = destroy(500, {
      claims: { ...event(0).claims, task: 'asserted' as const },
    });
    const [alert] = alertsOf(decideProfile(warmedUp(), record(asserted)));
    expect(alert?.decisive_assurance).toBe('asserted');
  });
});

describe('a hijack', () => {
  const request = { terms: ['read'], tokens: [], values: [], delegates: false };
  const thief = 'id-of-the-thief';
  const read = (n: number, assurance: 'asserted' | 'authenticated') =>
    event(n, {
      agent: { uid: 'triage', assurance },
      claims: { ...event(0).claims, task: assurance },
      task: { id: 'task-9', purpose: request },
      tool: { name: 'read_inbox' },
      result: {
        trust: 'untrusted',
        passages: [
          {
            actions: ['send'],
            mark: 0.98,
            tokens: ['customer', 'list'],
            ids: [thief],
          },
        ],
        free_text_ids: [thief],
      },
    });
  const send = (n: number, assurance: 'asserted' | 'authenticated') =>
    event(n, {
      agent: { uid: 'triage', assurance },
      claims: { ...event(0).claims, task: assurance },
      task: { id: 'task-9', purpose: request },
      effect: 'send',
      tool: { name: 'send_email' },
      args: {
        items: [
          { path: 'to', class: 'atom', tokens: ['customer', 'list'], ids: [thief], id_like: true },
        ],
      },
    });
  const hijacks = (transaction: MemoryTransaction, value: ReturnType<typeof event>) =>
    alertsOf(decideProfile(transaction, record(value))).filter(
      (a) => a.kind === 'hijack_suspected',
    );

  it('that was only asserted first does not shield the task from what is proven later', () => {
    const transaction = new MemoryTransaction();
    decideProfile(transaction, record(read(1, 'asserted')));
    const [asserted] = hijacks(transaction, send(2, 'asserted'));
    expect(asserted).toMatchObject({ revision: 1, decisive_assurance: 'asserted' });
    decideProfile(transaction, record(read(3, 'authenticated')));
    const [proven] = hijacks(transaction, send(4, 'authenticated'));
    expect(proven).toMatchObject({
      incident_id: asserted?.incident_id,
      revision: 1,
      count: 1,
      decisive_assurance: 'authenticated',
    });
    expect(proven?.alert_id).not.toBe(asserted?.alert_id);
  });

  it('names the planted value before the place where it stood, and is one incident for all', () => {
    const fp = 'a'.repeat(64);
    const planted = (agent: string) => {
      const transaction = new MemoryTransaction();
      const own = { agent: { uid: agent, assurance: 'authenticated' as const } };
      const { result, ...mail } = read(1, 'authenticated');
      const values = [{ fp, kind: 'email', instructed: true }];
      const target = { system: 'mail', resource_id: 'ticket-7' };
      const seen = { ...mail, ...own, target, result: { ...result, values } };
      decideProfile(transaction, record({ ...seen, event_id: mail.event_id }));
      const call = send(2, 'authenticated');
      const args = { ...call.args, values: [{ fp, kind: 'email', path: 'to' }] };
      return hijacks(transaction, { ...call, ...own, args })[0];
    };
    const [one, other] = [planted('triage'), planted('helper')];
    expect(one?.origins).toEqual([{ fp }, { resource_id: 'ticket-7' }]);
    expect(other?.incident_id).toBe(one?.incident_id);
  });

  it('is no stronger than the event that brought the text', () => {
    const transaction = new MemoryTransaction();
    decideProfile(transaction, record(read(1, 'asserted')));
    const [alert] = hijacks(transaction, send(2, 'authenticated'));
    expect(alert?.decisive_assurance).toBe('asserted');
    expect(alert?.evidence.map((e) => [e.role, e.assurance])).toEqual([
      ['deviating_call', 'authenticated'],
      ['read_instruction', 'asserted'],
    ]);
  });
});

describe('privilege steps', () => {
  it.each([
    ['success', 'send', 'exercised'],
    ['denied', 'send', 'attempted'],
    ['tool_error', 'pay', 'possibly'],
    ['cancelled', 'delete', 'possibly'],
  ] as const)('an outcome %s of effect %s is %s', (outcome, effect, exercise) => {
    const [step] = stepsOf(
      decideProfile(new MemoryTransaction(), record(event(1, { outcome, effect }))),
    );
    expect(step?.exercise).toBe(exercise);
  });

  it.each([
    ['a read that failed', { outcome: 'tool_error' as const }],
    ['a call that is only requested', { phase: 'requested' as const }],
    ['a dry run', { effect: 'pay' as const, args: { features: { dry_run: true } } }],
    ['a call without capability or value', { capabilities: [] }],
  ])('%s is no step', (_, over) => {
    expect(stepsOf(decideProfile(new MemoryTransaction(), record(event(1, over))))).toEqual([]);
  });

  it('carries the grants of the registry, of the scopes, or what both allow', () => {
    const registry = (grants?: string[]) =>
      registrySchema.parse({
        version: 1,
        agents: [{ uid: 'reporter', ...(grants === undefined ? {} : { grants }) }],
        scope_map: { 'crm.read': ['read:personal'] },
      });
    const grantsWith = (grants: string[] | undefined, scopes?: string[]) => {
      const transaction = new MemoryTransaction();
      const control = {
        kind: 'registry',
        seq: 1,
        tenant_id: 'acme',
        version: 'v',
        registry: registry(grants),
      };
      decideProfile(transaction, record(control, 'control'));
      const [step] = stepsOf(
        decideProfile(transaction, record(event(1, scopes === undefined ? {} : { scopes }))),
      );
      return step?.grants;
    };
    expect(grantsWith(undefined)).toBeNull();
    expect(grantsWith([])).toEqual([]);
    expect(grantsWith(['read:*'])).toEqual(['read:*']);
    expect(grantsWith(undefined, ['crm.read'])).toEqual(['read:personal']);
    expect(grantsWith(undefined, ['unknown.scope'])).toBeNull();
    expect(grantsWith(['read:*', 'send:external'], ['crm.read'])).toEqual(['read:personal']);
  });
});

describe('control records and watermarks', () => {
  it('are forwarded to every partition once, whatever is repeated', () => {
    const transaction = new MemoryTransaction();
    const control = {
      kind: 'policy',
      seq: 1,
      tenant_id: 'acme',
      version: 'p1',
      policy: policySchema.parse({ version: 1 }),
    };
    const watermark = { seq: 2, time: '2026-01-05T10:00:00Z' };
    const outputs = [
      ...decideProfile(transaction, record(control, 'control')),
      ...decideProfile(transaction, record(control, 'control')),
      ...decideProfile(transaction, record(watermark, 'watermark')),
      ...decideProfile(transaction, record(watermark, 'watermark')),
    ];
    expect(outputs.map((o) => [o.topic, o.partition, o.type])).toEqual([
      [TOPICS.privilegeSteps.name, 'all', 'control'],
      [TOPICS.valueFlows.name, 'all', 'control'],
      [TOPICS.privilegeSteps.name, 'all', 'watermark'],
      [TOPICS.valueFlows.name, 'all', 'watermark'],
      [TOPICS.baselinePartials.name, 'all', 'watermark'],
    ]);
  });

  it('stamp the policy version on steps and alerts', () => {
    const transaction = warmedUp();
    const policy = {
      kind: 'policy',
      seq: 1,
      tenant_id: 'acme',
      version: 'p1',
      policy: policySchema.parse({ version: 1 }),
    };
    decideProfile(transaction, record(policy, 'control'));
    const outputs = decideProfile(transaction, record(destroy(500)));
    expect(alertsOf(outputs)[0]?.policy_version).toBe('p1');
    expect(stepsOf(outputs)[0]?.policy_version).toBe('p1');
  });
});
