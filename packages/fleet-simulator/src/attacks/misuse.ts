/** Wrong tools, wrong hours, effects without a person, and tokens in the wrong hands. */
import { DAY, HOUR, MINUTE } from '../calendar.ts';
import type { CallPlan } from '../call-plan.ts';
import type { Role } from '../roles.ts';
import { endOf } from '../scene.ts';
import type { ToolName } from '../tool-table.ts';
import { byStrength, Concern, type FamilyPlan, runOf } from './attack.ts';
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
        const tool: ToolName = byStrength(scene.strength, 'readDirectory', 'shell', 'dropTable');
        const start = scene.day + random.int(8 * 60, 16 * 60) * MINUTE;
        const run = runOf(scene, world, habitOf(agent).workflow, start);
        for (let n = random.int(1, 3); n > 0; n--) usual(run, agent);
        const odd = run.call(agent, tool, {
          args: { what: random.pick(['invoices', 'customers', 'orders']) },
          object: `${tool}/${random.int(100, 999)}`,
        });
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

/** What an agent of these roles changes; done here when nobody works. */
const EFFECTS: Partial<Record<Role, readonly [workflow: string, tool: ToolName, plan: CallPlan]>> =
  {
    clerk: ['ledger-upkeep', 'insert', { args: { table: 'orders', rows: 4 } }],
    seller: ['sales-follow-up', 'updateTicket', { args: { priority: 1 } }],
    scribe: ['filing', 'writePage', { args: { title: 'Minutes' } }],
    access: ['onboarding', 'grantAccess', { args: { group: 'ledger' } }],
    onboarder: ['onboarding', 'createUser', { args: { unit: 'sales' } }],
    keys: ['onboarding', 'createKey', { args: { name: 'spare' } }],
    desk: ['customer-support', 'updateTicket', { args: { priority: 1 } }],
    helper: ['desk-help', 'updateTicket', { args: { priority: 1 } }],
  };

export const offHoursAutonomy: FamilyPlan = {
  family: 'off_hours_autonomy',
  roles: ['clerk', 'seller', 'scribe', 'access', 'onboarder', 'keys'],
  begin: (scene) => {
    const noted = new Concern();
    return {
      play: (world) => {
        const { agent, random } = scene;
        const [workflow, tool, plan] = EFFECTS[agent.role] ?? ['filing', 'writePage', {}];
        const nights = byStrength(scene.strength, 1, 2, 4);
        for (let n = 0; n < nights && scene.day + n * DAY < endOf(scene); n++) {
          const start = scene.day + n * DAY + random.int(60, 240) * MINUTE;
          const run = runOf(scene, world, workflow, start, true);
          for (let m = byStrength(scene.strength, 1, 3, 8); m > 0; m--) {
            const nobody: CallPlan = { approval: { mode: 'none' } };
            run.call(agent, tool, {
              ...plan,
              ...nobody,
              object: `${tool}/${random.int(100, 999)}`,
            });
          }
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
  begin: (scene) => {
    const noted = new Concern();
    return {
      play: (world) => {
        const { agent, random } = scene;
        const [workflow, tool, plan] = EFFECTS[agent.role] ?? ['filing', 'writePage', {}];
        const days = byStrength(scene.strength, 1, 3, 5);
        for (let n = 0; n < days && scene.day + n * DAY < endOf(scene); n++) {
          const start = scene.day + n * DAY + random.int(9 * 60, 16 * 60) * MINUTE;
          const run = runOf(scene, world, workflow, start);
          for (let m = byStrength(scene.strength, 1, 3, 6); m > 0; m--) {
            const object = `ticket/${random.int(1000, 9999)}`;
            run.call(agent, tool, { ...plan, object, approval: { mode: 'none' } });
          }
          noted.add(run);
        }
        return noted.events;
      },
      label: () =>
        noted.label(scene, 'class_drift', ['class_drift', 'approval_bypass', 'behavior_deviation']),
    };
  },
};

/** A token that an agent holds is used by somebody else: another client, another network, at night. */
export const stolenCredential: FamilyPlan = {
  family: 'stolen_credential',
  // At night, when strong, those whose peers are not also made to act off hours.
  roles: ['clerk', 'seller', 'analyst', 'coder', 'clerk', 'operator'],
  begin: (scene) => {
    const noted = new Concern();
    return {
      play: (world) => {
        const { agent, random, strength } = scene;
        const hour = byStrength(strength, 11, 14, 18);
        const run = runOf(scene, world, habitOf(agent).workflow, scene.day + hour * HOUR);
        usual(run, agent);
        const held = run.credentialOf(agent);
        const away = `203.0.113.${random.int(2, 250)}`;
        const src = {
          ip: byStrength(strength, agent.src.ip, away, away),
          user_agent: byStrength(
            strength,
            'python-requests/2.32',
            agent.src.user_agent,
            'curl/8.9',
          ),
        };
        const used: string[] = [];
        if (strength === 'strong') run.rest(9 * HOUR);
        for (let n = byStrength(strength, 2, 4, 12); n > 0; n--)
          used.push(usual(run, agent, { src, held, wait: random.int(2000, 60_000) }));
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
