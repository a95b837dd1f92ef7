// What the families share: a draw of time, calls in a run of the agent, an incident's frame.
import { type Call, makeCall, type Run } from './calls.ts';
import { DAY, START } from './clock.ts';
import type { Company } from './company.ts';
import { type Context, drawContext } from './context.ts';
import { type History, type Past, pastOf } from './history.ts';
import { at, type Rng } from './rng.ts';
import { newRun, type Wish } from './tasks.ts';
import type { Agent, Rec, Strength, Tool } from './types.ts';
import { decide } from './verdicts.ts';

export interface Plan {
  company: Company;
  history: History;
  agent: Agent;
  strength: Strength;
  onset: number;
  rng: Rng;
  past: Past;
}

export interface Outcome {
  recs: Rec[];
  variant: string;
  from?: number;
  to?: number;
  /** Takes away or changes what the agent did anyway. */
  edit?: (rec: Rec) => Rec | undefined;
}

export type Attack = (plan: Plan) => Outcome | undefined;

export function by<T>(strength: Strength, obvious: T, plain: T, subtle: T): T {
  return strength === 'obvious' ? obvious : strength === 'plain' ? plain : subtle;
}

export function endOf(company: Company): number {
  return START + company.days * DAY;
}

export function baseOf(p: Plan): readonly Rec[] {
  return at(p.history.byAgent, p.agent.index);
}

export function recount(p: Plan, until: number): Past {
  return pastOf(baseOf(p), until);
}

export function ownTools(agent: Agent, effects: readonly string[]): Tool[] {
  return agent.job.recipes
    .flat()
    .map((s) => s.tool)
    .filter((t) => effects.includes(t.eff));
}

/** A moment near `t` at which the agent is at work: the time of one of its own calls. */
export function atWork(p: Plan, t: number): number {
  const calls = baseOf(p).filter((r) => r.role === 'call' && r.t >= t);
  const found = calls[Math.min(calls.length - 1, p.rng.int(0, 12))];
  return found ? found.t + 1500 : t;
}

export function begin(p: Plan, wish: Wish, context?: Context): { run: Run; context: Context } {
  const c = context ?? drawContext(p.rng, p.agent);
  return { run: newRun(p.agent, wish, c, p.rng), context: c };
}

/** One call of the incident, approved as such a call is approved unless told otherwise. */
export function hit(p: Plan, run: Run, call: Omit<Call, 'attack'>, asUsual = true): Rec {
  const usual =
    asUsual && call.approval === undefined ? decide(p.agent, call.tool, run, p.rng) : undefined;
  const approval = usual?.approval ? { approval: usual.approval } : {};
  return makeCall(p.agent, run, { ...call, ...approval, attack: true }, p.rng);
}
