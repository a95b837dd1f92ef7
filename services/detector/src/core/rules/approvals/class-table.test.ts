/**
 * What each column of the class table decides of a call, and that it decides nothing where the row says
 * so or the event does not tell.
 */
import { type AuditEvent, SHIPPED_CLASSES } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { ProfileWorld } from '../../testing/profile-world.ts';

interface Declared {
  readonly agent?: object;
  readonly registry?: object;
  readonly classes?: object;
}

function told(cls: string, events: readonly AuditEvent[], declared: Declared = {}) {
  const { agent = {}, registry = {}, classes = {} } = declared;
  const agents = [{ uid: 'reporter', class: cls, ...agent }];
  const world = new ProfileWorld(
    { version: 1, agents, ...registry },
    { version: 1, classes: { [cls]: classes } },
  );
  return world.feed(...events);
}
const rules = (alerts: ReturnType<typeof told>) => [...new Set(alerts.map((one) => one.rule_id))];

const alice = { uid: 'alice@acme.example', type: 'human' };
const bob = { uid: 'bob@acme.example', type: 'human' };
const robot = { uid: 'scheduler', type: 'service' };
const day = (time: string) => ({ event_time: `2026-01-05T${time}:00.000000000Z` });
const uses = (n: number, over: Partial<AuditEvent> = {}) =>
  event(n, { credential: { uid: 'tok-1' }, ...over });

describe('credential_bound', () => {
  const tasks = [uses(1, { task: { id: 'a' } }), uses(2, { task: { id: 'b' } })];

  it('task: one credential in two tasks, or of another one than it is used in', () => {
    expect(rules(told('autonomous', tasks))).toEqual(['credential-many-tasks']);
    const [alert] = told('autonomous', [uses(1, { credential: { uid: 't', task_id: 'other' } })]);
    expect(alert).toMatchObject({ rule_id: 'credential-many-tasks', hygiene: true });
    expect(alert?.summary).toContain('other');
    const bound = uses(1, { credential: { uid: 't', task_id: 'task-1' } });
    expect(told('autonomous', [bound, bound])).toEqual([]);
    expect(told('autonomous', tasks, { classes: { credential_bound: 'age' } })).toEqual([]);
  });

  it('task: a call in no task with a credential of none, listed once', () => {
    const { task: _, ...nowhere } = uses(1);
    const [alert, ...more] = told('autonomous', [
      nowhere,
      { ...nowhere, event_id: uses(2).event_id },
    ]);
    expect(alert).toMatchObject({ rule_id: 'credential-no-task', hygiene: true, severity: 'low' });
    expect(alert?.reasons[0]).toMatchObject({ level: 'shipped', threshold_source: 'static' });
    expect(more.every((one) => one.alert_id === alert?.alert_id)).toBe(true);
    expect(told('scheduled_job', [nowhere])).toEqual([]);
  });

  it('session: one credential for two people', () => {
    const people = [uses(1, { principal: alice }), uses(2, { principal: bob })];
    const [alert, ...more] = told('human_triggered', people);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ rule_id: 'credential-many-people', hygiene: true });
    expect(
      told(
        'human_triggered',
        [people[0], people[0]].flatMap((one) => one ?? []),
      ),
    ).toEqual([]);
    expect(told('human_triggered', [uses(1, { principal: robot })])).toEqual([]);
    expect(told('autonomous', people)).toEqual([]);
  });

  const nightly = { profile: { schedule: ['daily 01:00-02:00'] } };
  const issued = (time: string) => ({
    credential: { uid: 'tok-1', issued_at: `2026-01-05T${time}:00Z` },
  });

  it('window: a credential after the slot for which it was given, and window_grace', () => {
    const late = [event(1, { ...issued('00:50'), ...day('02:30') })];
    const [alert] = told('scheduled_job', late, { agent: nightly }).filter(
      (one) => one.kind === 'credential_static',
    );
    expect(alert).toMatchObject({ rule_id: 'credential-over-age', severity: 'medium' });
    expect(alert?.sources).toEqual(['test/builder']);
    const more = { agent: nightly, classes: { window_grace: '40m' } };
    expect(told('scheduled_job', late, more)).toEqual([]);
    const inTime = [event(1, { ...issued('00:50'), ...day('02:14') })];
    expect(told('scheduled_job', inTime, { agent: nightly })).toEqual([]);
    expect(told('scheduled_job', late)).toEqual([]);
  });
});

