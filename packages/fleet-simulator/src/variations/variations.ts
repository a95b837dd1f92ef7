/** Every benign variation, each told once in a fleet's life. */
import type { Fleet } from '../fleet.ts';
import { randomOf } from '../random.ts';
import * as rollOut from './roll-outs.ts';
import type { Tell, Variation } from './variation.ts';

const ALL: Readonly<Record<string, Tell>> = {
  declared_model_rollout: rollOut.declaredModelRollout,
  declared_release: rollOut.declaredRelease,
  declared_prompt_change: rollOut.declaredPromptChange,
  tool_rollout: rollOut.toolRollout,
  tool_rename: rollOut.toolRename,
};

export function variationsOf(fleet: Fleet, days: number, seed: string): readonly Variation[] {
  return Object.entries(ALL).map(([name, tell]) =>
    tell({ fleet, days, random: randomOf(`${seed}/variation/${name}`) }),
  );
}
