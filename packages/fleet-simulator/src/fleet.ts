/**
 * Who there is: agents that hold roles, in cells.
 *
 * Agent number n sits in cell n div ROLES. The first cell has every role once; each other cell lacks
 * some, has others twice, and borrows what it lacks from an earlier cell: which, the seed says. So
 * one more agent changes nobody else. Agents that take part in incidents are the same that work
 * every day: a detector must not win by knowing newcomers.
 */

import { HOUR, MINUTE, timeText } from './calendar.ts';
import { type House, houseOf } from './house.ts';
import { FAMILY_NAMES, GIVEN_NAMES } from './plausible-values.ts';
import { type Random, randomOf } from './random.ts';
import {
  type ActorClass,
  type Plane,
  ROLE_NAMES,
  ROLES,
  type Role,
  type RolePlan,
} from './roles.ts';
import type { SimulatedEvent } from './simulated-event.ts';
import { TOOLS } from './tool-table.ts';

export type { Role } from './roles.ts';

/** Fewer agents than roles leave work undone. */
export const AGENTS_MIN = ROLE_NAMES.length;
/** A named limit for what stands in memory: agents and one day of their calls. */
export const AGENTS_MAX = 20_000;

type Source = NonNullable<SimulatedEvent['src']>;

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
  readonly version: string;
  readonly prompt: string;
  /** Where it runs: it is moved from one to the next every few days. */
  readonly places: readonly [Source, ...Source[]];
  /** Days by which its moves are apart from others'. */
  readonly moves: number;
  /** Seconds between its heartbeats; nothing when it sends none. */
  readonly heartbeat?: number;
}

/** An agent is moved to another of its places after so many days. */
const MOVED_AFTER = 6;

export function placeOf({ places, moves }: Agent, day: number): Source {
  return places[Math.floor((day + moves) / MOVED_AFTER) % places.length] ?? places[0];
}

export interface Cell {
  readonly number: number;
  agent(role: Role): Agent;
  /** The cell as it works in its `n`-th run: those who share a role take turns. */
  turn(n: number): Cell;
}

export interface Fleet {
  readonly agents: readonly Agent[];
  readonly cells: readonly Cell[];
  readonly house: House;
}

/** A gateway's own registered identity and what it sends of itself. */
export const GATEWAYS = [1, 2, 3].map((n) => ({
  instance: `gateway-${n}`,
  uid: `spiffe://acme.example/gateway/${n}`,
  heartbeat: 1800,
}));

/** Reads the targets' own records: which token was used there. */
export const AUDITOR = 'spiffe://acme.example/audit/targets';

/** Those whose silence is to be noticed beat. */
const BEATING: ReadonlySet<Role> = new Set(['payer', 'releaser', 'briefer', 'coder', 'researcher']);
/** Granted to some who never use them, and part of no step of a combination that is told by its grants. */
const SPARE_GRANTS = ['read:public', 'browse:web', 'send:internal'] as const;
const CLIENTS = [
  'acme-agent-runtime/3.2',
  'acme-agent-runtime/3.2',
  'acme-agent-runtime/3.3',
  'python-requests/2.32',
  'curl/8.9',
  'node-fetch/3.3',
] as const;
const VERSIONS = ['1.4.2', '1.4.2', '1.4.1', '1.3.9', '1.6.0'] as const;
const MODELS = ['lumen-4', 'lumen-4', 'lumen-4', 'lumen-3.5', 'sonde-2'] as const;
const HEX = '0123456789abcdef';

/** A person's name; `n` makes it that person's alone. */
const personOf = (random: Random, n: number): string =>
  `${random.pick(GIVEN_NAMES)}.${random.pick(FAMILY_NAMES)}${n}@acme.example`;

/** Addresses of a cell: some run in our own network, some at a host outside. */
function placesOf(random: Random, network: string): readonly [Source, ...Source[]] {
  const user_agent = random.pick(CLIENTS);
  const place = () => ({ ip: `${network}.${random.int(2, 250)}`, user_agent });
  return [place(), place(), place()];
}

function networkOf(seed: string, cell: number, gateway: number): string {
  const random = randomOf(`${seed}/network/${cell}`);
  const outside = random.pick(['203.0.113', '198.51.100', '192.0.2'] as const);
  return random.chance(0.3) ? outside : `10.${random.int(16, 240)}.${gateway}`;
}

