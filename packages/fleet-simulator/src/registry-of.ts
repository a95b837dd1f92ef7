/**
 * The registry that belongs to a simulated fleet, as a file: who is who, what each may do, what
 * each workflow may do and which combinations its owner approved inside which envelope.
 */
import { type Calendar, DAY, dateText } from './calendar.ts';
import { AGENTS_MIN, type Agent, AUDITOR, type Fleet, GATEWAYS } from './fleet.ts';
import { type Plain, yamlLines } from './plain-yaml.ts';
import { FIRMS } from './plausible-values.ts';
import { type Random, randomOf } from './random.ts';
import { WORKFLOWS } from './work/workflows.ts';

/**
 * Days after the first on which the approval of looking somebody up and writing to him ends: some
 * plots are played before, some after.
 */
export const APPROVAL_ENDS = 9;

/** Domains to which customers' mail may go. */
const CUSTOMERS = FIRMS.map((n) => `${n}.example`);

/** What a registry's dates are counted from, and its own chance. */
interface Reviewed {
  readonly calendar: Calendar;
  readonly random: Random;
}

/** Who signs for risk, in each fleet another office. */
const OFFICES = ['ciso-office', 'risk-board', 'model-governance'] as const;

interface Approved {
  readonly combination: string;
  readonly roles: readonly string[];
  readonly envelope: Plain;
  /** The day of the fleet's time on which it ends; left out: after it. */
  readonly ends?: number;
}

/** Approvals last at most 180 days. */
const APPROVED_DAYS = 178;

function approval({ ends, ...of }: Approved, { calendar, random }: Reviewed): Plain {
  const from = calendar.first - random.int(5, 60);
  return {
    ...of,
    by: `${random.pick(OFFICES)}@acme.example`,
    reason: 'reviewed with the workflow',
    from: dateText(from),
    expires: dateText(ends === undefined ? from + APPROVED_DAYS : calendar.first + ends),
  };
}

/** What of a send to customers was approved: to them, in production, up to confidential data. */
const TO_CUSTOMERS = {
  destinations: CUSTOMERS,
  environments: ['prod'],
  sensitivity_max: 'confidential',
};

/** Combinations that honest work completes, and inside which envelope. */
const APPROVED: Readonly<Record<string, readonly Approved[]>> = {
  'customer-support': [
    {
      combination: 'lethal-trifecta',
      roles: ['triage', 'desk', 'correspondent'],
      envelope: { ...TO_CUSTOMERS, volume: { calls: 40 } },
    },
  ],
  'access-review': [
    {
      combination: 'recon-to-exfiltration',
      roles: ['directory', 'people', 'correspondent'],
      envelope: { destinations: CUSTOMERS, environments: ['prod'] },
      ends: APPROVAL_ENDS,
    },
  ],
  'invoice-approval': [
    {
      combination: 'payment-release',
      roles: ['payees', 'payer', 'checker'],
      envelope: { environments: ['prod'], provenance: { payee: ['trusted', 'requested'] } },
    },
  ],
  'sales-follow-up': [
    {
      combination: 'lethal-trifecta',
      roles: ['seller', 'correspondent'],
      envelope: TO_CUSTOMERS,
    },
  ],
  onboarding: [
    {
      combination: 'identity-persistence',
      roles: ['onboarder', 'access', 'keys'],
      envelope: { environments: ['prod'] },
    },
  ],
};

/** Hand-offs that a workflow's owner declared, with the type that is checked. */
const HANDOFFS: Readonly<Record<string, Plain>> = {
  'customer-support': [{ from: 'retrieval', to: 'execution', type: 'contact-record' }],
};

function review({ calendar, random }: Reviewed): Plain {
  const at = calendar.first - random.int(10, 90);
  return {
    by: random.pick(OFFICES),
    at: dateText(at),
    expires: dateText(at + calendar.days + random.int(120, 270)),
  };
}

function entryOf(agent: Agent, reviewed: Reviewed): Plain {
  return {
    uid: agent.uid,
    class: agent.class,
    role: agent.role,
    plane: agent.plane,
    owner: { person: agent.owner, team: agent.team },
    grants: agent.grants,
    profile: { tools: agent.tools, environments: ['prod'] },
    // Whoever is asked lends a hand, in whatever work.
    workflows: WORKFLOWS.map((w) => w.name),
    monitoring: {
      sources: [agent.gateway],
      ...(agent.heartbeat === undefined ? {} : { heartbeat_s: agent.heartbeat }),
    },
    risk_review: review(reviewed),
    state: 'live',
  };
}

const gatewayEntry = (
  { uid, instance, heartbeat }: (typeof GATEWAYS)[number],
  reviewed: Reviewed,
): Plain => ({
  uid,
  class: 'scheduled_job',
  role: 'gateway',
  owner: { person: 'platform-lead@acme.example', team: 'platform' },
  grants: [],
  monitoring: { sources: [instance], heartbeat_s: heartbeat },
  risk_review: review(reviewed),
  state: 'live',
});

const auditEntry = (reviewed: Reviewed): Plain => ({
  uid: AUDITOR,
  class: 'scheduled_job',
  role: 'target-audit',
  owner: { person: 'security-lead@acme.example', team: 'security' },
  grants: [],
  monitoring: { sources: ['gateway-1'] },
  risk_review: review(reviewed),
  state: 'live',
});

/** A mail whose recipients are all inside is no external send. */
const INSIDE = { unless: { arg: 'to', domain: 'acme.example' } };

function toolEntries({ house }: Fleet): Plain {
  const { tool: renamed, name: anew } = house.renamed;
  const listed = Object.entries(house.tools).filter(([name]) => name !== 'sendInside');
  return [...listed.map(([, tool]) => tool), { ...house.tools[renamed], name: anew }].map(
    (tool) => ({
      match: { server: tool.server, tool: tool.name },
      capabilities: tool.capabilities.map((symbol) => ({
        symbol,
        ...(symbol === 'send:external' ? INSIDE : {}),
      })),
      effect: tool.effect,
      result_trust: tool.trust,
    }),
  );
}

/** @returns the text of a registry file (contracts: Registry file). */
export function registryOf(fleet: Fleet, calendar: Calendar): string {
  const reviewedAs = (who: string): Reviewed => ({
    calendar,
    random: randomOf(`${fleet.house.seed}/reviewed/${who}`),
  });
  const value: Plain = {
    version: 1,
    agents: [
      ...fleet.agents.map((a) => entryOf(a, reviewedAs(a.uid))),
      ...GATEWAYS.map((g) => gatewayEntry(g, reviewedAs(g.uid))),
      auditEntry(reviewedAs(AUDITOR)),
    ],
    tools: toolEntries(fleet),
    workflows: WORKFLOWS.map((w) => ({
      name: w.name,
      owner: { person: `${w.name}-owner@acme.example` },
      envelope: { environments: ['prod'] },
      ...(APPROVED[w.name] === undefined
        ? {}
        : { approvals: APPROVED[w.name]?.map((a) => approval(a, reviewedAs(w.name))) ?? [] }),
      ...(HANDOFFS[w.name] === undefined ? {} : { handoffs: HANDOFFS[w.name] ?? [] }),
    })),
    scope_map: { 'code.read': ['read:source_code'], 'ledger.read': ['read:financial'] },
  };
  const head = `# A simulated fleet of ${fleet.agents.length} agents (${AGENTS_MIN} to a cell), day 0 = ${dateText(calendar.first)} (${DAY / 3_600_000} h days).`;
  return `${[head, ...yamlLines(value, '')].join('\n')}\n`;
}
