/**
 * Who there is: roles, and the agents that hold them, in cells.
 *
 * Agent number n holds role n mod ROLES in cell n div ROLES; a cell that lacks a role borrows it
 * from the first. So one more agent changes nobody else. Agents that take part in incidents are
 * the same that work every day: a detector must not win by knowing newcomers.
 */
import { TOOLS, type ToolName } from './tool-table.ts';

type ActorClass =
  | 'scheduled_job'
  | 'human_triggered'
  | 'assistive'
  | 'semi_autonomous'
  | 'autonomous';
type Plane = 'retrieval' | 'reasoning' | 'execution';

interface RolePlan {
  readonly team: string;
  readonly class: ActorClass;
  readonly plane: Plane;
  readonly tools: readonly ToolName[];
}

const role = (
  team: string,
  of: ActorClass,
  plane: Plane,
  ...tools: readonly ToolName[]
): RolePlan => ({
  team,
  class: of,
  plane,
  tools,
});

const ROLES = {
  triage: role(
    'support',
    'semi_autonomous',
    'retrieval',
    'readTicket',
    'updateTicket',
    'readIssue',
  ),
  desk: role('support', 'assistive', 'reasoning', 'readCustomer', 'updateTicket'),
  correspondent: role('outreach', 'semi_autonomous', 'execution', 'sendMail', 'post'),
  intake: role('payables', 'semi_autonomous', 'retrieval', 'readMail', 'readInvoices'),
  payees: role('master-data', 'semi_autonomous', 'execution', 'createPayee'),
  payer: role('treasury', 'autonomous', 'execution', 'pay'),
  checker: role('controlling', 'semi_autonomous', 'reasoning', 'approvePayment', 'readInvoices'),
  reporter: role(
    'controlling',
    'scheduled_job',
    'reasoning',
    'readInvoices',
    'query',
    'writePage',
    'post',
  ),
  coder: role('engineering', 'autonomous', 'reasoning', 'readIssue', 'readCode', 'push'),
  reviewer: role('quality', 'semi_autonomous', 'reasoning', 'readCode', 'approveChange'),
  releaser: role('release', 'semi_autonomous', 'execution', 'deploy', 'post'),
  builder: role('platform', 'semi_autonomous', 'execution', 'shell', 'readCode'),
  operator: role('platform', 'human_triggered', 'execution', 'readLogs', 'query', 'disableLogging'),
  storekeeper: role('storage', 'scheduled_job', 'execution', 'deleteSnapshot'),
  cleaner: role('data', 'scheduled_job', 'execution', 'dropTable', 'insert'),
  vault: role('security', 'semi_autonomous', 'reasoning', 'readSecret'),
  onboarder: role('identity', 'human_triggered', 'execution', 'createUser'),
  access: role('identity', 'human_triggered', 'execution', 'grantAccess'),
  keys: role('security', 'human_triggered', 'execution', 'createKey'),
  directory: role('people', 'assistive', 'retrieval', 'readDirectory'),
  people: role('people', 'assistive', 'reasoning', 'readPerson'),
  researcher: role('research', 'autonomous', 'retrieval', 'search', 'remember'),
  planner: role('research', 'autonomous', 'reasoning', 'recall', 'writePage', 'runCode'),
  tuner: role('ai-platform', 'human_triggered', 'execution', 'updatePrompt', 'readIssue'),
  helper: role('service', 'assistive', 'execution', 'impersonate', 'updateTicket'),
  analyst: role('data', 'human_triggered', 'reasoning', 'query', 'runCode', 'readInvoices'),
  exporter: role('data', 'scheduled_job', 'retrieval', 'listCustomers', 'insert'),
  seller: role('sales', 'semi_autonomous', 'reasoning', 'readCustomer', 'search', 'updateTicket'),
  generalist: role(
    'operations',
    'human_triggered',
    'reasoning',
    ...(Object.keys(TOOLS) as ToolName[]),
  ),
} as const;

export type Role = keyof typeof ROLES;
export const ROLE_NAMES = Object.keys(ROLES) as readonly Role[];
/** Fewer agents than roles leave work undone. */
export const AGENTS_MIN = ROLE_NAMES.length;
/** A named limit for what stands in memory: agents and one day of their calls. */
export const AGENTS_MAX = 20_000;

export interface Agent {
  readonly uid: string;
  readonly role: Role;
  readonly class: ActorClass;
  readonly plane: Plane;
  readonly team: string;
  readonly owner: string;
  readonly grants: readonly string[];
  readonly tools: readonly string[];
  readonly gateway: string;
}

export interface Cell {
  readonly number: number;
  agent(role: Role): Agent;
}

export interface Fleet {
  readonly agents: readonly Agent[];
  readonly cells: readonly Cell[];
}

function agentOf(name: Role, cell: number): Agent {
  const plan: RolePlan = ROLES[name];
  const grants = new Set(plan.tools.flatMap((t) => TOOLS[t].capabilities));
  grants.add('delegate:task');
  return {
    uid: `spiffe://acme.example/agent/${name}-${cell}`,
    role: name,
    class: plan.class,
    plane: plan.plane,
    team: `${plan.team}-${cell}`,
    owner: `${plan.team}-lead-${cell}@acme.example`,
    grants: [...grants].sort(),
    tools: plan.tools.map((t) => `${TOOLS[t].server}/${TOOLS[t].name}`),
    gateway: `gateway-${(cell % 3) + 1}`,
  };
}

/** @param size number of agents, AGENTS_MIN to AGENTS_MAX. */
export function fleetOf(size: number): Fleet {
  const count = ROLE_NAMES.length;
  const agents = Array.from({ length: size }, (_, n) =>
    agentOf(ROLE_NAMES[n % count] ?? 'generalist', Math.floor(n / count)),
  );
  const by = new Map(agents.map((a) => [a.uid, a]));
  const find = (name: Role, cell: number): Agent => {
    const own = by.get(`spiffe://acme.example/agent/${name}-${cell}`);
    return own ?? agentOf(name, 0);
  };
  const cells = Array.from({ length: Math.ceil(size / count) }, (_, number) => ({
    number,
    agent: (name: Role) => find(name, number),
  }));
  return { agents, cells };
}
