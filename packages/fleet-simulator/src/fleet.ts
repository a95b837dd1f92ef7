/**
 * Who there is: agents that hold roles, in cells.
 *
 * Agent number n holds role n mod ROLES in cell n div ROLES; a cell that lacks a role borrows it
 * from the first. So one more agent changes nobody else. Agents that take part in incidents are
 * the same that work every day: a detector must not win by knowing newcomers.
 */
import {
  type ActorClass,
  type Plane,
  ROLE_NAMES,
  ROLES,
  type Role,
  type RolePlan,
} from './roles.ts';
import { TOOLS } from './tool-table.ts';

export type { Role } from './roles.ts';

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
  readonly cell: number;
  readonly grants: readonly string[];
  readonly tools: readonly string[];
  readonly gateway: string;
  readonly model: string;
  readonly src: { readonly ip: string; readonly user_agent: string };
  /** Seconds between its heartbeats; nothing when it sends none. */
  readonly heartbeat?: number;
}

export interface Cell {
  readonly number: number;
  agent(role: Role): Agent;
}

export interface Fleet {
  readonly agents: readonly Agent[];
  readonly cells: readonly Cell[];
}

/** A gateway's own registered identity and what it sends of itself. */
export const GATEWAYS = [1, 2, 3].map((n) => ({
  instance: `gateway-${n}`,
  uid: `spiffe://acme.example/gateway/${n}`,
  heartbeat: 1800,
}));

/** Reads the targets' own records: which token was used there. */
export const AUDITOR = 'spiffe://acme.example/audit/targets';

/** Those whose silence is to be noticed beat once in this many seconds. */
const BEATING: ReadonlySet<Role> = new Set(['payer', 'releaser', 'briefer']);
const HEARTBEAT_S = 3600;

function agentOf(name: Role, cell: number): Agent {
  const plan: RolePlan = ROLES[name];
  const grants = new Set(plan.tools.flatMap((t) => TOOLS[t].capabilities));
  grants.add('delegate:task');
  // A cell's executing agents report through another gateway than those who read and reason.
  const gateway = ((plan.plane === 'execution' ? cell + 1 : cell) % GATEWAYS.length) + 1;
  return {
    uid: `spiffe://acme.example/agent/${name}-${cell}`,
    role: name,
    class: plan.class,
    plane: plan.plane,
    team: `${plan.team}-${cell}`,
    owner: `${plan.team}-lead-${cell}@acme.example`,
    cell,
    grants: [...grants].sort(),
    tools: [...new Set(plan.tools.map((t) => `${TOOLS[t].server}/${TOOLS[t].name}`))],
    gateway: `gateway-${gateway}`,
    model: plan.class === 'scheduled_job' ? 'lumen-4-mini' : 'lumen-4',
    src: {
      ip: `10.${20 + (cell % 200)}.${gateway}.${10 + ROLE_NAMES.indexOf(name)}`,
      user_agent: 'acme-agent-runtime/3.2',
    },
    ...(BEATING.has(name) ? { heartbeat: HEARTBEAT_S } : {}),
  };
}

/** @param size number of agents, AGENTS_MIN to AGENTS_MAX. */
export function fleetOf(size: number): Fleet {
  const count = ROLE_NAMES.length;
  const agents = Array.from({ length: size }, (_, n) =>
    agentOf(ROLE_NAMES[n % count] ?? 'generalist', Math.floor(n / count)),
  );
  const cells = Array.from({ length: Math.ceil(size / count) }, (_, number) => {
    const own = new Map(agents.filter((a) => a.cell === number).map((a) => [a.role, a]));
    const lent = new Map(agents.slice(0, count).map((a) => [a.role, a]));
    return { number, agent: (name: Role) => own.get(name) ?? lent.get(name) ?? agentOf(name, 0) };
  });
  return { agents, cells };
}
