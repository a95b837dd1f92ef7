// Who let a call through, and the target's own record of it.
import type { Run } from './calls.ts';
import { HOUR, iso } from './clock.ts';
import { needsPerson } from './jobs.ts';
import { at, hashHex, type Rng } from './rng.ts';
import type { Agent, InputEvent, Rec, Source, Tool } from './types.ts';

/** How the person or the policy decided, by the class. Waiting for a person takes its time. */
export function decide(
  agent: Agent,
  t: Tool,
  run: Run,
  rng: Rng,
): { approval?: InputEvent['approval']; refused: boolean; wait: number } {
  const { cls } = agent.job;
  if (t.eff === 'read' || t.eff === 'draft') return { refused: false, wait: 0 };
  if (needsPerson(cls, t.eff)) {
    const who = run.person ?? at(agent.users, rng.int(0, agent.users.length - 1));
    const wait = Math.min(20 * 60_000, Math.max(rng.range(5000, 6500), rng.logn(who.answers, 0.6)));
    const approval = {
      uid: `apr-${rng.hex(10)}`,
      mode: 'human',
      by: who.uid,
      latency_ms: Math.round(wait),
    };
    return { approval, refused: rng.chance(who.refuses), wait };
  }
  if (cls === 'scheduled_job')
    return {
      approval: { uid: `chg-${hashHex(agent.uid).slice(0, 8)}`, mode: 'policy' },
      refused: false,
      wait: 0,
    };
  if (cls === 'human_triggered' && run.person)
    return {
      approval: { uid: `go-${run.id}`, mode: 'human', by: run.person.uid },
      refused: false,
      wait: 0,
    };
  return { approval: { uid: `pol-${rng.hex(10)}`, mode: 'policy' }, refused: false, wait: 0 };
}

/** The target's own record of a call, by the credential that was used. */
export function auditOf(rec: Rec, agent: Agent, audit: Source, t: Tool, rng: Rng): Rec {
  const seen = rec.t + rng.int(40, 900);
  const { credential, agent: who } = rec.e;
  const e: InputEvent = {
    native_id: `a-${rng.hex(14)}`,
    event_time: iso(Math.floor(seen / 1000) * 1000),
    activity: 'tool_call',
    phase: 'completed',
    source: { kind: audit.kind, instance: audit.instance },
    agent: { uid: who.uid },
    ...(credential ? { credential } : {}),
    tool: { name: t.name, server: t.server, type: 'http' },
    target: {
      system: t.system,
      resource_type: t.kind,
      resource_id: `${agent.job.team}-data`,
      sensitivity: 'internal',
      environment: 'prod',
    },
    outcome: 'success',
    ...(rec.e.src ? { src: rec.e.src } : {}),
  };
  const arrives = seen + Math.round(rng.logn(4 * 60_000, 0.4));
  return {
    ...rec,
    t: seen,
    arrives: Math.min(arrives, seen + HOUR),
    source: audit,
    role: 'audit',
    records: 0,
    tokens: 0,
    e,
  };
}
