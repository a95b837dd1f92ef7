/**
 * The registry that belongs to a simulated fleet, as a file: who is who, what each may do, what
 * each workflow may do and which combinations its owner approved inside which envelope.
 */
import { DAY, dateText, FIRST_DAY } from './calendar.ts';
import { AGENTS_MIN, type Agent, AUDITOR, type Fleet, GATEWAYS } from './fleet.ts';
import { type Plain, yamlLines } from './plain-yaml.ts';
import { FIRMS } from './plausible-values.ts';
import { TOOLS } from './tool-table.ts';
import { WORKFLOWS } from './work/workflows.ts';

/** Domains to which customers' mail may go. */
const CUSTOMERS = FIRMS.map((n) => `${n}.example`);

const approval = (combination: string, roles: readonly string[], envelope: Plain): Plain => ({
  combination,
  roles,
  envelope,
  by: 'ciso-office@acme.example',
  reason: 'reviewed with the workflow',
  from: dateText(FIRST_DAY - 18),
  expires: dateText(FIRST_DAY + 120),
});

/** What of a send to customers was approved: to them, in production, up to confidential data. */
const TO_CUSTOMERS = {
  destinations: CUSTOMERS,
  environments: ['prod'],
  sensitivity_max: 'confidential',
};

/** Combinations that honest work completes, and inside which envelope. */
const APPROVED: Readonly<Record<string, readonly Plain[]>> = {
  'customer-support': [
    approval('lethal-trifecta', ['triage', 'desk', 'correspondent'], TO_CUSTOMERS),
  ],
  'sales-follow-up': [approval('lethal-trifecta', ['seller', 'correspondent'], TO_CUSTOMERS)],
  onboarding: [
    approval('identity-persistence', ['onboarder', 'access', 'keys'], { environments: ['prod'] }),
  ],
};

/** Hand-offs that a workflow's owner declared, with the type that is checked. */
const HANDOFFS: Readonly<Record<string, Plain>> = {
  'customer-support': [{ from: 'retrieval', to: 'execution', type: 'contact-record' }],
};

const REVIEW = {
  by: 'ciso-office',
  at: dateText(FIRST_DAY - 18),
  expires: dateText(FIRST_DAY + 160),
};

function entryOf(agent: Agent): Plain {
  return {
    uid: agent.uid,
    class: agent.class,
    role: agent.role,
    plane: agent.plane,
    owner: { person: agent.owner, team: agent.team },
    grants: agent.grants,
    profile: { tools: agent.tools, environments: ['prod'] },
    workflows: WORKFLOWS.filter((w) => w.roles.includes(agent.role)).map((w) => w.name),
    monitoring: {
      sources: [agent.gateway],
      ...(agent.heartbeat === undefined ? {} : { heartbeat_s: agent.heartbeat }),
    },
    risk_review: REVIEW,
    state: 'live',
  };
}

const gatewayEntry = ({ uid, instance, heartbeat }: (typeof GATEWAYS)[number]): Plain => ({
  uid,
  class: 'scheduled_job',
  role: 'gateway',
  owner: { person: 'platform-lead@acme.example', team: 'platform' },
  grants: [],
  monitoring: { sources: [instance], heartbeat_s: heartbeat },
  risk_review: REVIEW,
  state: 'live',
});

const AUDIT_ENTRY: Plain = {
  uid: AUDITOR,
  class: 'scheduled_job',
  role: 'target-audit',
  owner: { person: 'security-lead@acme.example', team: 'security' },
  grants: [],
  monitoring: { sources: ['gateway-1'] },
  risk_review: REVIEW,
  state: 'live',
};

/** A mail whose recipients are all inside is no external send. */
const INSIDE = { unless: { arg: 'to', domain: 'acme.example' } };

function toolEntries(): Plain {
  return Object.entries(TOOLS)
    .filter(([name]) => name !== 'sendInside')
    .map(([, tool]) => ({
      match: { server: tool.server, tool: tool.name },
      capabilities: tool.capabilities.map((symbol) => ({
        symbol,
        ...(symbol === 'send:external' ? INSIDE : {}),
      })),
      effect: tool.effect,
      result_trust: tool.trust,
    }));
}

/** @returns the text of a registry file (contracts: Registry file). */
export function registryOf(fleet: Fleet): string {
  const value: Plain = {
    version: 1,
    agents: [...fleet.agents.map(entryOf), ...GATEWAYS.map(gatewayEntry), AUDIT_ENTRY],
    tools: toolEntries(),
    workflows: WORKFLOWS.map((w) => ({
      name: w.name,
      owner: { person: `${w.name}-owner@acme.example` },
      envelope: { environments: ['prod'] },
      ...(APPROVED[w.name] === undefined ? {} : { approvals: APPROVED[w.name] ?? [] }),
      ...(HANDOFFS[w.name] === undefined ? {} : { handoffs: HANDOFFS[w.name] ?? [] }),
    })),
    scope_map: { 'code.read': ['read:source_code'], 'ledger.read': ['read:financial'] },
  };
  const head = `# A simulated fleet of ${fleet.agents.length} agents (${AGENTS_MIN} roles a cell), day 0 = ${dateText(FIRST_DAY)} (${DAY / 3_600_000} h days).`;
  return `${[head, ...yamlLines(value, '')].join('\n')}\n`;
}
