// The registry of the company. YAML contains JSON, so each entry is one flow mapping on one line.
import type { Company } from './company.ts';
import { jobs } from './jobs.ts';
import { at, hashUnit } from './rng.ts';
import { sensitivityRank, toolId } from './tools.ts';
import type { Agent, Sensitivity } from './types.ts';

const levels: readonly Sensitivity[] = [
  'public',
  'internal',
  'confidential',
  'restricted',
  'secret',
];

function highest(agent: Agent): Sensitivity {
  const ranks = agent.job.recipes.flat().map((s) => sensitivityRank(s.tool.sens));
  return at(levels, Math.max(1, ...ranks));
}

function profile(agent: Agent): Record<string, unknown> {
  const ids = new Set(agent.job.recipes.flat().map((s) => toolId(s.tool)));
  if (agent.rollout) ids.add(toolId(agent.rollout.tool));
  if (agent.audit) for (const s of ['s3', 'dynamodb']) ids.add(`${s}.amazonaws.com/*`);
  if (agent.helper !== undefined) ids.add('notion/*');
  return { tools: [...ids].sort(), environments: ['prod'], sensitivity_max: highest(agent) };
}

function entry(agent: Agent): Record<string, unknown> {
  const u = hashUnit(`${agent.uid}/registry`);
  return {
    uid: agent.uid,
    class: agent.job.cls,
    role: agent.job.id,
    plane: agent.job.plane,
    owner: { person: agent.owner, team: agent.job.team },
    ...(u < 0.85 ? { profile: profile(agent) } : {}),
    workflows: agent.job.tags.includes('helper') ? [agent.job.id, 'research-lead'] : [agent.job.id],
    ...(u > 0.9 ? { criticality: 'high' } : {}),
    monitoring: { sources: [agent.source.instance], ...(agent.beats ? { heartbeat_s: 3900 } : {}) },
    risk_review: { by: 'risk-office', at: '2026-08-17', expires: '2027-02-15' },
    state: 'live',
  };
}

export function registryLines(company: Company): string[] {
  const out = ['version: 1', 'agents:'];
  for (const a of company.agents) if (!a.ephemeral) out.push(`  - ${JSON.stringify(entry(a))}`);
  for (const s of company.sources) {
    const own = {
      uid: s.uid,
      class: 'scheduled_job',
      role: 'gateway',
      owner: { person: `platform@${company.domain}`, team: 'platform' },
      monitoring: { sources: [s.instance], ...(s.has.has('beat') ? { heartbeat_s: 3900 } : {}) },
      state: 'live',
    };
    out.push(`  - ${JSON.stringify(own)}`);
  }
  out.push('workflows:');
  for (const j of jobs)
    out.push(
      `  - ${JSON.stringify({ name: j.id, owner: { team: j.team, person: `${j.team}@${company.domain}` } })}`,
    );
  return out;
}
