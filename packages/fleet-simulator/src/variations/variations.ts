/** Every benign variation, told once or more in a fleet's life, and the calendar's own days. */
import type { Calendar } from '../calendar.ts';
import type { Fleet } from '../fleet.ts';
import { randomOf } from '../random.ts';
import * as circumstance from './circumstances.ts';
import * as rollOut from './roll-outs.ts';
import type { Tell, Variation } from './variation.ts';

const ALL: Readonly<Record<string, Tell>> = {
  declared_model_rollout: rollOut.declaredModelRollout,
  declared_release: rollOut.declaredRelease,
  declared_prompt_change: rollOut.declaredPromptChange,
  undeclared_rollout: rollOut.undeclaredRollout,
  tool_rollout: rollOut.toolRollout,
  tool_rename: rollOut.toolRename,
  incident: circumstance.incident,
  incident_again: circumstance.incident,
  dependency_outage: circumstance.dependencyOutage,
  source_outage: circumstance.sourceOutage,
  late_delivery: circumstance.lateDelivery,
  redelivery: circumstance.redelivery,
  cohort_growth: circumstance.cohortGrowth,
  peak: circumstance.peak,
};

/** The same in all scenarios of a seed. */
export function variationsOf(fleet: Fleet, calendar: Calendar): readonly Variation[] {
  const scene = (name: string) => ({
    fleet,
    calendar,
    random: randomOf(`${fleet.house.seed}/variation/${name}`),
  });
  const told = Object.entries(ALL).map(([name, tell]) => tell(scene(name)));
  return [...told, ...circumstance.calendarDays(scene('calendar'))];
}
