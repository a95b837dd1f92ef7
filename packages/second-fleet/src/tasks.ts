// One task of an agent: the recipe's calls in order, with errors, retries, approvals and hand-overs.
import { type Call, makeCall, type Run, stateAt } from './calls.ts';
import { iso } from './clock.ts';
import type { Company } from './company.ts';
import { type Context, drawContext } from './context.ts';
import { at, type Rng } from './rng.ts';
import { request } from './texts.ts';
import { tool } from './tools.ts';
import type { Agent, Person, Rec, Step } from './types.ts';
import { auditOf, decide } from './verdicts.ts';

export interface Wish {
  t: number;
  person?: Person;
  alone?: boolean;
  attack?: boolean;
  recipe?: readonly Step[];
  context?: Context;
  size?: number;
  delegation?: Run['delegation'];
  request?: string;
}

const audited = [
  's3.amazonaws.com/GetObject',
  's3.amazonaws.com/PutObject',
  'dynamodb.amazonaws.com/Query',
].map(tool);

export function newRun(agent: Agent, wish: Wish, context: Context, rng: Rng): Run {
  const id = `${agent.job.id.slice(0, 4)}-${rng.hex(10)}`;
  const { cls } = agent.job;
  const chats = cls === 'assistive' || cls === 'human_triggered';
  const person = wish.alone
    ? undefined
    : (wish.person ?? (chats ? rng.pick(agent.users) : undefined));
  const asked =
    wish.request ?? (cls === 'scheduled_job' ? undefined : request(rng, agent.job.team, context));
  const pod = agent.instances.length === 1 ? 0 : rng.int(0, agent.instances.length - 1);
  // Every deploy starts new copies.
  const instance = `${at(agent.instances, pod)}-${stateAt(agent, wish.t).version.replaceAll('.', '')}`;
  return {
    id,
    t: wish.t,
    uid: agent.ephemeral ? `${agent.uid}/run-${rng.hex(6)}` : agent.uid,
    workflow: agent.job.id,
    instance,
    trace: rng.hex(32),
    ...(asked === undefined ? {} : { request: asked }),
    ...(person ? { person, conversation: `conv-${id}`, turn: rng.int(1, 4) } : {}),
    ...(wish.delegation ? { delegation: wish.delegation } : {}),
    ...(wish.alone ? { alone: true } : {}),
  };
}

function spellRate(company: Company, server: string, t: number): number {
  const spell = company.spells.find((s) => s.server === server && s.from <= t && t < s.to);
  return spell?.rate ?? 0;
}

function repeats(step: Step, cron: boolean, size: number, rng: Rng): number {
  if (cron && step.p === 1) return step.mean;
  if (!rng.chance(step.p)) return 0;
  if (step.mean <= 1) return 1;
  const many = step.tool.eff === 'read' || step.tool.eff === 'write' ? size : Math.min(size, 2);
  return Math.min(250, Math.max(1, Math.round(rng.logn(step.mean * many * 0.85, 0.55))));
}

function handOver(agent: Agent, helper: Agent, run: Run, t: number, rng: Rng): Rec {
  const base = makeCall(
    agent,
    run,
    { t, tool: tool('notion/notion-search'), context: drawContext(rng, agent) },
    rng,
  );
  const { tool: _tool, args: _args, result: _result, model: _model, ...rest } = base.e;
  const target = { resource_type: 'agent', resource_id: helper.uid };
  return {
    ...base,
    role: 'handover',
    eff: 'read',
    records: 0,
    e: { ...rest, activity: 'delegation', target },
  };
}

