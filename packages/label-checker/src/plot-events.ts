/**
 * Which events a plot's label names: `native_ids` is "every event of the plot that was told", and
 * `task_id` the "task of the completing call". A plot's events are those of its tasks; a task may hold
 * two plots, so what another label of that task names is not missing.
 */
import type { Call } from './call.ts';
import type { AssemblyLabel } from './label.ts';
import type { Stream } from './stream.ts';

/** What does not hold, told with the label's field. */
export interface Fault {
  readonly field: string;
  readonly label: string;
  readonly found: string;
}

function callsOf(label: AssemblyLabel, stream: Stream): readonly Call[] {
  return label.nativeIds.flatMap((id) => {
    const call = stream.byId.get(id);
    return call === undefined ? [] : [call];
  });
}

const tasksOf = (calls: readonly Call[]): ReadonlySet<string> =>
  new Set(calls.flatMap((call) => (call.task === undefined ? [] : [call.task])));

/** `named`: the events of all labels. */
export function eventFaults(
  label: AssemblyLabel,
  named: ReadonlySet<string>,
  stream: Stream,
): readonly Fault[] {
  const tasks = tasksOf(callsOf(label, stream));
  const unreported = [...tasks]
    .flatMap((task) => stream.byTask.get(task) ?? [])
    .filter((call) => !named.has(call.id));
  const faults = unreported.map((call) => ({
    field: 'native_ids',
    label: `without ${call.id}`,
    found: `it is of task ${call.task}`,
  }));
  const strays = label.proofs.flat().filter((id) => !label.nativeIds.includes(id));
  for (const id of strays) {
    faults.push({ field: 'native_ids', label: `without ${id}`, found: 'it is in a proof' });
  }
  const { taskId } = label;
  // Of one that fires, the completing call says it exactly (`assembly-check.ts`).
  if (label.verdict === 'quiet' && taskId !== undefined && !tasks.has(taskId)) {
    const found = `its events are of ${[...tasks].join(', ')}`;
    faults.push({ field: 'task_id', label: taskId, found });
  }
  return faults;
}
