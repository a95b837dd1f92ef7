/**
 * The result is a function of the set of steps: any interleaving that keeps each agent's own order,
 * with repeats, ends in the same open alerts; so does any order at all.
 */
import { type PrivilegeStep, policySchema } from '@waywarden/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bench, step, stepRecord } from './testing/step-builder.ts';

const ANY = ['secret_use', 'delegation', 'data_flow', 'context'];
const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'trifecta',
      severity: 'high',
      steps: [
        { id: 'ingest', any: ['ingest:untrusted'] },
        { id: 'read', any: ['read:personal'], after: ['ingest'], link: ANY },
        { id: 'send', any: ['send:external'], after: ['read'], link: ANY },
      ],
      within: '1h',
    },
    {
      id: 'egress',
      severity: 'critical',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'send', any: ['send:external'], after: ['read'], link: ['data_flow', 'secret_use'] },
      ],
    },
    {
      id: 'branch',
      severity: 'medium',
      steps: [
        { id: 'a', any: ['read:personal'] },
        { id: 'b', any: ['read:secret'] },
        { id: 'c', any: ['send:external'], after: ['a', 'b'] },
      ],
    },
    // What the language can say beside links: each kind of tie and condition once.
    {
      id: 'laundering',
      severity: 'high',
      kind: 'privilege_assembly',
      kind_one_agent: 'guardrail_probing',
      steps: [
        { id: 'denied', any: ['*'], attempted: true },
        {
          id: 'done',
          any: ['*'],
          after: ['denied'],
          same: { as: 'denied', of: ['capability', 'object_or_value'] },
          differs: { from: 'denied', of: ['agent', 'tool'] },
          unless: { approved_by_human: true },
        },
      ],
    },
    {
      id: 'grantee',
      severity: 'high',
      steps: [
        { id: 'grant', any: ['grant:access'] },
        { id: 'use', any: ['read:*'], after: ['grant'], link: ['grantee'] },
      ],
    },
    {
      id: 'checker',
      severity: 'high',
      steps: [
        { id: 'make', any: ['write:data'] },
        {
          id: 'check',
          any: ['approve:change'],
          after: ['make'],
          link: ['same_object', 'data_flow'],
        },
      ],
      pairs: [{ steps: ['make', 'check'], are: 'not_independent' }],
    },
    {
      id: 'derived',
      severity: 'high',
      kind: 'privilege_assembly',
      steps: [
        { id: 'parent', any: ['*'] },
        {
          id: 'child',
          any: ['*'],
          after: ['parent'],
          link: ['derived_credential'],
          beyond_scopes_of: 'parent',
        },
      ],
    },
    {
      id: 'memory',
      severity: 'high',
      actors: 'different',
      steps: [
        { id: 'keep', any: ['write:data'] },
        { id: 'recall', any: ['read:*'], after: ['keep'], link: ['resource'], direct: true },
        { id: 'act', any: ['send:external', 'grant:access'], after: ['recall'] },
      ],
    },
  ],
});

const AGENTS = ['ann', 'bob', 'cyd'];
const CAPABILITIES = [
  ...['ingest:untrusted', 'read:personal', 'read:secret', 'send:external'],
  ...['write:data', 'approve:change', 'grant:access', 'create:credential'],
];
const values = fc.dictionary(
  fc.constantFrom('v1', 'v2', 'v3', 'v4'),
  fc.constantFrom('email', 'secret', 'iban'),
  { maxKeys: 2 },
);

/** Hundreds of chains, each concluded twice: long on a machine with other work. */
const ORDER_TEST_MS = 240_000;

/** One agent's next call; gaps go from none to beyond the skew bound. */
const call = fc.record({
  agent: fc.constantFrom(...AGENTS),
  gap: fc.constantFrom(0, 1, 30, 100, 200),
  capabilities: fc.subarray(CAPABILITIES, { maxLength: 2 }),
  args: values,
  result: values,
  grants: fc.constantFrom(null, ['*'], ['read:*'], ['read:*', 'send:*', 'ingest:*'], []),
  exercise: fc.constantFrom('exercised', 'exercised', 'possibly', 'attempted'),
  delegate: fc.option(fc.constantFrom(...AGENTS), { freq: 4 }),
  parent: fc.option(fc.constantFrom(...AGENTS), { freq: 4 }),
  span: fc.option(fc.constantFrom('s1', 's2', 's3'), { freq: 3 }),
  parentSpan: fc.option(fc.constantFrom('s1', 's2', 's3'), { freq: 3 }),
  ref: fc.option(fc.nat(10), { freq: 8 }),
  credential: fc.option(fc.constantFrom('v1', 'v2'), { freq: 6 }),
  quality: fc.constantFrom('measured', 'measured', 'synthetic'),
  task: fc.constantFrom('t1', 't1', 't2'),
  seq: fc.boolean(),
  object: fc.option(fc.constantFrom('o1', 'o2'), { freq: 2 }),
  grantee: fc.option(fc.constantFrom(...AGENTS), { freq: 3 }),
  uid: fc.option(fc.constantFrom('k1', 'k2', 'o1'), { freq: 3 }),
  parentUid: fc.option(fc.constantFrom('k1', 'k2'), { freq: 3 }),
  scopes: fc.constantFrom(null, ['*'], ['read:*'], []),
  principal: fc.option(fc.constantFrom('p1', 'p2'), { freq: 3 }),
  owner: fc.option(fc.constantFrom('w1', 'w2'), { freq: 3 }),
  effect: fc.constantFrom(null, 'read', 'update'),
  assured: fc.constantFrom('authenticated', 'authenticated', 'asserted'),
});
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

