/** Wrong tools, wrong hours, effects without a person, and tokens in the wrong hands. */
import { DAY, HOUR, MINUTE } from '../calendar.ts';
import type { CallPlan } from '../call-plan.ts';
import { type Agent, placeOf } from '../fleet.ts';
import type { Role } from '../roles.ts';
import type { Run } from '../run.ts';
import { endOf } from '../scene.ts';
import type { ToolName } from '../tool-table.ts';
import * as calls from '../work/usual-calls.ts';
import { type AttackScene, byStrength, Concern, type FamilyPlan, runOf } from './attack.ts';
import { habitOf, usual } from './habit.ts';

/** Tools of others: read more, change something, destroy something. */
export const toolMisuse: FamilyPlan = {
  family: 'tool_misuse',
  roles: ['clerk', 'coder', 'reporter', 'scribe', 'registrar', 'analyst'],
  begin: (scene) => {
    const noted = new Concern();
    return {
      play: (world) => {
        const { agent, random } = scene;
        const [tool, plan] = byStrength(
          scene.strength,
          ['readDirectory', calls.directoryRead] as const,
          ['shell', calls.shellRun] as const,
          ['dropTable', calls.tableGone] as const,
        );
        const start = scene.day + random.int(8 * 60, 16 * 60) * MINUTE;
        const run = runOf(scene, world, habitOf(agent).workflow, start);
        for (let n = random.int(1, 3); n > 0; n--) usual(run, agent);
        const odd = run.call(agent, tool, plan(run));
        usual(run, agent);
        noted.add(run, [odd]);
        return noted.events;
      },
      label: () =>
        noted.label(scene, 'tool_misuse', [
          'outside_profile',
          'behavior_deviation',
          'outside_task_envelope',
          'reach_growth',
        ]),
    };
  },
};

interface Effect {
  readonly workflow: string;
  readonly tool: ToolName;
  readonly plan: (run: Run) => CallPlan;
}

/** What an agent of these roles changes. */
const EFFECTS: Partial<Record<Role, Effect>> = {
  clerk: { workflow: 'ledger-upkeep', tool: 'insert', plan: calls.inserted },
  seller: {
    workflow: 'sales-follow-up',
    tool: 'updateTicket',
    plan: (run) => calls.ticketUpdate(run),
  },
  scribe: {
    workflow: 'filing',
    tool: 'writePage',
    plan: (run) => calls.pageWritten(run, 'Minutes'),
  },
  access: {
    workflow: 'onboarding',
    tool: 'grantAccess',
    plan: (run) => calls.accessGranted(run),
  },
  onboarder: {
    workflow: 'onboarding',
    tool: 'createUser',
    plan: (run) => calls.userCreated(run),
  },
  keys: { workflow: 'onboarding', tool: 'createKey', plan: (run) => calls.keyCreated(run) },
  desk: {
    workflow: 'customer-support',
    tool: 'updateTicket',
    plan: (run) => calls.ticketUpdate(run),
  },
  helper: { workflow: 'desk-help', tool: 'updateTicket', plan: (run) => calls.ticketUpdate(run) },
};

function effectOf({ role }: Agent): Effect {
  const effect = EFFECTS[role];
  if (effect === undefined) throw new Error(`role ${role} has no effect`);
  return effect;
}

const NOBODY: CallPlan = { approval: { mode: 'none' } };

export const offHoursAutonomy: FamilyPlan = {
  family: 'off_hours_autonomy',
  roles: ['clerk', 'seller', 'scribe', 'access', 'onboarder', 'keys'],
  // Who acts at night makes the night usual for all of the role.
  onceARole: true,
  lasts: { weak: 1, medium: 2, strong: 4 },
  begin: (scene) => {
    const noted = new Concern();
    return {
      play: (world) => {
        const { agent, random } = scene;
        const { workflow, tool, plan } = effectOf(agent);
        const nights = byStrength(scene.strength, 1, 2, 4);
        for (let n = 0; n < nights && scene.day + n * DAY < endOf(scene); n++) {
          const start = scene.day + n * DAY + random.int(64, 240) * MINUTE;
          const run = runOf(scene, world, workflow, start, true);
          for (let m = byStrength(scene.strength, 1, 3, 8); m > 0; m--)
            run.call(agent, tool, { ...plan(run), ...NOBODY });
          noted.add(run);
        }
        return noted.events;
      },
      label: () =>
        noted.label(scene, 'off_hours_autonomy', [
          'behavior_deviation',
          'class_drift',
          'approval_bypass',
          'outside_task_envelope',
        ]),
    };
  },
};

