/**
 * An agent with twelve quiet days behind it that makes twenty times as many calls as ever: one statistical alert that
 * grows over several revisions. With a registry in which people have keys to say what they find of it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';
import { until } from './until.ts';
import type { RunningUp } from './up-process.ts';

const DAY_MS = 86_400_000;
const QUIET_DAYS = 12;
const QUIET_CALLS = 6;
const BURST_CALLS = 120;
/** The burst ended so long ago: nothing of it is in the future of the log. */
const SINCE_MS = 300_000;

export const REPORTER = 'agent/reporter';
export const keyFileOf = (folder: string, person: string) => join(folder, `${person}.json`);

/** Writes a registry that knows the agent and these people, whose key files stand beside it. */
export async function registryOfPeople(folder: string, people: readonly string[]): Promise<string> {
  const operators = [];
  for (const by of people) {
    const out = keyFileOf(folder, by);
    operators.push(await runCommand('operator-key', '--by', by, '--out', out, '--json'));
  }
  const file = join(folder, 'registry.yaml');
  const owner = { person: 'dana@acme.example' };
  const agents = [{ uid: REPORTER, class: 'autonomous', owner }];
  writeFileSync(file, JSON.stringify({ version: 1, agents, operators }));
  return file;
}

function call(native_id: string, atMs: number, task: string) {
  return {
    ...{ native_id, event_time: new Date(atMs).toISOString(), activity: 'tool_call' },
    ...{ phase: 'completed', agent: { uid: REPORTER }, task: { id: task } },
    ...{ tool: { server: 'office', name: 'list_orders' }, effect: 'read', outcome: 'success' },
  };
}

/** The quiet days, then the burst, ending a few minutes ago. */
export function reporterCalls(nowMs: number): readonly object[] {
  const endMs = nowMs - SINCE_MS;
  const startMs = endMs - (QUIET_DAYS + 1) * DAY_MS;
  const quiet = Array.from({ length: QUIET_DAYS * QUIET_CALLS }, (_, n) => {
    const day = Math.floor(n / QUIET_CALLS);
    return call(`q-${n}`, startMs + day * DAY_MS + (n % QUIET_CALLS) * 60_000, `day-${day}`);
  });
  return [...quiet, ...burstCalls(endMs - BURST_CALLS * 1000, BURST_CALLS, 'burst')];
}

/** Calls of one piece of work, one a second. */
export function burstCalls(fromMs: number, calls: number, name: string): readonly object[] {
  return Array.from({ length: calls }, (_, n) => call(`${name}-${n}`, fromMs + n * 1000, 'burst'));
}

export async function sendCalls(up: RunningUp, calls: readonly object[]): Promise<void> {
  const sent = await fetch(`${up.url}/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${readFileSync(up.tokenFile, 'utf8').trim()}`,
      'content-type': 'application/x-ndjson',
    },
    body: calls.map((one) => `${JSON.stringify(one)}\n`).join(''),
  });
  if (sent.status !== 202) throw new Error(`${sent.status}: ${await sent.text()}`);
}

interface Reported {
  readonly alert_id: string;
  readonly revision: number;
  readonly kind: string;
}

/** Its alert, once it was told in at least so many revisions. */
function reporterAlert(up: RunningUp, revisions: number): Promise<Reported> {
  return until(async () => {
    const answer = await fetch(`${up.url}/v1/alerts`);
    const { alerts } = (await answer.json()) as { readonly alerts: readonly Reported[] };
    return alerts.find((one) => one.kind === 'behavior_deviation' && one.revision >= revisions);
  });
}

/** Its alert as it stands once so many calls are stored and every stage is done with them. */
export async function warmedUpAlert(up: RunningUp, calls: number): Promise<Reported> {
  await until(async () => {
    const { counts, stages } = (await (await fetch(`${up.url}/v1/status`)).json()) as {
      readonly counts: { readonly events: number };
      readonly stages: readonly { readonly lag: number }[];
    };
    return counts.events >= calls && stages.every((one) => one.lag === 0) ? true : undefined;
  });
  return reporterAlert(up, 2);
}