const given = <T>(key: string, value: T | null) => (value === null ? {} : { [key]: value });

/** Calls to steps: each agent's time rises by its own clock. */
function toSteps(calls: readonly Call[]): readonly PrivilegeStep[] {
  const clocks = new Map<string, number>();
  return calls.map((one, n) => {
    const at = (clocks.get(one.agent) ?? 0) + one.gap;
    clocks.set(one.agent, at);
    return step({
      ...{ id: `c${n}`, agent: one.agent, at, capabilities: one.capabilities },
      ...{ args: one.args, result: one.result, grants: one.grants },
      wire: {
        exercise: one.exercise as PrivilegeStep['exercise'],
        event_time_quality: one.quality as PrivilegeStep['event_time_quality'],
        task_id: one.task,
        ...given('delegate_uid', one.delegate),
        ...given('parent_agent_uid', one.parent),
        ...given('span_id', one.span),
        ...given('parent_span_id', one.parentSpan),
        ...given('delegation_ref', one.ref === null ? null : `c${one.ref}`),
        ...given('credential_fp', one.credential),
        ...given('source_seq', one.seq ? { source: one.agent, seq: n } : null),
        ...given('target', one.object === null ? null : { resource_id: one.object }),
        ...given('grantee_uid', one.grantee),
        ...given('credential_uid', one.uid),
        ...given('credential_parent_uid', one.parentUid),
        ...given('scope_grants', one.scopes),
        ...given('principal_uid', one.principal),
        ...given('agent_owner', one.owner),
        ...given('effect', one.effect),
        agent_assurance: one.assured as PrivilegeStep['agent_assurance'],
      },
    });
  });
}

/** Merges the agents' own sequences by a list of choices; some records come twice. */
function interleave(steps: readonly PrivilegeStep[], choices: readonly number[]) {
  const queues = AGENTS.map((uid) => steps.filter((one) => one.agent_uid === uid));
  const merged: PrivilegeStep[] = [];
  for (let at = 0; queues.some((queue) => queue.length > 0); at += 1) {
    const open = queues.filter((queue) => queue.length > 0);
    const choice = choices[at % choices.length] ?? 0;
    const next = open[choice % open.length]?.shift();
    if (next === undefined) break;
    merged.push(next);
    if (choice % 5 === 0) merged.push(merged[choice % merged.length] as PrivilegeStep);
  }
  return merged;
}

/** All of an alert but what tells when it was concluded. */
function conclusions(steps: readonly PrivilegeStep[]) {
  const bench = new Bench(policy);
  bench.feed(...steps);
  return bench.open().map((alert) => {
    const { revision, detected_at, first_detected_at, supersedes, count, ...rest } = alert;
    return rest;
  });
}

const many = fc.array(call, { minLength: 2, maxLength: 14 });
const picks = fc.array(fc.nat(60), { minLength: 1, maxLength: 30 });

describe('arrival', () => {
  it(
    'does not matter while each agent keeps its own order, repeats included',
    () => {
      let alerting = 0;
      fc.assert(
        fc.property(many, picks, (calls, choices) => {
          const steps = toSteps(calls);
          const plain = conclusions(steps);
          alerting += plain.length > 0 ? 1 : 0;
          expect(conclusions(interleave(steps, choices))).toEqual(plain);
        }),
        { numRuns: 300 },
      );
      expect(alerting).toBeGreaterThan(100);
    },
    ORDER_TEST_MS,
  );

  it(
    'does not matter even when agents lose their own order',
    () => {
      const shuffled = many.chain((calls) =>
        fc.tuple(
          fc.constant(calls),
          fc.shuffledSubarray(
            calls.map((_, n) => n),
            { minLength: calls.length },
          ),
        ),
      );
      fc.assert(
        fc.property(shuffled, ([calls, order]) => {
          const steps = toSteps(calls);
          const mixed = order.flatMap((n) => steps[n] ?? []);
          expect(conclusions(mixed)).toEqual(conclusions(steps));
        }),
        { numRuns: 300 },
      );
    },
    ORDER_TEST_MS,
  );

  it(
    'leaves its input and earlier state untouched',
    () => {
      fc.assert(
        fc.property(many, (calls) => {
          const bench = new Bench(policy);
          for (const one of toSteps(calls)) {
            const [input, state] = [
              structuredClone(one),
              structuredClone(bench.transaction.entries),
            ];
            const before = new Map(bench.transaction.entries);
            bench.decide(stepRecord(one));
            expect(one).toEqual(input);
            expect(before).toEqual(state);
          }
        }),
        { numRuns: 100 },
      );
    },
    ORDER_TEST_MS,
  );

  it(
    'gives the same outputs for the same order, and state that survives JSON',
    () => {
      fc.assert(
        fc.property(many, (calls) => {
          const [one, two] = [new Bench(policy), new Bench(policy)];
          for (const value of toSteps(calls)) {
            const json = [...two.transaction.entries].map(([key, retained]) => [
              key,
              JSON.stringify(retained),
            ]);
            for (const [key, retained] of json)
              two.transaction.entries.set(key ?? '', JSON.parse(retained ?? ''));
            expect(two.feed(value)).toEqual(one.feed(value));
          }
        }),
        { numRuns: 200 },
      );
    },
    ORDER_TEST_MS,
  );
});