describe('window_grace', () => {
  const nightly = { profile: { schedule: ['daily 01:00-02:00'] } };

  it('is how long after a slot of its schedule an agent may act', () => {
    const [alert] = told('scheduled_job', [event(1, day('02:16'))], { agent: nightly });
    expect(alert).toMatchObject({ kind: 'outside_profile', severity: 'medium' });
    expect(alert?.summary).toContain('declares schedule daily 01:00-02:00');
    expect(told('scheduled_job', [event(1, day('02:14'))], { agent: nightly })).toEqual([]);
    expect(told('scheduled_job', [event(1, day('01:30'))], { agent: nightly })).toEqual([]);
    expect(rules(told('autonomous', [event(1, day('02:01'))], { agent: nightly }))).toEqual([
      'outside-profile',
    ]);
  });

  it('is asked of nobody without a schedule, nor of a time that nobody measured', () => {
    expect(told('scheduled_job', [event(1, day('02:16'))])).toEqual([]);
    const guessed = event(1, { ...day('02:16'), event_time_quality: 'synthetic' });
    expect(told('scheduled_job', [guessed], { agent: nightly })).toEqual([]);
  });
});

describe('breadth', () => {
  const scope_map = { all: ['send:external', 'read:internal'], some: ['read:internal'] };
  const envelope = { capabilities: ['read:*'] };
  const registry = {
    scope_map,
    workflows: [{ name: 'report', envelope }],
    principals: [{ uid: alice.uid, grants: ['read:internal'] }],
  };
  const task = { id: 'task-1', workflow: 'report' };
  const with_ = (scopes: string[], over: Partial<AuditEvent> = {}) =>
    uses(1, { scopes, task, ...over });
  const agent = { grants: ['read:internal'] };

  it.each([
    ['envelope', 'autonomous', 'the envelope of report'],
    ['grants', 'scheduled_job', 'what the agent is granted'],
    ['entitlement', 'human_triggered', `what ${alice.uid} may do, and the agent`],
    ['reads', 'assistive', 'reading'],
  ] as const)(
    '%s measures the scopes of a credential, as a hygiene finding',
    (breadth, cls, words) => {
      expect(SHIPPED_CLASSES[cls].breadth).toBe(breadth);
      const principal = { principal: alice, conversation_turn: 1 };
      const wide = told(cls, [with_(['all'], principal)], { agent, registry });
      expect(wide).toMatchObject([
        { kind: 'over_privilege', rule_id: 'credential-breadth', hygiene: true, severity: 'low' },
      ]);
      expect(wide[0]?.summary).toContain(`allow send:external, which is more than ${words}.`);
      expect(told(cls, [with_(['some'], principal)], { agent, registry })).toEqual([]);
      const other = { agent, registry, classes: { breadth: 'as the security team sees fit' } };
      expect(told(cls, [with_(['all'], principal)], other)).toEqual([]);
    },
  );

  it('is not judged by a workflow that is only asserted, nor of scopes that nobody mapped', () => {
    const claims = { ...event(0).claims, workflow: 'asserted' as const };
    expect(rules(told('autonomous', [with_(['all'], { claims })], { agent, registry }))).toEqual(
      [],
    );
    expect(told('autonomous', [with_(['unmapped'])], { agent, registry })).toEqual([]);
  });
});

