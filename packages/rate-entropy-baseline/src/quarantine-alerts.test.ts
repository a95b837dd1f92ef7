/** Each unbroken stretch of quarantined calls is one alert, at its first call, with its calls as evidence. */
import { expect, it } from 'vitest';
import { QuarantineAlerts, type ToolCall } from './quarantine-alerts.ts';

const START = Date.parse('2026-11-02T09:00:00Z');

function call(id: string, seconds: number, tool: string): ToolCall {
  return {
    native_id: id,
    event_time: new Date(START + seconds * 1000).toISOString(),
    activity: 'tool_call',
    agent: { uid: 'agent-a' },
    tool: { server: 'crm', name: tool },
  };
}

it('says when, whom and which calls, and that it acted by itself', () => {
  const alerts = new QuarantineAlerts(new Map([['agent-a', ['crm/*']]]));
  const tools = ['read', 'write'];
  // One or two calls a minute, then eight in one.
  const usual = Array.from({ length: 30 }, (_, n) => [
    call(`u${n}`, n * 60, tools[n % 2] ?? ''),
    ...(n % 2 === 0 ? [call(`v${n}`, n * 60 + 1, 'search')] : []),
  ]).flat();
  const burst = Array.from({ length: 8 }, (_, n) => call(`b${n}`, 1800 + n, tools[n % 2] ?? ''));
  const ended = [...usual, ...burst, call('after', 1900, 'read')].flatMap(
    (one) => alerts.add(one) ?? [],
  );
  expect(ended).toMatchObject([
    {
      kind: 'behavior_deviation',
      severity: 'critical',
      subject: { agent_uid: 'agent-a' },
      detected_at: burst[2]?.event_time,
      evidence: burst.slice(2).map((one) => ({ native_id: one.native_id })),
      responses: [{ action: 'quarantine', withheld_reason: null }],
    },
  ]);
  expect(alerts.finish()).toEqual([]);
});

it('tells what is still open at the end, and looks at tool calls only', () => {
  const alerts = new QuarantineAlerts(new Map([['agent-a', ['mail/send']]]));
  for (let n = 0; n < 12; n++) alerts.add(call(`c${n}`, n * 60, 'read'));
  alerts.add({ ...call('d', 800, 'read'), activity: 'delegation' });
  const [open] = alerts.finish();
  // Stuck on one tool (1) that is never in scope (1): 2 is HIGH, from the tenth call on.
  expect(open?.evidence.map((one) => one.native_id)).toEqual(['c9', 'c10', 'c11']);
});
