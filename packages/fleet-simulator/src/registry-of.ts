/**
 * The registry that belongs to a simulated fleet, as a file: who is who, what each may do, what
 * each workflow may do and which combinations its owner approved inside which envelope.
 *
 * Written as YAML by hand: strings in JSON's double quotes are YAML, so no library decides the
 * bytes.
 */
import { DAY, dateText, FIRST_DAY } from './calendar.ts';
import { AGENTS_MIN, type Fleet } from './fleet.ts';
import { TOOLS } from './tool-table.ts';
import { WORKFLOWS } from './work/workflows.ts';

type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

function scalar(value: Plain): string | undefined {
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isList(value))
    return value.every((v) => typeof v !== 'object')
      ? `[${value.map((v) => JSON.stringify(v)).join(', ')}]`
      : undefined;
  return undefined;
}

function lines(value: Plain, indent: string): string[] {
  if (typeof value !== 'object') return [`${indent}${JSON.stringify(value)}`];
  if (isList(value)) {
    return value.flatMap((entry) => {
      const [first = '', ...rest] = lines(entry, `${indent}  `);
      return [`${indent}- ${first.trimStart()}`, ...rest];
    });
  }
  return Object.entries(value).flatMap(([key, entry]) => {
    const flat = scalar(entry);
    return flat === undefined
      ? [`${indent}${key}:`, ...lines(entry, `${indent}  `)]
      : [`${indent}${key}: ${flat}`];
  });
}

/** Domains to which customers' mail may go. */
const CUSTOMERS = [
  'nordwind',
  'helix',
  'bluepeak',
  'calder',
  'orchard',
  'tessera',
  'marlow',
  'quarry',
].map((n) => `${n}.example`);

const approval = (combination: string, roles: readonly string[], envelope: Plain): Plain => ({
  combination,
  roles,
  envelope,
  by: 'ciso-office@acme.example',
  reason: 'reviewed with the workflow',
  from: dateText(FIRST_DAY - 18),
  expires: dateText(FIRST_DAY + 120),
});

/** Combinations that honest work completes, and inside which envelope. */
const APPROVED: Readonly<Record<string, readonly Plain[]>> = {
  'customer-support': [
    approval('lethal-trifecta', ['triage', 'desk', 'correspondent'], {
      destinations: CUSTOMERS,
      environments: ['prod'],
    }),
  ],
  'sales-follow-up': [
    approval('lethal-trifecta', ['seller', 'correspondent'], {
      destinations: CUSTOMERS,
      environments: ['prod'],
    }),
  ],
  onboarding: [
    approval('identity-persistence', ['onboarder', 'access', 'keys'], { environments: ['prod'] }),
  ],
};

/** @returns the text of a registry file (contracts: Registry file). */
export function registryOf(fleet: Fleet): string {
  const value: Plain = {
    version: 1,
    agents: fleet.agents.map((agent) => ({
      uid: agent.uid,
      class: agent.class,
      role: agent.role,
      plane: agent.plane,
      owner: { person: agent.owner, team: agent.team },
      grants: agent.grants,
      profile: { tools: agent.tools, environments: ['prod'] },
      workflows: WORKFLOWS.filter((w) => w.roles.includes(agent.role)).map((w) => w.name),
      monitoring: { sources: [agent.gateway] },
      risk_review: {
        by: 'ciso-office',
        at: dateText(FIRST_DAY - 18),
        expires: dateText(FIRST_DAY + 160),
      },
      state: 'live',
    })),
    tools: Object.values(TOOLS).map((tool) => ({
      match: { server: tool.server, tool: tool.name },
      capabilities: tool.capabilities.map((symbol) => ({ symbol })),
      effect: tool.effect,
      result_trust: tool.trust,
    })),
    workflows: WORKFLOWS.map((w) => ({
      name: w.name,
      owner: { person: `${w.name}-owner@acme.example` },
      envelope: { environments: ['prod'] },
      ...(APPROVED[w.name] === undefined ? {} : { approvals: APPROVED[w.name] ?? [] }),
    })),
    scope_map: { 'code.read': ['read:source_code'], 'ledger.read': ['read:financial'] },
  };
  const head = `# A simulated fleet of ${fleet.agents.length} agents (${AGENTS_MIN} roles a cell), day 0 = ${dateText(FIRST_DAY)} (${DAY / 3_600_000} h days).`;
  return `${[head, ...lines(value, '')].join('\n')}\n`;
}