describe('approval', () => {
  it('at_change makes a change since the review weigh more', () => {
    const review = { by: 'ciso-office', at: '2026-01-01', expires: '2027-01-01' };
    const risk_review = { ...review, reviewed: { grants: ['read:internal'] } };
    const agent = { grants: ['read:internal', 'read:directory'], risk_review };
    const severity = (cls: string, classes = {}) =>
      told(cls, [event(1)], { agent, classes }).find((one) => one.kind === 'review_lapsed')
        ?.severity;
    expect(severity('scheduled_job')).toBe('medium');
    expect(severity('scheduled_job', { approval: 'human' })).toBe('low');
    expect(severity('semi_autonomous')).toBe('low');
  });

  it('trigger: what a person would have to trigger, done for a machine, queues', () => {
    const write = event(1, { effect: 'create', principal: robot });
    const ladder = (classes = {}) =>
      told('human_triggered', [write], { classes }).find(
        (one) => one.rule_id === 'autonomy-ladder',
      );
    expect(ladder()).toMatchObject({ kind: 'class_drift', severity: 'medium' });
    expect(ladder()?.hygiene).toBeUndefined();
    expect(ladder({ approval: 'human' })?.hygiene).toBe(true);
  });
});

describe('step_up', () => {
  const pays = event(1, { effect: 'update', approval: { mode: 'none' } });
  const bypass = (classes: object, one = pays) =>
    told('autonomous', [one], { classes }).find((alert) => alert.kind === 'approval_bypass');

  it.each([['update'], ['write:data'], ['write:*'], ['effects']])(
    'asks a person for %s beside approval_for',
    (name) => {
      const symbol = { capabilities: [{ symbol: 'write:data', basis: 'catalogue' as const }] };
      const write = { ...pays, ...symbol };
      expect(bypass({}, write)).toBeUndefined();
      expect(bypass({ step_up: [name] }, write)?.summary).toContain('a human’s approval');
    },
  );

  it('asks nobody for what it does not name, nor again who was asked', () => {
    expect(bypass({ step_up: ['pay', 'grant:*', 'critical'] })).toBeUndefined();
    const approved = { ...pays, approval: { mode: 'human' as const, by: bob.uid } };
    expect(bypass({ step_up: ['update'] }, approved)).toBeUndefined();
  });
});

