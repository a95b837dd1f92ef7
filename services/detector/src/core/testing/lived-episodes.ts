/** What takes several calls to be seen, once in each life: bursts, a stolen token, stamped approvals. Test code. */
import { at, type Call, type Random } from './lived-events.ts';

type Usual = (uid: string, day: number, n: number) => Call;

const times = (n: number) => Array.from({ length: n }, (_, one) => one);

/** Too much of everything within a minute, in one task. */
function burst(usual: Usual, day: number): readonly Call[] {
  return times(150).map((n) => ({
    ...usual('clerk', day, 1),
    at: at(day, 14, 0, n / 4),
    args: { hash: 'h', features: { records: 900 } },
    result: { size: 900_000, features: { records: 900 } },
    model: { name: 'lumen-4', tokens_in: 90_000, tokens_out: 5 },
    outcome: n % 3 === 0 ? 'denied' : n % 3 === 1 ? 'tool_error' : 'success',
  }));
}

/** One person approves all within a second; then refuses one, which runs, as does a second call under one approval. */
function approvals(usual: Usual, day: number): readonly Call[] {
  const asked = (n: number): Call => ({
    ...usual('clerk', day, 2),
    at: at(day, 11, n),
    effect: 'send',
    capabilities: [{ symbol: 'send:external', basis: 'catalogue' }],
    approval: { mode: 'human', by: 'cem', latency_ms: 800, uid: `stamp-${day}-${n}` },
  });
  const refused = { ...asked(40), outcome: 'denied' as const, args: { hash: 'other' } };
  const { approval: _, ...unapproved } = asked(41);
  const told = { ...asked(43), activity: 'approval', effect: 'read' as const };
  const { approval: __, ...after } = asked(44);
  return [
    ...times(25).map(asked),
    refused,
    { ...unapproved, args: { hash: 'other' } },
    { ...asked(42), approval: asked(3).approval },
    told,
    after,
    { ...after, at: at(day, 11, 45) },
  ];
}

/** A token is used from another network by another client, and the model called at a machine's speed. */
function stolen(usual: Usual, day: number): readonly Call[] {
  const own = usual('runner', day, 3);
  return times(60).map((n) => ({
    ...own,
    at: at(day, 15, 0, n / 10),
    activity: n % 2 === 0 ? 'model_call' : 'tool_call',
    src: { ip: '198.51.100.9', user_agent: 'curl/8' },
  }));
}

/** A task goes on after its end, and another one by night and on and on, with nobody asking. */
function overrun(usual: Usual, day: number): readonly Call[] {
  const own: Call = {
    ...usual('runner', day, 2),
    effect: 'execute',
    task: { id: `late-${day}`, deadline: at(day, 12) },
    approval: { mode: 'none' },
    principal: { uid: 'cron', type: 'service' },
  };
  const { task: _, ...endless } = { ...own, chain_id: 'endless' };
  return [
    ...times(6).map((n) => ({ ...own, at: at(day, 11 + 2 * n, 5) })),
    ...times(210).map((n) => ({ ...endless, at: at(day + 1, 2, n / 10) })),
  ];
}

/** In production, to somebody new, which the agent never did. */
function elsewhere(usual: Usual, day: number): readonly Call[] {
  const own = usual('runner', day, 2);
  const { approval: _, ...bare } = own;
  const args = { hash: 'x', features: { records: 1, destination_domain: 'elsewhere.example' } };
  const target = { ...own.target, environment: 'production' };
  return [
    { ...bare, at: at(day, 8, 1), target, effect: 'delete' },
    { ...bare, at: at(day, 8, 2), args, effect: 'pay' },
  ];
}

/** Released as it was said beforehand, heard of by its heartbeats, and not. */
function change(usual: Usual, day: number): readonly Call[] {
  const own = usual('reporter', day, 1);
  return [
    {
      ...own,
      at: at(day, 7),
      activity: 'config_change',
      principal: { uid: 'ada', type: 'human' },
      target: { resource_id: 'release/9' },
    },
    ...times(20).map((n) => ({ ...own, at: at(day, 8, n), version: '9' })),
    ...times(5).map((n) => ({ at: at(day, 18 + n), uid: 'reporter', activity: 'heartbeat' })),
  ];
}

/** Agents that nobody registered, a new one each run; and two whom the registry wants idle or classed. */
function others(random: Random, usual: Usual): readonly Call[] {
  const calls: Call[] = [];
  for (let day = 0; day < 14; day += 1) {
    for (const run of times(2)) {
      const uid = `run-${day}-${run}`;
      const own = { ...usual('clerk', day, run), uid, chain_id: uid, task: { id: uid } };
      for (const n of times(day === 13 ? 60 : 4)) calls.push({ ...own, at: at(day, 10, run, n) });
    }
  }
  for (const n of times(40)) {
    calls.push({ ...usual('nightly', 30, n % 6), at: at(30, 3, n) });
    const effect = random() < 0.5 ? ('send' as const) : ('read' as const);
    calls.push({ ...usual('unplaced', 30, n % 6), at: at(30, 4, n), effect });
  }
  return calls;
}

export function episodes(random: Random, usual: Usual): readonly Call[] {
  const day = () => 34 + Math.floor(10 * random());
  return [
    ...burst(usual, day()),
    ...approvals(usual, day()),
    ...stolen(usual, day()),
    ...overrun(usual, day()),
    ...change(usual, day()),
    ...elsewhere(usual, 33),
    ...others(random, usual),
  ];
}
