import { type Registry, registrySchema } from '@waywarden/schemas';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildAlert, uuidOf } from '../testing/triage-builders.ts';
import { type Headers, WorkWorld } from '../testing/work-world.ts';
import type { RulesPort } from './rules-port.ts';

const AGENT = 'spiffe://acme/agent/mail-1';
const start: Registry = registrySchema.parse({
  version: 1,
  agents: [{ uid: AGENT, class: 'assistive', profile: { tools: ['mail/send'] } }],
  workflows: [{ name: 'month-end' }],
});

/** A registry that is published in memory. */
class Rules {
  registry: Registry = start;
  gone: readonly string[] = [];
  taken = true;
  readonly texts = new Map<string, string>();
  readonly port: RulesPort = {
    registry: () => this.registry,
    registryVersion: () => this.#versionOf(this.registry),
    versionOf: (registry) => this.#versionOf(registry),
    publish: async (registry, _, expected) => {
      if (!this.taken || expected !== this.#versionOf(this.registry))
        return 'Another registry was published in between.';
      this.registry = registry;
      return undefined;
    },
    proposeApproval: async () => ({
      ...{ workflow: 'month-end', owner: 'dana', not_bounded: [] },
      approval: { combination: 'pay', envelope: {}, from: '2026-11-24', expires: '2027-02-22' },
    }),
    replay: async () => ({ gone: new Set(this.gone), notReplayed: new Set() }),
    publishing: {
      refusal: (kind) => (kind === 'policy' ? 'The shipped policy is in force.' : undefined),
      version: (kind) => (kind === 'registry' ? this.#versionOf(this.registry) : null),
      replace: async (_, text, __, expected) => {
        if (expected !== this.#versionOf(this.registry)) return 'Another one was published.';
        this.registry = registrySchema.parse(JSON.parse(text));
        return undefined;
      },
      texts: {
        keep: (id, text) => void this.texts.set(id, text),
        read: (id) => this.texts.get(id),
        drop: (id) => void this.texts.delete(id),
        keepOnly: (ids) => {
          for (const id of this.texts.keys()) if (!ids.has(id)) this.texts.delete(id);
        },
      },
    },
    page: () => ({}) as never,
    check: (kind, text) => {
      const errors = registrySchema.safeParse(JSON.parse(text)).success ? 0 : 1;
      const isSame = text === JSON.stringify(this.registry);
      return { kind, findings: [], errors, warnings: 0, changes: isSame ? [] : ['  + agent'] };
    },
    begin: () => undefined,
    tries: () => [],
    sources: () => [],
  };

  #versionOf(registry: Registry): string {
    const text = JSON.stringify(registry);
    return `v${[...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1e9, 7)}`;
  }
}

let world: WorkWorld;
let rules: Rules;
const who: Record<string, Headers> = {};

beforeAll(async () => {
  rules = new Rules();
  world = await WorkWorld.open({ rules: rules.port, registry: () => rules.registry });
  await world.addRoles(['viewer', 'analyst', 'responder', 'admin']);
  for (const role of ['viewer', 'analyst', 'responder', 'admin']) {
    who[role] = await world.signIn(role);
  }
  const profile = { kind: 'outside_profile', rule_id: 'outside-profile' };
  const reasons = [{ feature: 'rule', text: 'outside', observed: 'tools: erp/pay' }];
  const assembly = { kind: 'privilege_assembly', rule_id: 'pay' };
  const alerts = [
    buildAlert({ alert_id: uuidOf(1) }),
    buildAlert({ alert_id: uuidOf(2) }),
    buildAlert({ alert_id: uuidOf(3) }),
    buildAlert({ alert_id: uuidOf(4), ...profile, reasons }),
    buildAlert({ alert_id: uuidOf(5), ...profile, reasons }),
    buildAlert({ alert_id: uuidOf(6), ...assembly }),
    buildAlert({ alert_id: uuidOf(7), ...assembly }),
    buildAlert({ alert_id: uuidOf(8), kind: 'containment_leak', rule_id: 'leak' }),
    ...[10, 8, 9, 30].map((calls, n) =>
      buildAlert({
        ...{ alert_id: uuidOf(20 + n), kind: 'class_drift', rule_id: 'unattended-calls' },
        ...{ subject_class: 'autonomous' as const, hygiene: n === 2 },
        reasons: [{ feature: 'rule', text: 'alone', observed: `${calls} calls in a row` }],
      }),
    ),
  ];
  for (const alert of alerts) await world.alert(alert);
  await vi.waitFor(async () => {
    const list = await world.ask(
      'GET',
      '/v1/console/alerts?state=all&hygiene=include',
      who['viewer'] ?? {},
    );
    expect(list.body.total).toBe(alerts.length);
  }, 5_000);
  for (const n of [3, 21]) await close(n, 'true_positive');
  for (const n of [1, 4, 6, 8]) await close(n, 'false_positive');
}, 60_000);

afterAll(() => world.close());
beforeEach(() => {
  rules.taken = true;
  rules.gone = [];
});

function close(n: number, classification: string) {
  const alerts = [{ alert_id: uuidOf(n) }];
  const change = { state: 'closed', classification };
  return world.ask('POST', '/v1/triage', who['analyst'] ?? {}, { alerts, change, reason: 'seen' });
}

interface Option {
  readonly what: string;
  readonly print: string;
  readonly refused: string | null;
  readonly effect: { readonly shown: readonly object[] };
}
const NO_OPTION: Option = { what: '', print: '-', refused: null, effect: { shown: [] } };

async function preview(n: number, what: string) {
  const body = { alert_id: uuidOf(n), days: 30 };
  const answer = await world.ask('POST', '/v1/tuning/preview', who['analyst'] ?? {}, body);
  const options: readonly Option[] = answer.body.options;
  return { ...answer.body, option: options.find((one) => one.what === what) ?? NO_OPTION };
}

const accept = (n: number, what: string, print: string, role = 'admin') =>
  world.ask('POST', '/v1/tuning', who[role] ?? {}, {
    ...{ alert_id: uuidOf(n), what, print, reason: 'month-end run', days: 30 },
  });

describe('after a false positive', () => {
  it('a suppression is proposed with the true positive and the open one that it would hide', async () => {
    const { option } = await preview(1, 'suppression');
    expect(option).toMatchObject({
      permission: 'respond',
      scope: { agent_uid: AGENT, rule_id: 'hijack' },
      effect: { gone: 3, true_positives: 1, unjudged: 1 },
    });
    expect(option.effect.shown[0]).toMatchObject({ alert_id: uuidOf(3) });
    const given = await accept(1, 'suppression', option.print, 'responder');
    expect(given.body).toMatchObject({ by: 'responder', tuning: { state: 'accepted' } });
    const { suppressions } = (await world.ask('GET', '/v1/suppressions', who['viewer'] ?? {})).body;
    expect(suppressions).toMatchObject([{ id: given.body.tuning.suppression_id, endedAt: null }]);
    const id = given.body.tuning.tuning_id;
    const reverted = await world.ask('DELETE', `/v1/tuning/${id}`, who['responder'] ?? {});
    expect(reverted.body).toMatchObject({ revertedBy: 'responder' });
    const after = (await world.ask('GET', '/v1/suppressions', who['viewer'] ?? {})).body;
    expect(after.suppressions[0].endedAt).not.toBe(null);
  });

  it('what a profile lacks is proposed by one, declared by an admin, signed, and taken out again', async () => {
    const { option } = await preview(4, 'profile');
    expect(option).toMatchObject({ effect: { gone: 2, unjudged: 1 }, refused: null });
    expect((await accept(4, 'profile', option.print, 'analyst')).status).toBe(403);
    const proposed = await accept(4, 'profile', option.print, 'responder');
    expect(proposed.body).toMatchObject({ proposedBy: 'responder', tuning: { state: 'proposed' } });
    expect(rules.registry).toEqual(start);
    expect((await preview(4, 'profile')).option).toMatchObject({ proposed_by: 'responder' });
    expect((await accept(4, 'profile', option.print, 'responder')).status).toBe(409);
    const scopes = ['read', 'triage', 'respond'];
    const asked = { label: 'ci', scopes, days: 1 };
    const { token } = (await world.ask('POST', '/v1/tokens', who['admin'] ?? {}, asked)).body;
    who['a token of an admin'] = { authorization: `Bearer ${token}` };
    expect((await accept(4, 'profile', option.print, 'a token of an admin')).status).toBe(403);
    delete who['a token of an admin'];
    const both = [option.print, option.print].map((print) => accept(4, 'profile', print));
    const [given, again] = await Promise.all(both);
    if (given === undefined || again === undefined) throw new Error('Two answers were expected.');
    expect([given.status, again.status]).toEqual([200, 409]);
    expect(rules.registry.agents[0]?.profile?.tools).toEqual(['mail/send', 'erp/pay']);
    expect(given.body).toMatchObject({ by: 'admin', proposedBy: 'responder' });
    const { tuning } = given.body;
    expect(tuning.registry_after).toBe(rules.port.registryVersion());
    const triage = await world.ask('GET', `/v1/alerts/${uuidOf(4)}/triage`, who['viewer'] ?? {});
    expect(JSON.stringify(triage.body.triage.history)).toContain('accepted a change of rules');
    await world.ask('DELETE', `/v1/tuning/${tuning.tuning_id}`, who['admin'] ?? {});
    expect(rules.registry).toEqual(start);
  });

  it('an approval names who approves, and is refused where it does not cover the alert', async () => {
    expect((await preview(6, 'approval')).option.refused).toContain('would come all the same');
    rules.gone = [uuidOf(6)];
    const { option } = await preview(6, 'approval');
    expect(option).toMatchObject({ effect: { gone: 1, unjudged: 0 }, refused: null });
    const own = await accept(6, 'approval', option.print);
    expect(own.body.tuning.state).toBe('proposed');
    expect((await accept(6, 'approval', option.print)).body.message).toContain('You proposed it');
    const withdraw = `/v1/tuning/${own.body.tuning.tuning_id}`;
    await world.ask('DELETE', withdraw, who['responder'] ?? {});
    expect(rules.registry).toEqual(start);
    await accept(6, 'approval', option.print, 'responder');
    expect((await accept(6, 'approval', option.print)).status).toBe(200);
    expect(rules.registry.workflows[0]?.approvals).toMatchObject([
      { combination: 'pay', by: 'admin', reason: 'month-end run' },
    ]);
  });

  it('a threshold says which alerts lie within it, the true one among them, and what that rests on', async () => {
    const { option } = await preview(20, 'threshold');
    expect(option).toMatchObject({
      effect: { alike: 4, tried: 4, gone: 3, true_positives: 1, rests_on: 'values' },
    });
    expect(option.effect.shown[0]).toMatchObject({ alert_id: uuidOf(21) });
  });

  it('what was looked at must still be so', async () => {
    rules.gone = [uuidOf(6)];
    const { option } = await preview(6, 'approval');
    rules.gone = [uuidOf(6), uuidOf(7)];
    const { status, body } = await accept(6, 'approval', option.print);
    expect([status, body.message]).toEqual([409, expect.stringContaining('has changed since')]);
  });

  it('a registry that came in between is not overwritten, and that is written down', async () => {
    const { option } = await preview(4, 'profile');
    const before = rules.registry;
    rules.taken = false;
    await accept(4, 'profile', option.print, 'responder');
    expect((await accept(4, 'profile', option.print)).status).toBe(409);
    expect(rules.registry).toBe(before);
    const { changes } = (await world.ask('GET', '/v1/tuning', who['viewer'] ?? {})).body;
    expect(changes[0]).toMatchObject({ tuning: { state: 'accepted' }, revertedBy: 'admin' });
  });

  it('nothing is proposed that would silence a containment, and nothing of what nobody called false', async () => {
    const { options, not_proposed: why } = await preview(8, 'suppression');
    expect([options, why]).toEqual([[], [expect.stringContaining("can't be suppressed")]]);
    const open = await preview(2, 'suppression');
    const { status, body } = await accept(2, 'suppression', open.option.print);
    expect([status, body.message]).toEqual([409, expect.stringContaining('first')]);
  });

  it('a change of rules can’t be slipped in as triage', async () => {
    const tuning = { tuning_id: uuidOf(70), state: 'accepted', what: 'approval' };
    const answer = await world.ask('POST', '/v1/triage', who['analyst'] ?? {}, {
      ...{ alerts: [{ alert_id: uuidOf(1) }], change: { tuning }, reason: 'x y z' },
    });
    expect(answer.status).toBe(400);
  });
});

describe('another registry', () => {
  const next = { ...start, agents: [...start.agents, { uid: 'agent/new', class: 'assistive' }] };
  const text = JSON.stringify(registrySchema.parse(next));
  const propose = (role: string, of: string = text) =>
    world.ask('POST', '/v1/rules/proposals', who[role] ?? {}, {
      ...{ kind: 'registry', text: of, reason: 'a new agent' },
    });
  const decide = (role: string, id: string, act: 'publish' | 'withdraw') =>
    world.ask('POST', `/v1/rules/proposals/${id}/${act}`, who[role] ?? {}, { reason: 'looked' });

  it('is published by another person than the one who proposed it, and once', async () => {
    const { body } = await propose('responder');
    expect(body).toMatchObject({ by: 'responder', state: 'waits', problem: null });
    expect(body.changes).toEqual(['  + agent']);
    const shown = await world.ask('GET', `/v1/rules/proposals/${body.id}`, who['viewer'] ?? {});
    expect(shown.body.text).toBe(text);
    expect((await decide('responder', body.id, 'publish')).status).toBe(403);
    const published = await decide('admin', body.id, 'publish');
    expect(published.body).toMatchObject({ state: 'published', ended: { by: 'admin' } });
    expect(rules.registry.agents.map((one) => one.uid)).toContain('agent/new');
    expect((await decide('admin', body.id, 'publish')).status).toBe(409);
    expect(rules.texts.size).toBe(0);
  });

  it('is not published by the admin who proposed it, nor after it was withdrawn', async () => {
    const own = await propose('admin', JSON.stringify(start));
    expect((await decide('admin', own.body.id, 'publish')).body.message).toContain(
      'You proposed it',
    );
    expect((await decide('responder', own.body.id, 'withdraw')).body.state).toBe('withdrawn');
    expect((await decide('admin', own.body.id, 'publish')).status).toBe(409);
  });

  it('is not published where another one came between, or its file was changed', async () => {
    const { body: first } = await propose('responder', JSON.stringify(start));
    const { body: changed } = await propose('responder', JSON.stringify(start));
    rules.texts.set(changed.id, text);
    expect((await decide('admin', changed.id, 'publish')).body.message).toContain(
      'propose it anew',
    );
    rules.registry = { ...rules.registry, workflows: [] };
    expect((await decide('admin', first.id, 'publish')).body.message).toContain('Another registry');
  });

  it('that was signed and is not in force, as after a crash, can be published again', async () => {
    const { body } = await propose('responder', text);
    const { replace } = rules.port.publishing;
    Object.assign(rules.port.publishing, { replace: () => new Promise(() => undefined) });
    const once = decide('admin', body.id, 'publish');
    await vi.waitFor(() =>
      expect(world.work.follower.board.proposals().at(-1)?.state).toBe('published'),
    );
    Object.assign(rules.port.publishing, { replace });
    await world.stopServing();
    await world.serve({ rules: rules.port, registry: () => rules.registry });
    for (const role of Object.keys(who)) who[role] = await world.signIn(role);
    await vi.waitFor(async () => {
      const again = await decide('admin', body.id, 'publish');
      expect(again.body).toMatchObject({ state: 'published' });
    }, 5_000);
    expect(rules.registry.agents.map((one) => one.uid)).toContain('agent/new');
    void once;
  });

  it('is refused at once where it could not be published', async () => {
    const policy = { kind: 'policy', text: '{}', reason: 'stricter' };
    const answer = await world.ask('POST', '/v1/rules/proposals', who['responder'] ?? {}, policy);
    expect(answer).toMatchObject({
      status: 409,
      body: { message: 'The shipped policy is in force.' },
    });
  });

  it('is not proposed with errors, or where it is what is in force', async () => {
    expect((await propose('responder', '{"agents":1}')).status).toBe(400);
    expect((await propose('responder', JSON.stringify(rules.registry))).status).toBe(400);
    expect((await propose('analyst')).status).toBe(403);
  });

  it('is found again after a restart, with who did what', async () => {
    await world.stopServing();
    await world.serve({ rules: rules.port, registry: () => rules.registry });
    const viewer = await world.signIn('viewer');
    await vi.waitFor(async () => {
      const { body } = await world.ask('GET', '/v1/rules/proposals', viewer);
      const states = body.proposals.map((one: { state: string }) => one.state);
      expect(states).toEqual(['published', 'waits', 'waits', 'withdrawn', 'published']);
    }, 5_000);
  });
});