describe('unattended_calls', () => {
  const many = (
    count: number,
    over: Partial<AuditEvent>,
    each: (n: number) => object = () => ({}),
  ) =>
    Array.from({ length: count }, (_, n) =>
      event(n + 1, { principal: robot, ...over, ...each(n) }),
    );
  const only = (alerts: ReturnType<typeof told>) =>
    alerts.filter((one) => one.rule_id === 'unattended-calls');
  const classes = { unattended_calls: 3 };

  it('queues the effect beyond the number, and lists what only reads', () => {
    const approval = { mode: 'policy' as const };
    const writes = many(4, { effect: 'update', approval });
    expect(only(told('semi_autonomous', writes.slice(0, 3), { classes }))).toEqual([]);
    const [alert] = only(told('semi_autonomous', writes, { classes }));
    expect(alert).toMatchObject({ kind: 'class_drift', severity: 'medium' });
    expect(alert?.hygiene).toBeUndefined();
    expect(alert?.title).toContain('made 4 calls in a row without a person');
    const [listed] = only(told('semi_autonomous', many(4, {}), { classes }));
    expect(listed).toMatchObject({ severity: 'low', hygiene: true });
    expect(only(told('semi_autonomous', many(200, {})))).toEqual([]);
    expect(only(told('semi_autonomous', many(201, {})))).not.toEqual([]);
  });

  it.each([16, 17, 24, 40])('counts the runs of %i tasks in turn', (tasks) => {
    const turns = many(tasks * 8, { effect: 'update', approval: { mode: 'policy' } }, (n) => ({
      task: { id: `task-${n % tasks}` },
    }));
    expect(only(told('autonomous', turns, { classes }))).not.toEqual([]);
  });

  it('counts again soon where earlier tasks came to more', () => {
    const effects = { effect: 'update', approval: { mode: 'policy' } } as const;
    const earlier = many(48, effects, (n) => ({ task: { id: `earlier-${n % 16}` } }));
    const turns = many(16 * 60, effects, (n) => ({ task: { id: `task-${n % 16}` } }));
    expect(only(told('autonomous', [...earlier, ...turns], { classes }))).not.toEqual([]);
  });

  it('begins anew with a person’s turn, an approval and another task', () => {
    const turns = many(8, { principal: alice }, (n) => ({ conversation_turn: n < 4 ? 1 : 2 }));
    expect(only(told('autonomous', turns, { classes }))).toEqual([]);
    const approved = many(6, {}, (n) => (n === 3 ? { approval: { mode: 'human' } } : {}));
    expect(only(told('autonomous', approved, { classes }))).toEqual([]);
    const tasks = many(6, {}, (n) => ({ task: { id: `task-${n % 2}` } }));
    expect(only(told('autonomous', tasks, { classes }))).toEqual([]);
    const oneTurn = many(6, { principal: alice, conversation_turn: 1 });
    expect(only(told('autonomous', oneTurn, { classes }))).not.toEqual([]);
  });

  it('of an assistant: nothing without a person, and nothing of a turn of theirs', () => {
    expect(only(told('assistive', many(1, {})))).toMatchObject([{ hygiene: true }]);
    const turn = { principal: alice, conversation_turn: 1 };
    expect(only(told('assistive', many(300, turn)))).toEqual([]);
    // Its effects are class-drift's, which tells each.
    const wrote = told('assistive', many(1, { effect: 'update' }));
    expect(rules(wrote)).toContain('class-drift');
    expect(only(wrote)).toEqual([]);
  });

  describe('day after day', () => {
    const days = (count: number, over: (day: number) => Partial<AuditEvent>) =>
      Array.from({ length: 8 * count }, (_, n) => {
        const { task: _none, ...one } = event(n + 1, { principal: robot, effect: 'update' });
        const day = String(5 + Math.floor(n / 8)).padStart(2, '0');
        const time = `2026-01-${day}T09:00:${10 + (n % 8)}.000000000Z`;
        const approval = { mode: 'policy' as const };
        return { ...one, approval, event_time: time, observed_time: time, ...over(Number(day)) };
      });
    const nameless = () => ({ chain_id: 'agents-own' });

    it('counts a day of an agent that names no work, and not all that it ever did', () => {
      const ten = { classes: { unattended_calls: 10 } };
      expect(only(told('autonomous', days(20, nameless), ten))).toEqual([]);
      expect(only(told('autonomous', days(20, nameless), { classes }))).not.toEqual([]);
    });

    it.each([
      ['names no work', nameless],
      ['has a task a day', (day: number) => ({ task: { id: `task-${day}` } })],
    ])('is one alert, told anew each day, of an agent that %s', (_, over) => {
      const alerts = only(told('autonomous', days(20, over), { classes }));
      expect(new Set(alerts.map((one) => one.alert_id)).size).toBe(1);
      const dates = new Set(alerts.map((one) => one.detected_at.slice(0, 10)));
      expect(dates.size).toBe(20);
    });

    it('says how many it has come to when that is twice what was told', () => {
      const row = [0, 1, 2, 3, 4].flatMap((n) =>
        days(1, nameless).map((one, at) => ({ ...one, event_id: event(8 * n + at).event_id })),
      );
      const last = only(told('autonomous', row, { classes })).at(-1);
      expect(last?.summary).toContain('This was call 35.');
    });
  });

  it('counts nothing where nothing is told of people', () => {
    const { principal: _, ...silent } = event(1);
    const calls = Array.from({ length: 300 }, (_, n) => ({
      ...silent,
      event_id: event(n + 1).event_id,
    }));
    expect(only(told('assistive', calls))).toEqual([]);
    const noTurn = many(300, { principal: alice });
    expect(only(told('autonomous', noTurn))).toEqual([]);
  });
});
