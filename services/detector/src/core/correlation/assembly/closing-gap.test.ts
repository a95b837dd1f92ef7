/**
 * Guarantees: a request of the call that would complete a combination is warned of, once, before it
 * happens, and only where all else holds; a request whose end nobody tells is taken to have perhaps
 * happened after the deadline; and what stands in the end does not depend on when the end came.
 */
import {
  type PrivilegeStep,
  policySchema,
  registrySchema,
  targetProblems,
} from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { assemblyCounters } from './model/stage-counters.ts';
import {
  Bench,
  idOf,
  type StepSketch,
  step,
  stepRecord,
  TENANT,
  watermarkRecord,
} from './testing/step-builder.ts';
import { USUAL_CHAINS_MIN } from './usual-assemblies.ts';

const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'secret-to-egress',
      severity: 'critical',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'send', any: ['send:external'], after: ['read'], link: ['data_flow', 'context'] },
      ],
      within: '24h',
    },
  ],
});

const read = (over: Partial<StepSketch> = {}): PrivilegeStep =>
  step({
    ...{ id: 'read', agent: 'vault-bot', at: 0, capabilities: ['read:secret'] },
    ...{ result: { key: 'secret' } },
    ...over,
  });
const request = (over: Partial<StepSketch> = {}): PrivilegeStep => {
  const { wire, ...rest } = over;
  return step({
    ...{ id: 'ask', agent: 'mail-bot', at: 10, capabilities: ['send:external'] },
    args: { key: 'secret' },
    ...rest,
    wire: { call_uid: 'call-1', exercise: 'requested', outcome: 'unknown', ...wire },
  });
};
const end = (over: Partial<PrivilegeStep> = {}): PrivilegeStep =>
  request({ id: 'send', at: 12, wire: { exercise: 'exercised', outcome: 'success', ...over } });

const kinds = (bench: Bench) => bench.open().map((alert) => alert.kind);
const after = (...steps: readonly PrivilegeStep[]) => {
  const bench = new Bench(policy);
  bench.feed(...steps);
  return bench;
};
const DEADLINE_S = 15 * 60;

describe('a request that would complete a combination', () => {
  it('is warned of before it happens, with who did what, and holds that one call', () => {
    const [alert] = after(read(), request()).open();
    expect(alert).toMatchObject({
      ...{ kind: 'privilege_gap_closing', severity: 'critical', rule_id: 'secret-to-egress' },
      title: 'mail-bot asks for the last step of secret-to-egress',
      subject: { agent_uid: 'mail-bot', task_id: 'task-1' },
      assembly: {
        ...{ completed_by: 'mail-bot', gap_before: ['send:external'], cut_sound: true },
        proof: [idOf('read'), idOf('ask')],
        contributors: [
          { agent_uid: 'vault-bot', exercised: ['read:secret'] },
          { agent_uid: 'mail-bot', exercised: [] },
        ],
        residual_access: [{ what: 'secret_read' }],
        cut: [{ action: 'hold', target: { level: 'call', call_uid: 'call-1' } }],
      },
    });
    expect(alert?.evidence.at(-1)).toMatchObject({ role: 'requested', event_id: idOf('ask') });
    expect(alert?.summary).toBe(
      'vault-bot read a secret by read at 09:00:00. At 09:00:10 mail-bot asked for ask (send:external), which would complete secret-to-egress: a secret went from vault-bot’s read into mail-bot’s ask. Nothing tells yet that it was done.',
    );
    const [inHand] = alert?.assembly?.cut ?? [];
    expect(inHand && targetProblems(inHand.action, inHand.target)).toEqual([]);
  });

  it('is warned of as well where what leads to it comes later', () => {
    expect(kinds(after(request(), read()))).toEqual(['privilege_gap_closing']);
  });

  it('gives way to the alert of the combination when it is done, and stands where it was denied', () => {
    for (const order of [
      [read(), request(), end()],
      [request(), end(), read()],
      [read(), end(), request()],
    ]) {
      expect(kinds(after(...order))).toEqual(['privilege_assembly']);
    }
    const denied = end({ exercise: 'attempted', outcome: 'denied' });
    const [alert] = after(read(), request(), denied).open();
    expect(alert).toMatchObject({ kind: 'privilege_gap_closing', assembly: { cut: [] } });
    expect(alert?.summary).toContain('It was refused, so nothing came of it.');
  });

  it('is withdrawn when nothing came of it', () => {
    const warmedUp = end({ exercise: 'settled', outcome: 'protocol_error' });
    const bench = after(read(), request(), warmedUp);
    expect(bench.open()).toEqual([]);
    expect(bench.alerts.at(-1)).toMatchObject({ state: 'withdrawn' });
  });

  it('is none without a link, before the rest was done, or where the agent may not do it', () => {
    expect(kinds(after(read(), request({ args: { other: 'secret' } })))).toEqual([]);
    expect(kinds(after(request()))).toEqual([]);
    expect(kinds(after(read({ at: 600 }), request()))).toEqual([]);
    expect(kinds(after(read(), request({ grants: ['read:internal'] })))).toEqual([]);
    expect(kinds(after(read(), request({ grants: null })))).toEqual(['privilege_gap_closing']);
  });
});

