/** Every benign variation, told once or more in a fleet's life, and the calendar's own days. */
import type { Calendar } from '../calendar.ts';
import type { Fleet } from '../fleet.ts';
import { randomOf } from '../random.ts';
import * as circumstance from './circumstances.ts';
import * as rollOut from './roll-outs.ts';
import type { Report, Variation } from './variation.ts';

const ALL: Readonly<Record<string, Report>> = {
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
  const taken = new Set<number>();
  const scene = (name: string) => ({
    taken,
    fleet,
    calendar,
    random: randomOf(`${fleet.house.seed}/variation/${name}`),
  });
  const told = new Map(
    Object.entries(ALL)
      // One cell alone was there from the first day on.
      .filter(([name]) => name !== 'cohort_growth' || fleet.cells.length > 1)
      .flatMap(([name, announce]) => announce(scene(name)) ?? [])
      // Two incidents of one day are one.
      .map((variation) => [variation.label.incident_id, variation] as const),
  );
  return [...told.values(), ...circumstance.calendarDays(scene('calendar'))];
}

/** Which variations a fleet is too short or too small for. */
export function omittedOf(variations: readonly Variation[]): readonly string[] {
  const told = new Set(variations.map(({ label }) => label.variation));
  return Object.keys(ALL)
    .filter((name) => name !== 'incident_again' && !told.has(name))
    .map((name) => `${name}: it has no working day, no gateway or no cell for it`);
}
