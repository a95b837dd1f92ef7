/**
 * Labels of attacks on behaviour and of benign variations, as far as the events alone can show them
 * right: the events exist and are the agent's, the times fit, and the fact that defines the family
 * holds. Whether a detector could find it is no question here.
 */
import type { InputEvent, Policy, Registry } from '@waywarden/schemas';
import { kindFaults } from './acceptable-kinds.ts';
import type { Disagreement } from './assembly-check.ts';
import { concernedFaults, NAMED_MAX } from './attack-events.ts';
import {
  approvalBypass,
  classDrift,
  hijack,
  offHours,
  stolenCredential,
  telemetrySilence,
  toolMisuse,
  undeclaredChange,
} from './behavior-conduct.ts';
import {
  CLOCK_SLACK_MS,
  linesOf,
  type Reported,
  reportedOf,
  type Scene,
} from './behavior-scene.ts';
import {
  dataHoarding,
  frogBoiling,
  lowAndSlow,
  rateBurst,
  resourceAbuse,
} from './behavior-volume.ts';
import { benignProblems } from './benign-check.ts';
import { unlabelledChanges } from './declared-change.ts';
import { type OtherLabel, textOf, textsOf } from './label.ts';
import { strengthFaults } from './strength.ts';

export type Fact = (scene: Scene) => readonly string[];

export const FAMILIES: ReadonlyMap<string, Fact> = new Map([
  ['hijack', hijack],
  ['tool_misuse', toolMisuse],
  ['rate_burst', rateBurst],
  ['low_and_slow', lowAndSlow],
  ['frog_boiling', frogBoiling],
  ['stolen_credential', stolenCredential],
  ['class_drift', classDrift],
  ['approval_bypass', approvalBypass],
  ['undeclared_change', undeclaredChange],
  ['data_hoarding', dataHoarding],
  ['off_hours_autonomy', offHours],
  ['telemetry_silence', telemetrySilence],
  ['resource_abuse', resourceAbuse],
]);

/** Families whose events may be told under another uid: the credential is the agent's. */
const ELSEWHERE = new Set(['telemetry_silence', 'stolen_credential']);
export interface BehaviorContext {
  readonly events: readonly InputEvent[];
  /** Which of them labels of behaviour name; left out: those of the label in question. */
  readonly attacks?: ReadonlySet<InputEvent>;
  readonly registry: Registry;
  readonly policy: Policy;
}

function sceneOf(
  label: OtherLabel,
  own: readonly Reported[],
  told: readonly Reported[],
  c: BehaviorContext,
) {
  const agent = textOf(label.fields.get('agent_uid')) ?? '';
  const onsetMs = Date.parse(textOf(label.fields.get('onset')) ?? '');
  const endMs = Date.parse(textOf(label.fields.get('end')) ?? '');
  const ofAgent = told.filter(({ event }) => event.agent.uid === agent);
  const tasks = new Set<string | undefined>(textsOf(label.fields.get('task_ids')));
  const ownEvents = new Set(own.map(({ event }) => event));
  return {
    agent,
    variant: textOf(label.fields.get('variant')) ?? '',
    onsetMs,
    endMs,
    own,
    counted:
      own.length < NAMED_MAX ? own : ofAgent.filter(({ event }) => tasks.has(event.task?.id)),
    past: ofAgent.filter(
      ({ event, timeMs }) => timeMs < onsetMs - CLOCK_SLACK_MS && !ownEvents.has(event),
    ),
    during: ofAgent.filter(
      ({ timeMs }) => timeMs >= onsetMs - CLOCK_SLACK_MS && timeMs <= endMs + CLOCK_SLACK_MS,
    ),
    all: told,
    attacks: c.attacks ?? ownEvents,
    registry: c.registry,
    policy: c.policy,
  };
}