function oneStep(
  company: Company,
  agent: Agent,
  run: Run,
  call: Call,
  rng: Rng,
): { recs: Rec[]; t: number; refused: boolean } {
  const recs: Rec[] = [];
  const verdict = decide(agent, call.tool, run, rng);
  let t = call.t + verdict.wait;
  const approval = verdict.approval ? { approval: verdict.approval } : {};
  if (verdict.refused) {
    recs.push(makeCall(agent, run, { ...call, t, ...approval, outcome: 'denied' }, rng));
    return { recs, t, refused: true };
  }
  const failing = agent.errors + spellRate(company, call.tool.server, t);
  for (let tries = 0; tries < 4; tries++) {
    const failed = rng.chance(failing);
    const rec = makeCall(
      agent,
      run,
      { ...call, t, ...approval, ...(failed ? { outcome: 'tool_error' } : {}) },
      rng,
    );
    recs.push(rec);
    if (agent.audit && !failed && rng.chance(0.3)) {
      const kind = call.tool.eff === 'read' ? rng.pick([0, 2]) : 1;
      recs.push(auditOf(rec, agent, agent.audit, at(audited, kind), rng));
    }
    if (!failed || call.tool.eff === 'critical') break;
    t += Math.round(rng.logn(2500 * (tries + 1), 0.4));
  }
  return { recs, t, refused: false };
}

export function makeTask(company: Company, agent: Agent, wish: Wish, rng: Rng): Rec[] {
  const context = wish.context ?? drawContext(rng, agent);
  const run = newRun(agent, wish, context, rng);
  const cron = agent.job.hours === 'cron';
  const recipe = wish.recipe ?? rng.weighted(agent.job.recipes, agent.weights);
  const size = wish.size ?? (cron ? 1 : rng.pareto(0.75, 2.1, 30));
  const out: Rec[] = [];
  let t = wish.t;
  const add = (step: Step, n: number): boolean => {
    for (let i = 0; i < n; i++) {
      const c =
        i === 0 || agent.job.tags.includes('chat')
          ? context
          : { ...context, article: `${context.article}${i}` };
      const call = { t, tool: step.tool, context: c, attack: wish.attack ?? false };
      const done = oneStep(company, agent, run, call, rng);
      out.push(...done.recs);
      t = done.t + Math.round(rng.logn(agent.pace, cron ? 0.15 : 0.9));
      if (done.refused) return false;
    }
    return true;
  };
  for (const step of recipe) if (!add(step, repeats(step, cron, size, rng))) break;
  const rollout = agent.rollout;
  if (rollout && wish.t >= rollout.t && rng.chance(0.3))
    add({ tool: rollout.tool, p: 1, mean: 1 }, 1);
  if (agent.helper !== undefined && !wish.attack && rng.chance(0.5))
    out.push(...helperCalls(company, agent, at(company.agents, agent.helper), run, t, rng));
  return out;
}

function helperCalls(
  company: Company,
  agent: Agent,
  helper: Agent,
  run: Run,
  t: number,
  rng: Rng,
): Rec[] {
  const hand = handOver(agent, helper, run, t, rng);
  const chain = [{ agent_uid: agent.uid, via: 'handoff', ref: hand.e.native_id }];
  const delegation = { root_agent_uid: agent.uid, parent_agent_uid: agent.uid, depth: 1, chain };
  const work = makeTask(company, helper, { t: t + 1500, delegation }, rng);
  for (const rec of work)
    if (rec.role === 'call') {
      rec.e.task = { ...rec.e.task, id: run.id, workflow: run.workflow };
      rec.e.trace_id = run.trace;
      if (rec.e.credential?.task_id) rec.e.credential = { ...rec.e.credential, task_id: run.id };
      if (hand.e.span_id) rec.e.parent_span_id = hand.e.span_id;
    }
  return [hand, ...work];
}

/** The declaration of a planned change; a release starts new copies of the agent. */
export function declaration(agent: Agent, what: string, value: string, t: number, rng: Rng): Rec {
  const { source } = agent;
  const e: Rec['e'] = {
    native_id: `g-${rng.hex(12)}`,
    event_time: iso(t),
    activity: 'config_change',
    phase: 'completed',
    source: { kind: source.kind, instance: source.instance },
    agent: { uid: agent.uid },
    principal: { uid: agent.owner, type: 'human' },
    target: { resource_type: 'configuration', resource_id: `${what}/${value}` },
    outcome: 'success',
  };
  return {
    t,
    arrives: t,
    agent: agent.index,
    source,
    role: 'change',
    eff: 'read',
    records: 0,
    tokens: 0,
    attack: false,
    attended: true,
    e,
  };
}