describe('what a workflow usually does', () => {
  const registry = registrySchema.parse({
    version: 1,
    agents: [],
    workflows: [{ name: 'backup' }],
  });
  const wire = (n: number) => ({
    ...{ workflow: 'backup', registry_version: 'r1' },
    ...{ chain_id: `chain-${n}`, task_id: `task-${n}` },
  });
  const completed = (n: number) => [
    read({ id: `read-${n}`, at: n * 100, wire: wire(n) }),
    {
      ...end(wire(n)),
      event_id: idOf(`send-${n}`),
      event_time: read({ at: n * 100 + 20 }).event_time,
    },
  ];
  const asked = (n: number, over: Partial<PrivilegeStep> = {}) => [
    read({ id: 'own', at: n * 100, wire: { ...wire(n), ...over } }),
    request({ at: n * 100 + 20, wire: { ...wire(n), ...over } }),
  ];
  const bench = () => {
    const made = after();
    made.decide({
      ...stepRecord(read()),
      type: 'control',
      value: { kind: 'registry', seq: 2, tenant_id: TENANT, version: 'r1', registry },
    });
    for (let n = 1; n <= USUAL_CHAINS_MIN; n += 1) made.feed(...completed(n));
    return made;
  };
  const warned = (made: Bench) => kinds(made).includes('privilege_gap_closing');

  it('is not warned of beforehand, and still is an alert when it is done', () => {
    const made = bench();
    made.feed(...asked(9));
    expect(warned(made)).toBe(false);
    expect(made.open()).toHaveLength(USUAL_CHAINS_MIN);
    made.feed({ ...end(wire(9)), event_time: read({ at: 930 }).event_time });
    expect(made.open()).toHaveLength(USUAL_CHAINS_MIN + 1);
  });

  it('excuses neither another workflow nor one that is only asserted', () => {
    const other = bench();
    other.feed(...asked(9, { workflow: 'else' }));
    expect(warned(other)).toBe(true);
    const claimed = bench();
    const claims = { ...read().claims, workflow: 'asserted' as const };
    claimed.feed(...asked(9, { claims }));
    expect(warned(claimed)).toBe(true);
  });
});

describe('a request whose end nobody tells', () => {
  it('may have happened after the deadline: it alerts, and nothing automatic follows', () => {
    const bench = after(read(), request());
    bench.decide(watermarkRecord(DEADLINE_S, 2));
    expect(kinds(bench)).toEqual(['privilege_gap_closing']);
    bench.decide(watermarkRecord(10 + DEADLINE_S + 60, 3));
    const [alert] = bench.open();
    expect(kinds(bench)).toEqual(['privilege_assembly']);
    expect(alert?.assembly?.caveats).toContain('possibly_exercised');
    expect(alert?.summary).toContain('(perhaps: its outcome is unknown)');
  });

  it('did so for certain, or did not, once its end is told after all', () => {
    const late = () => {
      const bench = after(read(), request());
      bench.decide(watermarkRecord(2 * DEADLINE_S, 2));
      return bench;
    };
    const done = late();
    done.feed(end());
    expect(done.open()).toMatchObject([{ kind: 'privilege_assembly', count: 1 }]);
    expect(done.open()[0]?.assembly?.proof).toEqual([idOf('read'), idOf('send')]);
    expect(done.open()[0]?.assembly?.caveats).toEqual([]);
    const denied = late();
    denied.feed(end({ exercise: 'attempted', outcome: 'denied' }));
    expect(kinds(denied)).toEqual(['privilege_gap_closing']);
    const warmedUp = late();
    warmedUp.feed(end({ exercise: 'settled', outcome: 'protocol_error' }));
    expect(warmedUp.open()).toEqual([]);
  });

  it('did nothing where its effect leaves nothing behind', () => {
    const bench = after(read(), request({ wire: { effect: 'read' } }));
    bench.decide(watermarkRecord(2 * DEADLINE_S, 2));
    expect(kinds(bench)).toEqual(['privilege_gap_closing']);
  });

  it('leaves nothing behind when its chain expires', () => {
    const bench = after(read(), request());
    bench.decide(watermarkRecord(DEADLINE_S * 2, 2));
    bench.decide(watermarkRecord(40 * 86_400, 3));
    const retained = [...bench.transaction.entries].map(([key]) => key);
    expect(retained.filter((key) => /^(chain|requests)\//.test(key))).toEqual([]);
    expect(assemblyCounters(bench.transaction).gaps).toBe(0);
  });
});
