/** What is new of an agent: which of it alarms, and what said beforehand excuses. */
import { type AuditEvent, type RegistryAgent, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { keepKnown, knownOf } from '../kept/known-of-agent.ts';
import { declare } from '../profile/declarations.ts';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { type Kept, NOTHING_MET, WHOLE } from './met-values.ts';
import { FACETS } from './registry.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 5, 9);
const timeAt = (day: number, n: number) =>
  new Date(START_MS + day * DAY_MS + n * 60_000).toISOString();

const NOVELTY = FACETS.filter(({ name }) => name.startsWith('first_'));

function entry(profile: RegistryAgent['profile'] = {}): RegistryAgent {
  const agents = [{ uid: 'reporter', class: 'autonomous', profile }];
  const [agent] = registrySchema.parse({ version: 1, agents }).agents;
  if (agent === undefined) throw new Error('The registry names one agent.');
  return agent;
}

const crm: Partial<AuditEvent> = {
  tool: { name: 'get_customer', server: 'crm' },
  target: { system: 'crm', resource_type: 'customer', resource_id: 'c-1' },
};

/** So many days with ten calls each, all learnt. */
function after(days: number, of: (n: number) => Partial<AuditEvent> = () => crm): MapDraft {
  const draft = new MapDraft();
  for (let n = 0; n < days * 10; n += 1) {
    const one = event(n, { event_time: timeAt(Math.floor(n / 10), n % 10), ...of(n) });
    for (const facet of NOVELTY) facet.learn(draft, one, false);
  }
  return draft;
}

interface Asked {
  readonly day?: number;
  readonly registered?: RegistryAgent;
}

/** The facets that alarm, with how gravely. */
function alarms(
  draft: MapDraft,
  over: Partial<AuditEvent>,
  { day = 20, registered = entry() }: Asked = {},
): Readonly<Record<string, string>> {
  const one = event(9000, { event_time: timeAt(day, 30), ...over });
  const scores = NOVELTY.map((facet) => facet.score(draft, one, registered));
  const told = scores.flatMap((one) => (one?.alarm === undefined ? [] : [one]));
  return Object.fromEntries(told.map(({ facet, alarm }) => [facet, alarm?.severity ?? '']));
}

function declared(draft: MapDraft, of: string, over: Partial<AuditEvent> = {}): MapDraft {
  const target = { resource_id: of };
  const said = { activity: 'config_change', effect: 'configure' as const, target };
  const principal = { uid: 'release-office' };
  declare(draft, event(8000, { event_time: timeAt(20, 0), principal, ...said, ...over }));
  return draft;
}

const open: Partial<AuditEvent> = {
  effect: 'create',
  tool: { name: 'create_case', server: 'desk' },
  target: { system: 'desk', resource_type: 'case' },
  capabilities: [{ symbol: 'write:data', basis: 'operator' }],
};
const outside = [{ symbol: 'send:external@prod', basis: 'catalogue' as const }];
const pay: Partial<AuditEvent> = {
  effect: 'pay',
  tool: { name: 'pay', server: 'bank' },
  target: { system: 'bank', resource_type: 'account', resource_id: 'acct-new' },
  capabilities: [{ symbol: 'initiate:payment', basis: 'operator' }],
};
const secret: Partial<AuditEvent> = {
  tool: { name: 'get_secret', server: 'vault' },
  target: { system: 'vault', resource_type: 'secret', sensitivity: 'secret' },
  capabilities: [{ symbol: 'read:secret', basis: 'operator' }],
};

describe('a declared change', () => {
  it('is needed: a new tool with an effect alarms without', () => {
    const told = { first_tool: 'medium', first_effect: 'medium', first_target: 'low' };
    expect(alarms(after(20), open)).toEqual(told);
  });

  it.each(['release/2', 'tool/desk', 'tool/desk/v3', 'tool/desk/create_case'])(
    'as %s covers what it brings, for a day',
    (of) => {
      expect(alarms(declared(after(20), of), open)).toEqual({});
      expect(alarms(declared(after(20), of), open, { day: 22 })).toHaveProperty('first_tool');
    },
  );

  it.each(['tool/mail', 'tool/desk/close_case', 'tool/des', 'model/m-2'])(
    'as %s does not cover another tool',
    (of) => {
      expect(alarms(declared(after(20), of), open)).toHaveProperty('first_tool');
    },
  );

  it('that is only asserted covers nothing', () => {
    const agent = { uid: 'reporter', assurance: 'asserted' as const };
    expect(alarms(declared(after(20), 'release/2', { agent }), open)).toHaveProperty('first_tool');
  });

  it('that the agent makes of itself excuses nothing, and the alarm says so', () => {
    const draft = declared(after(20), 'release/2', { principal: undefined });
    expect(alarms(draft, open)).toEqual(alarms(after(20), open));
    const [facet] = NOVELTY;
    const one = event(9000, { event_time: timeAt(20, 30), ...open });
    expect(facet?.score(draft, one, entry())?.alarm?.summary).toContain(
      'declared beforehand by itself (release/2)',
    );
  });

  it('does not say by the way that an agent pays or reads secrets', () => {
    for (const one of [pay, secret]) {
      const without = alarms(after(20), one);
      expect(Object.keys(without).length).toBeGreaterThan(0);
      expect(alarms(declared(after(20), 'release/2'), one)).toEqual(without);
      expect(alarms(declared(after(20), 'tool/bank'), one)).toEqual(without);
    }
  });

  it('of the very tool that pays makes it less grave, and its counterparty no less new', () => {
    const payer = after(20, (n) => (n % 10 === 9 ? { ...pay, target: { resource_id: 'a' } } : crm));
    expect(alarms(declared(after(20), 'tool/bank/pay'), pay)).toMatchObject({
      first_tool: 'low',
      first_effect: 'low',
    });
    const every = after(60, () => ({ ...pay, target: { ...pay.target, resource_id: 'acct-1' } }));
    expect(alarms(declared(every, 'tool/bank/pay'), pay)).toEqual({ first_counterparty: 'medium' });
    expect(alarms(payer, pay)).not.toHaveProperty('first_effect');
  });
});

describe('a profile', () => {
  const tools = ['bank/*', 'crm/*', 'desk/*'];

  it('that declares a tool excuses the tool, and no counterparty, effect or target', () => {
    const registered = entry({ tools });
    const payer = after(50, (n) =>
      n % 3 === 2 ? { ...pay, target: { ...pay.target, resource_id: `acct-${n % 9}` } } : crm,
    );
    expect(alarms(payer, pay, { day: 50, registered })).toEqual({ first_counterparty: 'medium' });
    expect(alarms(after(20), open, { registered })).toEqual({
      first_effect: 'medium',
      first_target: 'low',
    });
  });

  it('that declares a tool by a pattern excuses a newcomer’s first ordinary effect, and nothing grave', () => {
    const registered = entry({ tools });
    const inFirstWeek = { day: 6, registered };
    const mail = { ...open, effect: 'send' as const, capabilities: outside };
    for (const one of [open, mail]) {
      expect(alarms(after(6), one, inFirstWeek)).toEqual({});
      expect(alarms(after(6), one, { day: 6 })).toHaveProperty('first_effect');
      expect(alarms(after(20), one, { registered })).toHaveProperty('first_effect');
    }
    const grave: readonly Partial<AuditEvent>[] = [
      pay,
      { ...open, effect: 'delete' },
      { ...open, effect: 'grant' },
      { ...open, target: { ...open.target, sensitivity: 'restricted' } },
      { ...open, capabilities: [{ symbol: 'create:credential', basis: 'operator' }] },
      { ...open, capabilities: [{ symbol: 'publish:public', basis: 'operator' }] },
    ];
    for (const one of grave) {
      expect(alarms(after(6), one, inFirstWeek)).toMatchObject({
        first_effect: 'medium',
        first_target: 'low',
      });
    }
    const elsewhere = { ...open, target: { system: 'payroll', resource_type: 'slip' } };
    expect(alarms(after(6), elsewhere, inFirstWeek)).toEqual({ first_target: 'low' });
  });

  it('that names the tool whole excuses what the tool does, unless that can’t be undone', () => {
    const registered = entry({ tools: ['desk/create_case', 'bank/pay'] });
    expect(alarms(after(20), open, { registered })).toEqual({});
    expect(alarms(after(20), pay, { registered })).toMatchObject({ first_effect: 'low' });
    const granted = (...grants: string[]) => ({ registered: { ...registered, grants } });
    expect(alarms(after(20), pay, granted('initiate:payment'))).not.toHaveProperty('first_effect');
    for (const other of ['*', 'initiate:*', 'read:internal']) {
      expect(alarms(after(20), pay, granted(other))).toMatchObject({ first_effect: 'low' });
    }
    const elsewhere = { ...open, target: { system: 'payroll', resource_type: 'bank_details' } };
    expect(alarms(after(20), elsewhere, { registered })).toEqual({ first_target: 'low' });
  });

  it('that names the destination excuses it', () => {
    const payer = after(60, () => ({ ...pay, target: { ...pay.target, resource_id: 'acct-1' } }));
    const mail = { args: { hash: 'h', features: { destination_domain: 'mail.nordwind.example' } } };
    const of = (...destinations: string[]) => ({ registered: entry({ tools, destinations }) });
    expect(alarms(payer, pay, of('acct-new'))).toEqual({});
    expect(alarms(payer, { ...pay, ...mail }, of('nordwind.example'))).toEqual({});
    for (const other of [of('*'), of('acct-2')]) {
      expect(alarms(payer, pay, other)).toEqual({ first_counterparty: 'medium' });
    }
  });
});

describe('an agent that only reads', () => {
  const update = { ...open, effect: 'update' as const, tool: { name: 'set', server: 'payroll' } };

  it('alarms with its first update, after a week', () => {
    expect(alarms(after(20), update)).toEqual({ first_effect: 'medium' });
    expect(alarms(after(6), update, { day: 6 })).toEqual({});
    const writer = after(20, (n) => (n % 10 === 9 ? { ...update, tool: open.tool } : crm));
    expect(alarms(writer, update)).toEqual({});
  });

  it('does not where the profile names the tool whole or a release was declared', () => {
    const registered = entry({ tools: ['payroll/set'] });
    expect(alarms(after(20), update, { registered })).toEqual({});
    expect(alarms(declared(after(20), 'release/2'), update)).toEqual({});
  });
});

describe('restricted data', () => {
  const salary = { system: 'hr', resource_type: 'salary', sensitivity: 'restricted' as const };
  const fromHr = { tool: { name: 'get_salary', server: 'hr' }, target: salary };
  const told = { ...crm, target: { ...crm.target, sensitivity: 'internal' as const } };

  it('alarms by a tool that was never used, and by one of which nothing was told', () => {
    for (const history of [after(20), after(20, () => told)]) {
      expect(alarms(history, fromHr)).toEqual({ first_sensitivity: 'medium' });
      expect(alarms(history, { ...crm, target: salary })).toEqual({ first_sensitivity: 'medium' });
    }
    expect(alarms(after(6), fromHr, { day: 6 })).toEqual({});
  });

  it('says what was expected of the calls that it was held against', () => {
    const draft = after(20);
    const one = event(9000, { event_time: timeAt(20, 30), ...fromHr });
    const [reason] = NOVELTY.flatMap((facet) =>
      facet.name === 'first_sensitivity' ? (facet.score(draft, one)?.reasons ?? []) : [],
    );
    expect(reason).toMatchObject({
      baseline_n: 200,
      expected: 'a new one in about 0.5 % of calls',
    });
    // What alarmed by another tool is left out of all calls too.
    const hr = { ...salary, resource_type: 'contract' };
    const flagged = {
      event_time: timeAt(20, 20),
      tool: { name: 'get_file', server: 'hr' },
      target: hr,
    };
    for (const facet of NOVELTY) facet.learn(draft, event(8999, flagged), true);
    const [later] = NOVELTY.flatMap((facet) =>
      facet.name === 'first_sensitivity' ? (facet.score(draft, one)?.reasons ?? []) : [],
    );
    expect(reason?.text).toContain('0 of 200 earlier calls');
    expect(later?.text).toContain('0 of 200 counted earlier calls');
    const young = event(9001, { event_time: timeAt(0, 30), ...fromHr });
    const [first] = NOVELTY.flatMap((facet) => facet.score(new MapDraft(), young)?.reasons ?? []);
    expect(first?.expected).toBe('nothing yet: no such call was counted before');
  });

  it('is not new where only the telemetry is: the same kind was touched before it was told', () => {
    const { sensitivity: _, ...untold } = salary;
    const history = after(20, (n) => (n % 10 === 9 ? { ...fromHr, target: untold } : crm));
    expect(alarms(history, fromHr)).toEqual({});
  });

  it('is none where the agent knows it by another tool, or the profile allows it', () => {
    const known = after(20, (n) => (n % 10 === 9 ? fromHr : crm));
    expect(alarms(known, { ...fromHr, tool: { name: 'list', server: 'hr' } })).toEqual({});
    const allowed = entry({ sensitivity_max: 'restricted' });
    expect(alarms(after(20), fromHr, { registered: allowed })).toEqual({});
    const named = entry({ tools: ['hr/get_salary'] });
    expect(alarms(after(20), fromHr, { registered: named })).toEqual({});
    const lower = entry({ tools: ['hr/*'], sensitivity_max: 'confidential' });
    expect(alarms(after(20), fromHr, { registered: lower })).toHaveProperty('first_sensitivity');
  });
});

describe('production', () => {
  const inside = (environment: string) => ({ ...crm, target: { ...crm.target, environment } });
  const change = (environment: string) => ({ ...inside(environment), effect: 'update' as const });
  const staged = (n: number) => (n % 10 === 9 ? change('staging') : inside('staging'));

  it('alarms after weeks elsewhere, and no other place does', () => {
    expect(alarms(after(20, staged), change('prod'))).toEqual({ first_environment: 'medium' });
    expect(alarms(after(20, staged), inside('prod'))).toEqual({ first_environment: 'low' });
    expect(alarms(after(20, staged), change('test'))).toEqual({});
  });

  it('is nothing odd in the first week, or where the profile declares it', () => {
    expect(alarms(after(6, staged), change('prod'), { day: 6 })).toEqual({});
    const registered = entry({ environments: ['staging', 'prod'] });
    expect(alarms(after(20, staged), change('prod'), { registered })).toEqual({});
  });

  it('is less grave with a declared release', () => {
    const draft = declared(after(20, staged), 'release/2');
    expect(alarms(draft, change('prod'))).toEqual({ first_environment: 'low' });
  });
});

it('ranks the first call of all by how common its effect is, and alarms of none', () => {
  const first = FACETS.find(({ name }) => name === 'first_tool');
  const score = (effect: AuditEvent['effect']) =>
    first?.score(new MapDraft(), event(1, { ...crm, effect }), entry());
  expect(score('grant')?.points).toBeGreaterThan(4 * (score('read')?.points ?? Infinity));
  expect(score('grant')?.alarm).toBeUndefined();
});

it('is not silenced by reads of as many new things as one likes to look at beforehand', () => {
  // Reads of one record and deletions of drafts; then, on one day, two dozen other tools that only read.
  const drafts: Partial<AuditEvent> = {
    ...crm,
    effect: 'delete',
    tool: { name: 'delete_draft', server: 'crm' },
  };
  const reading = (n: number): Partial<AuditEvent> => ({
    ...crm,
    tool: { name: `get_${n}`, server: 'crm' },
  });
  const draft = after(100, (n) => {
    if (n >= 976) return reading(n);
    return n % 6 === 0 ? drafts : crm;
  });
  const dropping = { ...drafts, tool: { name: 'drop_db', server: 'crm' } };
  expect(alarms(draft, dropping, { day: 101 })).toEqual({ first_tool: 'medium' });
  // What adds something to a system, of an agent that comes to new tools all the time, is none to wonder about.
  const adding = { ...open, target: crm.target, tool: { name: 'create_note', server: 'crm' } };
  const opener = after(100, (n) =>
    n % 6 === 0 ? { ...open, ...crm, effect: 'create' } : reading(n),
  );
  expect(alarms(opener, adding, { day: 101 })).toEqual({});
});

describe('what is only said of an agent', () => {
  const drop: Partial<AuditEvent> = {
    tool: { name: 'execute_sql', server: 'db' },
    target: { system: 'db', resource_type: 'table', resource_id: 'users' },
    effect: 'delete',
  };
  const said = { agent: { uid: 'reporter', assurance: 'asserted' as const } };
  const proven = { agent: { uid: 'reporter', assurance: 'authenticated' as const } };

  /** So many days, on each of which it was done once, of an agent that works otherwise. */
  function taught(usually: Partial<AuditEvent>, by: Partial<AuditEvent>, flagged: boolean) {
    const draft = after(20, () => ({ ...crm, ...usually }));
    for (let day = 20; day < 35; day += 1) {
      const one = event(8000 + day, {
        ...{ event_time: timeAt(day, 30), chain_id: `chain-${day}`, ...drop },
        ...by,
      });
      for (const facet of NOVELTY) facet.learn(draft, one, flagged);
    }
    return draft;
  }
  const tools = (draft: MapDraft, by: Partial<AuditEvent>) =>
    alarms(draft, { ...drop, ...by }, { day: 36 })['first_tool'];

  it.each([false, true])('teaches nothing new of one that is proven (flagged: %s)', (flagged) => {
    const draft = taught(proven, said, flagged);
    expect(tools(draft, proven)).toBe(
      tools(
        after(20, () => ({ ...crm, ...proven })),
        proven,
      ),
    );
    expect(tools(draft, proven)).toBeDefined();
  });

  it('nor that it reads restricted data, with a tool that it has or with a new one', () => {
    const salary = { system: 'hr', resource_type: 'salary', sensitivity: 'restricted' as const };
    const usual = { ...crm, target: { ...crm.target, sensitivity: 'internal' as const } };
    for (const tool of [crm.tool, { name: 'get_salary', server: 'hr' }]) {
      const draft = after(20, () => ({ ...usual, ...proven }));
      const by = (more: Partial<AuditEvent>) =>
        alarms(draft, { tool, target: salary, ...more }, { day: 40 })['first_sensitivity'];
      const fresh = by(proven);
      expect([fresh, by(said)]).toEqual(['medium', 'medium']);
      for (let day = 20; day < 40; day += 1) {
        const at = { event_time: timeAt(day, 30), chain_id: `chain-${day}` };
        const one = event(8000 + day, { ...at, tool, target: salary, ...said });
        for (const facet of NOVELTY) facet.learn(draft, one, true);
      }
      expect([by(proven), by(said)]).toEqual([fresh, undefined]);
    }
  });

  it.each([0, 25, 60])('is new with a tool, though internal reads with %s others are said', (n) => {
    const usual = { ...crm, target: { ...crm.target, sensitivity: 'internal' as const } };
    const draft = after(20, () => ({ ...usual, ...proven }));
    for (let one = 0; one < n; one += 1) {
      const at = { event_time: timeAt(20 + (one % 14), 30), chain_id: `chain-${one}` };
      const tool = { name: `tool-${one}`, server: 'sdk' };
      const call = event(8000 + one, { ...usual, ...said, ...at, tool });
      for (const facet of NOVELTY) facet.learn(draft, call, false);
    }
    const target = { ...crm.target, sensitivity: 'restricted' as const };
    const told = alarms(draft, { ...crm, ...said, target }, { day: 40 });
    expect(told['first_sensitivity']).toBe('medium');
  });

  it('with as many tools as one likes is told as long as its kind of data settles, and another kind anew', () => {
    const usual = { ...crm, target: { ...crm.target, sensitivity: 'internal' as const } };
    const draft = after(20, () => ({ ...usual, ...proven }));
    const read = (kind: string): Partial<AuditEvent> => {
      const target = { system: 'hr', resource_type: kind, sensitivity: 'restricted' as const };
      return { target, tool: { name: `get_${kind}`, server: 'sdk' } };
    };
    const sensitivity = NOVELTY.find(({ name }) => name === 'first_sensitivity');
    const told = new Set<number>();
    for (let n = 0; n < 400; n += 1) {
      const day = 20 + Math.floor(n / 10);
      const at = { event_time: timeAt(day, 30 + n), chain_id: `chain-${day}` };
      const tool = { name: `tool-${(n * 7) % 120}`, server: 'sdk' };
      const one = event(8000 + n, { ...read('salary'), ...said, ...at, tool });
      const isTold = sensitivity?.score(draft, one, entry())?.alarm !== undefined;
      if (isTold) told.add(day - 20);
      sensitivity?.learn(draft, one, isTold);
    }
    expect([...told]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const asked = (call: Partial<AuditEvent>) => alarms(draft, call, { day: 61 });
    expect(asked({ ...read('contract'), ...said })).toHaveProperty('first_sensitivity');
    expect(asked({ ...read('salary'), ...said, tool: crm.tool })).toHaveProperty(
      'first_sensitivity',
    );
    expect(asked({ ...read('salary'), ...proven })).toHaveProperty('first_sensitivity');
  });

  it('is known to what is said, once it settled', () => {
    expect(tools(taught(proven, said, false), said)).toBeUndefined();
    expect(tools(taught(proven, said, true), said)).toBeUndefined();
    expect(
      tools(
        after(20, () => ({ ...crm, ...proven })),
        said,
      ),
    ).toBeDefined();
  });

  it('is what an agent is known by of which no more is proven, also once it is', () => {
    expect(tools(taught(said, said, false), said)).toBeUndefined();
    expect(tools(taught(said, said, false), proven)).toBeUndefined();
  });

  it('of which more values are told than are kept is no surprise, and what is proven is one still', () => {
    const draft = after(20, () => ({ ...crm, ...proven }));
    for (let n = 0; n < 400; n += 1) {
      const tool = { name: `tool-${n % 200}`, server: 'sdk' };
      const times = { event_time: timeAt(20 + (n % 14), 30), chain_id: `chain-${n}` };
      const one = event(8000 + n, { ...crm, ...said, ...times, tool });
      for (const facet of NOVELTY) facet.learn(draft, one, false);
    }
    expect(tools(draft, said)).toBeUndefined();
    expect(tools(draft, proven)).toBeDefined();
  });

  it('teaches none that is proven, of which as many calls are known as are counted', () => {
    const draft = after(20, () => ({ ...crm, ...said }));
    const name = 'met|first_tool';
    const [, ...met] = knownOf<Kept>(draft, event(0), name)?.[WHOLE] ?? NOTHING_MET;
    keepKnown(draft, event(0), name, { [WHOLE]: [250_000, ...met] });
    for (const [day, by] of [proven, ...Array.from({ length: 15 }, () => said)].entries()) {
      const at = { event_time: timeAt(20 + day, 30), chain_id: `chain-${day}`, ...by };
      const one = event(8000 + day, { ...(by === proven ? crm : drop), ...at });
      for (const facet of NOVELTY) facet.learn(draft, one, false);
    }
    expect(tools(draft, proven)).toBeDefined();
  });

  it('is nothing new where it was proven', () => {
    expect(tools(taught(proven, proven, false), said)).toBeUndefined();
  });
});
