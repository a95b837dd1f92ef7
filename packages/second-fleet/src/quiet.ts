// What changed harmlessly, and which alerts would be right all the same.
import { DAY, START } from './clock.ts';
import type { Company } from './company.ts';
import { at } from './rng.ts';
import type { Agent, Quiet } from './types.ts';

type More = Partial<Quiet>;

function together(
  company: Company,
  variation: string,
  span: [number, number],
  test: (a: Agent) => boolean,
  more: More = {},
): Quiet[] {
  const agents = company.agents.filter(test).map((a) => a.uid);
  return agents.length > 0 ? [{ variation, agents, from: span[0], to: span[1], ...more }] : [];
}

function each(
  company: Company,
  variation: string,
  test: (a: Agent) => [number, number] | undefined,
  more: More = {},
): Quiet[] {
  return company.agents.flatMap((a) => {
    const span = test(a);
    if (!span || span[0] >= span[1]) return [];
    return [{ variation, agents: [a.uid], from: span[0], to: span[1], ...more }];
  });
}

function uses(server: string): (a: Agent) => boolean {
  return (a) => a.job.recipes.flat().some((s) => s.tool.server === server);
}

function tagged(tag: string): (a: Agent) => boolean {
  return (a) => a.job.tags.includes(tag);
}

function ofAgents(company: Company): Quiet[] {
  const end = START + company.days * DAY;
  const day = (d: number): number => Math.min(end, START + d * DAY);
  const staticKeys = { kinds: ['credential_static'], alerts: 1 };
  const runs = { kinds: ['unregistered_agent', 'credential_static'], alerts: company.days + 1 };
  return [
    ...each(company, 'growth', (a) => (a.growth > 1 ? [START, end] : undefined)),
    ...each(company, 'new_agent', (a) => (a.from > 0 ? [day(a.from), end] : undefined)),
    ...each(company, 'rest', (a) => (a.rest ? [day(a.rest[0]), day(a.rest[1])] : undefined)),
    ...each(
      company,
      'static_credential',
      (a) => (a.credential === 'static' && !a.ephemeral ? [START, end] : undefined),
      staticKeys,
    ),
    ...each(company, 'ephemeral_uids', (a) => (a.ephemeral ? [START, end] : undefined), runs),
    ...company.agents.flatMap((a) =>
      a.changes.map((c) => ({
        variation: `declared_${c.what}`,
        agents: [a.uid],
        from: c.t,
        to: Math.min(end, c.t + DAY),
      })),
    ),
  ];
}

export function quietLabels(company: Company): Quiet[] {
  const end = START + company.days * DAY;
  const day = (d: number): number => Math.min(end, START + d * DAY);
  const unseen = { kinds: ['approval_bypass', 'class_drift'], alerts: company.days };
  const out = ofAgents(company);
  if (company.days > 24)
    out.push(...together(company, 'month_end', [day(24), day(29)], tagged('month')));
  for (const d of company.peakDays)
    if (d < company.days)
      out.push(...together(company, 'marketing_peak', [day(d), day(d + 1)], tagged('marketing')));
  out.push(
    ...together(
      company,
      'tool_rollout',
      [day(company.days * 0.3), end],
      (a) => a.rollout !== undefined,
    ),
  );
  for (const c of company.served)
    out.push(...together(company, 'server_tools', [c.t, Math.min(end, c.t + DAY)], uses(c.server)));
  out.push(...together(company, 'laptops', [START, end], tagged('roam')));
  out.push(...together(company, 'on_call', [START, end], tagged('oncall')));
  out.push(...together(company, 'no_approval_telemetry', [START, end], effectsUnseen, unseen));
  for (const o of company.outages) {
    const alerts = 1 + company.agents.filter((a) => a.source === o.source && a.audit).length;
    const more = { kinds: ['telemetry_gap', 'unlogged_action'], alerts };
    const name = o.backfill ? 'outage_backfilled' : 'outage';
    out.push(...together(company, name, [o.from, o.to], (a) => a.source === o.source, more));
  }
  for (const s of company.spells)
    out.push(...together(company, 'error_spell', [s.from, s.to], uses(s.server)));
  for (const m of company.meetings)
    out.push({
      variation: 'bulk_approval',
      agents: [at(company.agents, m.agent).uid],
      from: m.t,
      to: m.t + DAY,
    });
  return out;
}

export function effectsUnseen(a: Agent): boolean {
  const { cls } = a.job;
  if (a.source.has.has('approvals') || cls === 'scheduled_job' || cls === 'human_triggered')
    return false;
  return a.job.recipes.flat().some((s) => s.tool.eff !== 'read' && s.tool.eff !== 'draft');
}
