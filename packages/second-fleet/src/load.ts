// When an agent's tasks begin: timers, working hours by zone, the week, seasons, bursts and growth.
import { DAY, HOUR, localTime, MIN, START, weekday } from './clock.ts';
import type { Company } from './company.ts';
import { callsPerTask } from './jobs.ts';
import { at, type Rng } from './rng.ts';
import type { Agent } from './types.ts';

export function isMonthEnd(day: number): boolean {
  return (day >= 24 && day <= 26) || day === 28;
}

function factor(company: Company, agent: Agent, day: number): number {
  const w = weekday(day);
  const week = w > 4 ? agent.weekend : w === 4 ? 0.85 : 1;
  const grown = 1 + (agent.growth - 1) * (day / company.days);
  const month = agent.job.tags.includes('month') && isMonthEnd(day) ? 2.6 : 1;
  const peak = agent.job.tags.includes('marketing') && company.peakDays.includes(day) ? 3 : 1;
  return week * grown * month * peak;
}

/** Hour of the local day: two humps with a lunch dip for offices, a slight wave round the clock. */
function hourIn(agent: Agent, rng: Rng): number {
  const span = agent.ends - agent.begins;
  for (let i = 0; i < 50; i++) {
    const h = agent.begins + rng.float() * span;
    if (agent.job.hours === 'always') {
      if (rng.chance(0.7 + 0.3 * Math.sin(((h - 8) / 24) * 2 * Math.PI))) return h;
    } else {
      const lunch = Math.abs(h - 12.5) < 0.5 ? 0.35 : 1;
      const edge = Math.min(1, (h - agent.begins) / 0.8 + 0.25, (agent.ends - h) / 1.2 + 0.15);
      if (rng.chance(lunch * edge)) return h;
    }
  }
  return agent.begins + span / 2;
}

function clumped(agent: Agent, n: number, rng: Rng): number[] {
  const centres = Array.from({ length: Math.max(1, Math.ceil(n / 9)) }, () => hourIn(agent, rng));
  return Array.from({ length: n }, () => {
    const h = rng.pick(centres) + Math.abs(rng.normal()) * 0.25;
    return agent.job.hours === 'always' ? h % 24 : Math.min(h, agent.ends);
  });
}

function cronTimes(agent: Agent, days: number, rng: Rng): number[] {
  const step = agent.cronMinutes * MIN;
  const first = Math.floor(rng.float() * step);
  const out: number[] = [];
  for (let t = START + first; t < START + days * DAY; t += step)
    out.push(Math.round(t + Math.abs(rng.normal()) * 2000));
  return out;
}

export function taskTimes(company: Company, agent: Agent, rng: Rng): number[] {
  const off = (day: number): boolean =>
    day < agent.from || (agent.rest !== undefined && day >= agent.rest[0] && day < agent.rest[1]);
  if (agent.job.hours === 'cron')
    return cronTimes(agent, company.days, rng).filter((t) => !off(Math.floor((t - START) / DAY)));
  const mean = agent.job.recipes.reduce((s, r, i) => s + callsPerTask(r) * at(agent.weights, i), 0);
  const each = (mean / agent.weights.reduce((s, w) => s + w, 0)) * 1.25;
  const out: number[] = [];
  for (let day = -1; day <= company.days; day++) {
    const noise = rng.logn(0.93, 0.4);
    const batch = rng.chance(agent.batch) ? rng.pareto(3, 1.2, 40) : 1;
    const calls = Math.min(2600, agent.rate * factor(company, agent, day) * noise * batch);
    const n = rng.negbin(calls / each, agent.spread * 3);
    const hours = agent.bursty
      ? clumped(agent, n, rng)
      : Array.from({ length: n }, () => hourIn(agent, rng));
    if (off(day)) continue;
    for (const h of hours) out.push(localTime(agent.zone, day, h));
  }
  return out.filter((t) => t >= START && t < START + company.days * DAY).sort((a, b) => a - b);
}

/** Nights on which somebody was called and worked with the agent. */
export function callOuts(company: Company, agent: Agent, rng: Rng): number[] {
  if (!agent.job.tags.includes('oncall')) return [];
  const out: number[] = [];
  for (let day = agent.from; day < company.days; day++) {
    if (!rng.chance(0.04)) continue;
    const t = localTime(agent.zone, day, 22 + rng.float() * 6);
    for (let i = rng.int(1, 3); i > 0; i--)
      out.push(t + Math.round(i * rng.range(0.1, 0.5) * HOUR));
  }
  return out.filter((t) => t >= START && t < START + company.days * DAY);
}