/** Onset and end are "true time of its first and last event"; a gateway's clock may differ. */
function timeProblems(scene: Scene, ids: readonly string[], isSilence: boolean): readonly string[] {
  const problems: string[] = [];
  if (!(scene.onsetMs <= scene.endMs)) problems.push('onset and end are no times in order');
  const [first, last] = [scene.own[0], scene.own.at(-1)];
  if (isSilence || first === undefined || last === undefined) return problems;
  const far = (a: number, b: number) => Math.abs(a - b) > CLOCK_SLACK_MS;
  if (far(first.timeMs, scene.onsetMs)) problems.push(`first event ${first.event.event_time}`);
  const latest = { id: '', timeMs: Number.NEGATIVE_INFINITY };
  const timeOf = new Map(scene.own.map(({ event, timeMs }) => [event.native_id, timeMs]));
  for (const id of ids) {
    const timeMs = timeOf.get(id) ?? latest.timeMs;
    if (timeMs < latest.timeMs - CLOCK_SLACK_MS) {
      problems.push(`${id} is earlier than ${latest.id}: native_ids are not earliest first`);
      break;
    }
    if (timeMs > latest.timeMs) Object.assign(latest, { id, timeMs });
  }
  const cut = ids.length >= NAMED_MAX;
  if (cut ? last.timeMs > scene.endMs + CLOCK_SLACK_MS : far(last.timeMs, scene.endMs)) {
    problems.push(`last event ${last.event.event_time}`);
  }
  return problems;
}

function shapeProblems(label: OtherLabel, scene: Scene, family: string): readonly string[] {
  const problems: string[] = [];
  if (textOf(label.fields.get('verdict')) !== 'fires') problems.push('verdict is not fires');
  if (!scene.registry.agents.some((one) => one.uid === scene.agent)) {
    problems.push(`${scene.agent} is not registered`);
  }
  const kinds = textsOf(label.fields.get('acceptable_kinds')) ?? [];
  problems.push(...kindFaults(family, scene.variant, kinds));
  if (!ELSEWHERE.has(family)) {
    const others = scene.own.filter(({ event }) => event.agent.uid !== scene.agent);
    for (const { event } of others) problems.push(`${event.native_id} is of ${event.agent.uid}`);
  }
  const tasks = new Set(textsOf(label.fields.get('task_ids')) ?? []);
  const strays = scene.own.filter(
    ({ event }) => event.task?.id !== undefined && !tasks.has(event.task.id),
  );
  for (const { event } of strays)
    problems.push(`task ${event.task?.id} of ${event.native_id} is missing`);
  return problems;
}

function behaviorProblems(label: OtherLabel, told: readonly Reported[], c: BehaviorContext) {
  const family = textOf(label.fields.get('family')) ?? '';
  const fact = FAMILIES.get(family);
  if (fact === undefined) return [`${family} is no family`];
  const ids = textsOf(label.fields.get('native_ids')) ?? [];
  const wanted = new Set(ids);
  const own = told.filter(({ event }) => wanted.has(event.native_id ?? ''));
  const found = new Set(own.map(({ event }) => event.native_id));
  const missing = ids.filter((id) => !found.has(id)).map((id) => `${id}: no such event`);
  if (missing.length > 0) return missing;
  const scene = sceneOf(label, own, told, c);
  const times = timeProblems(scene, ids, family === 'telemetry_silence');
  const tasks = textsOf(label.fields.get('task_ids')) ?? [];
  return [
    ...shapeProblems(label, scene, family),
    ...times,
    ...fact(scene),
    ...strengthFaults(family, scene, textOf(label.fields.get('strength')) ?? ''),
    ...concernedFaults(family, scene, { ids, tasks }),
  ];
}

export function checkOtherLabels(
  labels: readonly OtherLabel[],
  context: BehaviorContext,
): readonly Disagreement[] {
  const told = reportedOf(context.events);
  const lines = linesOf(context.events);
  const named = new Set(
    labels
      .filter((label) => label.stream === 'behavior')
      .flatMap((label) => textsOf(label.fields.get('native_ids')) ?? []),
  );
  const attacks = new Set(
    told.filter(({ event }) => named.has(event.native_id ?? '')).map(({ event }) => event),
  );
  const holidays = labels
    .filter((label) => label.fields.get('variation') === 'holiday')
    .map(({ fields }) => ({
      fromMs: Date.parse(textOf(fields.get('from')) ?? ''),
      toMs: Date.parse(textOf(fields.get('to')) ?? ''),
    }));
  const ofLabels = labels.flatMap((label) => {
    const what = label.fields.get(label.stream === 'benign' ? 'variation' : 'family');
    const problems =
      label.stream === 'behavior'
        ? behaviorProblems(label, told, { ...context, attacks })
        : label.stream === 'benign'
          ? benignProblems(label, told, { lines, registry: context.registry, attacks, holidays })
          : [`${label.stream} is no stream`];
    return problems.map((found) => ({
      incidentId: label.incidentId,
      field: label.stream,
      label: String(what),
      found,
    }));
  });
  return labels.length === 0 ? [] : [...ofLabels, ...unlabelledChanges(told, labels)];
}