/** A role's agent in a cell; `spare` counts those who hold the role there already. */
function agentOf(name: Role, cell: number, spare: number, house: House): Agent {
  const plan: RolePlan = ROLES[name];
  const random = randomOf(`${house.seed}/agent/${name}/${cell}/${spare}`);
  const grants = new Set<string>(plan.tools.flatMap((t) => TOOLS[t].capabilities));
  grants.add('delegate:task');
  if (random.chance(0.4)) grants.add(random.pick(SPARE_GRANTS));
  const used = plan.tools.flatMap((t) => {
    const { server, name: listed } = house.tools[t];
    const anew = house.renamed.tool === t ? [`${server}/${house.renamed.name}`] : [];
    return [`${server}/${listed}`, ...anew];
  });
  // A cell's executing agents report through another gateway than those who read and reason.
  const gateway = ((plan.plane === 'execution' ? cell + 1 : cell) % GATEWAYS.length) + 1;
  const teams = new Set(ROLE_NAMES.map((r) => ROLES[r].team));
  const owners = randomOf(`${house.seed}/team/${plan.team}/${cell}`);
  return {
    uid: `spiffe://acme.example/agent/${name}-${random.text(HEX, 4)}${cell}${spare}`,
    role: name,
    class: plan.class,
    plane: plan.plane,
    team: `${plan.team}-${cell}`,
    owner: personOf(owners, cell * teams.size + [...teams].indexOf(plan.team)),
    cell,
    grants: [...grants].sort(),
    tools: [...new Set(used)],
    gateway: `gateway-${gateway}`,
    model: plan.class === 'scheduled_job' ? 'lumen-4-mini' : random.pick(MODELS),
    version: random.pick(VERSIONS),
    prompt: `prompt/${name}-${random.int(1, 9)}`,
    places: placesOf(random, networkOf(house.seed, cell, gateway)),
    moves: random.int(0, MOVED_AFTER - 1),
    ...(BEATING.has(name) ? { heartbeat: random.pick([1800, 2700, 3600]) } : {}),
  };
}

/** Roles that a cell may do without, and those of which it then has two. */
const LACKED: readonly Role[] = ['directory', 'people', 'briefer', 'tuner', 'vault', 'operator'];
const DOUBLED: readonly Role[] = ['triage', 'clerk', 'coder', 'seller', 'analyst', 'researcher'];

/** The roles of a cell in order: the first cell's are all, once. */
function rolesOf(cell: number, seed: string): readonly Role[] {
  if (cell === 0) return ROLE_NAMES;
  const random = randomOf(`${seed}/roles/${cell}`);
  const swaps = new Map<Role, Role>();
  for (let n = random.int(1, 3); n > 0; n--) {
    const lacked = LACKED[random.int(0, LACKED.length - 1)] ?? 'vault';
    swaps.set(lacked, DOUBLED[random.int(0, DOUBLED.length - 1)] ?? 'clerk');
  }
  return ROLE_NAMES.map((role) => swaps.get(role) ?? role);
}

function membersOf(cell: number, count: number, house: House): readonly Agent[] {
  const inHand = new Map<Role, number>();
  return rolesOf(cell, house.seed)
    .slice(0, count)
    .map((role) => {
      const spare = inHand.get(role) ?? 0;
      inHand.set(role, spare + 1);
      return agentOf(role, cell, spare, house);
    });
}

/** @param own the cell's members. @param lent those of an earlier cell, for roles that it lacks. */
function cellOf(number: number, own: readonly Agent[], lent: readonly Agent[]): Cell {
  const holders = new Map<Role, Agent[]>();
  for (const agent of own) holders.set(agent.role, [...(holders.get(agent.role) ?? []), agent]);
  for (const agent of lent) if (!holders.has(agent.role)) holders.set(agent.role, [agent]);
  const inTurn = (n: number): Cell => ({
    number,
    agent: (role) => {
      const able = holders.get(role) ?? [];
      const agent = able[n % Math.max(1, able.length)];
      if (agent === undefined) throw new Error(`nobody is ${role} in cell ${number}`);
      return agent;
    },
    turn: (m) => turns[m % turns.length] ?? inTurn(m),
  });
  const most = Math.max(...[...holders.values()].map((all) => all.length));
  const turns: readonly Cell[] = Array.from({ length: most }, (_, n) => inTurn(n));
  return inTurn(0);
}

/** @param size number of agents, AGENTS_MIN to AGENTS_MAX. */
export function fleetOf(size: number, seed: string): Fleet {
  const count = ROLE_NAMES.length;
  const house = houseOf(seed);
  const members = Array.from({ length: Math.ceil(size / count) }, (_, cell) =>
    membersOf(cell, size - cell * count, house),
  );
  const first = members[0] ?? [];
  const cells = members.map((own, number) => cellOf(number, own, first));
  return { agents: members.flat(), cells, house };
}

/** Tokens of agents: how long each class's live (governance), and how they are told. */
export const LIFE: Readonly<Record<Agent['class'], number>> = {
  scheduled_job: 2 * HOUR,
  human_triggered: 8 * HOUR,
  assistive: 30 * MINUTE,
  semi_autonomous: 4 * HOUR,
  autonomous: 15 * MINUTE,
};

export function credentialPart(
  agent: Agent,
  uid: string,
  issued: number,
  parent?: string,
): NonNullable<SimulatedEvent['credential']> {
  return {
    uid,
    type: 'access_token',
    issued_at: timeText(issued),
    expires_at: timeText(issued + LIFE[agent.class]),
    ...(parent === undefined ? {} : { parent_uid: parent }),
  };
}
