/** How definitions of tools that nobody declared are told: none unseen behind another, and few alerts. */
import { type Alert, type AuditEvent, policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let count = 0;
interface Shown {
  readonly uid?: string;
  readonly tool?: string;
  readonly hash?: string;
  readonly assurance?: 'asserted' | 'authenticated';
}
function call(ms: number, shown: Shown = {}, over: Partial<AuditEvent> = {}): AuditEvent {
  const { uid = 'planner', tool = 'send', hash = 'd-1', assurance = 'authenticated' } = shown;
  count += 1;
  const time = new Date(START_MS + ms).toISOString();
  return event(count, {
    ...{ event_time: time, observed_time: time, agent: { uid, assurance } },
    tool: { name: tool, server: 'mail', definition_hash: hash },
    ...over,
  });
}
const declares = (ms: number, of: string) =>
  call(
    ms,
    { uid: 'gateway' },
    {
      activity: 'config_change',
      principal: { uid: 'release-office' },
      target: { resource_id: of },
    },
  );

const TOOLS = ['send', 'list'];
/** Agents that showed each tool often enough in the day before. */
function warmedUp(...uids: readonly string[]): MemoryPipeline {
  const calls = uids.flatMap((uid, at) =>
    Array.from({ length: 24 }, (_, n) =>
      call(n * 60_000 + at - DAY_MS, { uid, tool: TOOLS[n % 2] ?? '' }),
    ),
  );
  return new MemoryPipeline(policySchema.parse({ version: 1 })).sendAll(calls);
}
const told = ({ alerts }: MemoryPipeline) =>
  alerts.filter((one) => one.kind === 'undeclared_change');
const idsOf = (alerts: readonly Alert[]) => new Set(alerts.map((one) => one.alert_id));

describe('after a harmless change that nobody declared', () => {
  it.each([
    ['another definition of the tool', 'send', 'planner shows 2 other definitions of mail/send'],
    ['another tool', 'list', 'planner shows other definitions of 2 tools of mail'],
  ])('%s of the server is told with its evidence, as what the alert is about', (_, tool, title) => {
    const [first, evil] = [
      call(0, { hash: 'd-2' }),
      call(3 * HOUR_MS, { tool, hash: 'evil' }, { task: { id: 'other' } }),
    ];
    const alerts = told(warmedUp('planner').sendAll([first, evil]));
    expect(alerts.map((one) => one.revision)).toEqual([1, 2]);
    expect(alerts[0]?.title).toBe(
      'planner shows another definition of mail/send, which nobody declared',
    );
    expect(alerts[1]).toMatchObject({
      title: `${title}, which nobody declared`,
      subject: { task_id: 'other' },
      reasons: [{ observed: `mail/${tool} as evil` }],
    });
    expect(alerts[1]?.evidence.map((one) => one.event_id)).toEqual([first.event_id, evil.event_id]);
    expect(alerts[1]?.summary).toContain(
      `planner came to another definition of mail/${tool} at 2026-01-05T12:00:00`,
    );
  });

  it('one that is only asserted does not become what a proven alert is about', () => {
    const forged = call(HOUR_MS, { hash: 'forged', assurance: 'asserted' });
    const last = told(warmedUp('planner').sendAll([call(0, { hash: 'd-2' }), forged])).at(-1);
    expect(last).toMatchObject({ revision: 2, decisive_assurance: 'authenticated' });
    expect(last?.reasons[0]?.observed).toBe('mail/send as d-2');
  });

  it('a declaration that comes late takes it back where it names all that changed', () => {
    const pipeline = warmedUp('planner').sendAll([
      ...TOOLS.map((tool) => call(0, { tool, hash: 'd-2' })),
      declares(60_000, 'tool/mail/send'),
    ]);
    expect(told(pipeline).at(-1)?.state).toBe('open');
    pipeline.sendAll([declares(60_000, 'tool/mail/list')]);
    expect(told(pipeline).at(-1)?.state).toBe('withdrawn');
  });
});

describe('one alert', () => {
  const uids = Array.from({ length: 40 }, (_, n) => `agent-${n}`);

  it('is a roll-out of one definition, told less often the longer it goes on', () => {
    const alerts = told(
      warmedUp(...uids).sendAll(uids.map((uid, n) => call(n * 60_000, { uid, hash: 'd-2' }))),
    );
    expect(idsOf(alerts).size).toBe(1);
    expect(alerts.map((one) => one.count)).toEqual(
      [...Array(16).keys()].map((n) => n + 1).concat(32),
    );
    expect(alerts.at(-1)).toMatchObject({
      title: '32 agents show another definition of mail/send, which nobody declared (tool/mail)',
      subject: { agent_uid: 'agent-0' },
    });
    expect(alerts.at(-1)?.summary).toContain(
      '32 agents came to 1 new definition of send within a day',
    );
  });

  it('says how long a slow one took', () => {
    const [one = '', two = '', three = ''] = uids;
    const slow = [one, two, three].map((uid, n) => call(n * 20 * HOUR_MS, { uid, hash: 'd-2' }));
    const alerts = told(warmedUp(one, two, three).sendAll(slow));
    expect(idsOf(alerts).size).toBe(1);
    expect(alerts.at(-1)?.summary).toContain(
      '3 agents came to 1 new definition of send within 2 days',
    );
  });

  it('is a tool that changes every day, told with each; after a week’s rest it is another', () => {
    const pipeline = warmedUp('planner');
    for (let day = 0; day < 40; day += 1) {
      pipeline.sendAll([call(day * DAY_MS + day * 60_000, { hash: `of-day-${day}` })]);
    }
    expect(told(pipeline)).toHaveLength(40);
    expect(idsOf(told(pipeline)).size).toBe(1);
    expect(told(pipeline).at(-1)?.reasons[0]?.observed).toBe('mail/send as of-day-39');
    pipeline.sendAll([call(50 * DAY_MS, { hash: 'later' })]);
    expect(idsOf(told(pipeline)).size).toBe(2);
  });

  it('is a tool that changes with every call, told twice a day once sixteen were', () => {
    const calls = Array.from({ length: 100 }, (_, n) =>
      call(n * 60_000, { hash: `d-${n}-of-many` }),
    );
    const pipeline = warmedUp('planner').sendAll(calls);
    expect(told(pipeline)).toHaveLength(18);
    pipeline.sendAll([call(20 * HOUR_MS, { hash: 'evil' })]);
    expect(told(pipeline)).toHaveLength(19);
    expect(told(pipeline).at(-1)?.reasons[0]?.observed).toBe('mail/send as evil');
    expect(idsOf(told(pipeline)).size).toBe(1);
  });
});
