/**
 * Whether a label of behaviour names all events concerned, "earliest first, at most 400", and its
 * tasks "in the order in which they begin, at most 400". Which events those are is told by what makes
 * the family, not by the label: the rest of the tasks, the credential, the approval's mode, the part
 * that changed.
 */

import { tasksOf } from './attack-day.ts';
import type { Reported, Scene } from './behavior-scene.ts';

export const NAMED_MAX = 400;

type Concerned = (scene: Scene) => readonly Reported[];

const ofAgent = (scene: Scene) => scene.all.filter(({ event }) => event.agent.uid === scene.agent);

/** The agent's events in the label's tasks: an attack that makes tasks of its own. */
const ofItsTasks: Concerned = (scene) => {
  const tasks = new Set(tasksOf(scene.own).map((task) => task.id));
  return ofAgent(scene).filter(({ event }) => tasks.has(event.task?.id ?? ''));
};

/** "one person's pay each (`sensitivity: restricted`)": the rest of such a task is daily work. */
const restricted: Concerned = (scene) =>
  ofItsTasks(scene).filter(({ event }) => event.target?.sensitivity === 'restricted');

/** "every event of the agent that belongs to a task", from the onset on. */
const fromThenOn: Concerned = (scene) =>
  ofAgent(scene).filter(({ event, timeMs }) => event.task !== undefined && timeMs >= scene.onsetMs);

/** Calls of this mode of approval while it lasts. */
const ofThisApproval: Concerned = (scene) => {
  const modes = new Set(scene.own.map(({ event }) => event.approval?.mode));
  return ofAgent(scene).filter(
    ({ event, timeMs }) =>
      event.approval !== undefined &&
      modes.has(event.approval.mode) &&
      timeMs >= scene.onsetMs &&
      timeMs <= scene.endMs,
  );
};

/** What others tell of the agent's credentials while it is silent. */
const ofItsCredential: Concerned = (scene) => {
  const used = new Set(
    scene.own.flatMap(({ event }) =>
      event.credential?.uid === undefined ? [] : [event.credential.uid],
    ),
  );
  return scene.all.filter(
    ({ event, timeMs }) =>
      event.agent.uid !== scene.agent &&
      used.has(event.credential?.uid ?? '') &&
      timeMs >= scene.onsetMs &&
      timeMs <= scene.endMs,
  );
};

/** "its loads of the prompt": those further calls can't be told from others. */
const loadsOfPrompt: Concerned = (scene) => {
  const loads = (told: Reported) => told.event.activity === 'prompt_get';
  const hashes = new Set(scene.own.filter(loads).map(promptOf));
  return fromThenOn(scene).filter((told) => loads(told) && hashes.has(promptOf(told)));
};

const promptOf = ({ event }: Reported): string =>
  JSON.stringify([event.target?.resource_id, event.labels, event.result?.value, event.args?.value]);

const CONCERNED: ReadonlyMap<string, Concerned> = new Map([
  ['rate_burst', ofItsTasks],
  ['low_and_slow', restricted],
  ['frog_boiling', ofItsTasks],
  ['class_drift', ofItsTasks],
  ['data_hoarding', ofItsTasks],
  ['resource_abuse', ofItsTasks],
  ['off_hours_autonomy', ofItsTasks],
  ['approval_bypass', ofThisApproval],
  ['telemetry_silence', ofItsCredential],
  [
    'undeclared_change',
    (scene) => (scene.variant === 'prompt' ? loadsOfPrompt : fromThenOn)(scene),
  ],
]);

export function concernedFaults(
  family: string,
  scene: Scene,
  { ids, tasks }: { readonly ids: readonly string[]; readonly tasks: readonly string[] },
): readonly string[] {
  const named = new Set(ids);
  const concerned = CONCERNED.get(family)?.(scene) ?? [];
  const missing = concerned.filter(({ event }) => !named.has(event.native_id ?? ''));
  const last = scene.own.at(-1)?.timeMs ?? Number.POSITIVE_INFINITY;
  const isFull = ids.length >= NAMED_MAX;
  // A label that is full names the earliest: what is missing must be later.
  const faults = (isFull ? missing.filter(({ timeMs }) => timeMs < last) : missing).map(
    ({ event }) => `native_ids lacks ${event.native_id} of ${event.event_time}`,
  );
  if (isFull || family === 'telemetry_silence') return faults;
  const wanted = tasksOf(scene.own).map((task) => task.id);
  return wanted.join() === tasks.join()
    ? faults
    : [...faults, `task_ids ${tasks.join(', ')}; in their order ${wanted.join(', ')}`];
}
