/** Too much of the usual: in minutes, in records, in tokens, or a little more every day. */
import { HOUR } from '../calendar.ts';
import type { World } from '../world.ts';
import { byStrength, Concern, type FamilyPlan, runOf } from './attack.ts';
import { habitOf, usual } from './habit.ts';

const VOLUME = ['behavior_deviation', 'reach_growth', 'outside_task_envelope'];

/** One task in which an agent calls its usual tool over and over within minutes. */
export const rateBurst: FamilyPlan = {
  family: 'rate_burst',
  roles: ['clerk', 'analyst', 'triage', 'coder'],
  begin: (scene) => {
    const noted = new Concern();
    return {
      play: (world: World) => {
        const { agent, random } = scene;
        const calls = byStrength(scene.strength, 30, 90, 400);
        const start = scene.day + random.int(8, 16) * HOUR;
        const run = runOf(scene, world, habitOf(agent).workflow, start);
        for (let n = 0; n < calls; n++) usual(run, agent, { wait: random.int(300, 2500) });
        noted.add(run);
        return noted.events;
      },
      label: () => noted.label(scene, 'rate_burst', VOLUME),
    };
  },
};