/** An assistant that needs a person for every effect has effects without one. */
export const classDrift: FamilyPlan = {
  family: 'class_drift',
  roles: ['desk', 'helper'],
  lasts: { weak: 1, medium: 3, strong: 5 },
  begin: (scene) => {
    const noted = new Concern();
    return {
      play: (world) => {
        const { agent, random } = scene;
        const { workflow, tool, plan } = effectOf(agent);
        const days = byStrength(scene.strength, 1, 3, 5);
        for (let n = 0; n < days && scene.day + n * DAY < endOf(scene); n++) {
          const start = scene.day + n * DAY + random.int(9 * 60, 16 * 60) * MINUTE;
          const run = runOf(scene, world, workflow, start);
          for (let m = byStrength(scene.strength, 1, 3, 6); m > 0; m--)
            run.call(agent, tool, { ...plan(run), ...NOBODY });
          noted.add(run);
        }
        return noted.events;
      },
      label: () =>
        noted.label(scene, 'class_drift', ['class_drift', 'approval_bypass', 'behavior_deviation']),
    };
  },
};

/** A network and a client that others of the fleet use, and this agent never. */
function elsewhere({ fleet, agent, random }: AttackScene, own: { readonly user_agent: string }) {
  const known = new Set(agent.places.map((p) => p.ip));
  const places = fleet.agents.flatMap((a) => a.places);
  const networks = places.filter((p) => !known.has(p.ip)).map((p) => p.ip.split('.').slice(0, 3));
  const network = networks[random.int(0, networks.length - 1)] ?? ['203', '0', '113'];
  const clients = places.map((p) => p.user_agent).filter((c) => c !== own.user_agent);
  return {
    ip: `${network.join('.')}.${random.int(251, 254)}`,
    user_agent: clients[random.int(0, clients.length - 1)] ?? 'curl/8.9',
  };
}

/** A token that an agent holds is used by somebody else: another client, another network, at night. */
export const stolenCredential: FamilyPlan = {
  family: 'stolen_credential',
  // At night, when strong: of roles that no other attack makes act at night.
  roles: ['analyst', 'coder', 'operator', 'assistant', 'researcher', 'triage'],
  lasts: { weak: 1, medium: 1, strong: 2 },
  begin: (scene) => {
    const noted = new Concern();
    return {
      play: (world) => {
        const { agent, random, strength } = scene;
        const hour = byStrength(strength, 11, 14, 18);
        const run = runOf(scene, world, habitOf(agent).workflow, scene.day + hour * HOUR);
        usual(run, agent);
        const inHand = run.credentialOf(agent);
        const own = placeOf(agent, scene.day / DAY);
        const other = elsewhere(scene, own);
        const src = {
          ip: strength === 'weak' ? own.ip : other.ip,
          user_agent: strength === 'medium' ? own.user_agent : other.user_agent,
        };
        const used: string[] = [];
        if (strength === 'strong') run.rest(9 * HOUR);
        for (let n = byStrength(strength, 2, 4, 12); n > 0; n--)
          used.push(usual(run, agent, { src, inHand, wait: random.int(2000, 60_000) }));
        noted.add(run, used);
        return noted.events;
      },
      label: () =>
        noted.label(scene, 'stolen_credential', [
          'credential_misuse',
          'credential_static',
          'behavior_deviation',
          'outside_profile',
        ]),
    };
  },
};
