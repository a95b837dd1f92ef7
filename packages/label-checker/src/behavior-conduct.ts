/**
 * Families that are a matter of what, how and by whom: hijack, tool misuse, stolen credential, class
 * drift, approval bypass, undeclared change, off-hours autonomy, telemetry silence.
 */
import { extractValues } from '@waywarden/schemas';
import {
  byHuman,
  classOf,
  DAY_MS,
  HOUR_MS,
  isCall,
  isEffect,
  needsHuman,
  type Reported,
  type Scene,
  symbolsOf,
} from './behavior-scene.ts';
import { isDeclared, partsOf } from './declared-change.ts';

function newIn(scene: Scene, keyOf: (told: Reported) => string): boolean {
  const known = new Set(scene.past.map(keyOf));
  return scene.own.some((told) => !known.has(keyOf(told)));
}

const toolOf = ({ event }: Reported) => `${event.tool?.server ?? ''}/${event.tool?.name ?? ''}`;

/** What a call is about, coarsely: the tool on which sort of thing, how sensitive, where to. */
function subjectOf(told: Reported): string {
  const { target, effect } = told.event;
  const domain = /@(.+)$/.exec(target?.resource_id ?? '')?.[1];
  const parts = [target?.resource_type, target?.sensitivity, target?.environment, effect, domain];
  return [toolOf(told), ...parts, ...symbolsOf(told)].join(' ');
}

function valuesOf(value: unknown): ReadonlySet<string> {
  return new Set(extractValues(value).values.map((one) => one.canonical));
}

/** A call of the label after an outside text in its task: with a value of that text, or unlike all before. */
function followsOutsideText(told: Reported, scene: Scene): boolean {
  const texts = scene.all.filter(
    ({ event, timeMs }) =>
      event.result?.trust === 'untrusted' &&
      event.task?.id === told.event.task?.id &&
      event.agent.uid === scene.agent &&
      timeMs <= told.timeMs &&
      event !== told.event,
  );
  const used = valuesOf(told.event.args?.value);
  const asked = valuesOf(told.event.task?.request);
  const bringsValue = texts.some(({ event }) =>
    [...valuesOf(event.result?.value)].some((value) => used.has(value) && !asked.has(value)),
  );
  const known = new Set(scene.past.map(subjectOf));
  return bringsValue || (texts.length > 0 && !known.has(subjectOf(told)));
}

/** An instruction in outside text that the agent read is what it then did. */
export function hijack(scene: Scene): readonly string[] {
  if (scene.own.some((told) => followsOutsideText(told, scene))) return [];
  return ['no call uses a value of, or does something new after, an outside text of its task'];
}

/** A tool used on something, for something or in a way that it never was before. */
export function toolMisuse(scene: Scene): readonly string[] {
  const outside = scene.own.some((told) => {
    const known = scene.past.filter((one) => toolOf(one) === toolOf(told));
    return known.length === 0 || !known.some((one) => subjectOf(one) === subjectOf(told));
  });
  const resource = ({ event }: Reported) => event.target?.resource_id ?? '';
  const shape = ({ event }: Reported) =>
    Object.keys(Object(event.args?.value ?? {}))
      .sort()
      .join();
  if (outside || newIn(scene, resource) || newIn(scene, shape)) return [];
  return ['every call is, by tool, object, place and arguments, one that the agent made before'];
}

/** "a token in the wrong hands or place": one credential, two agents, addresses or clients. */
export function stolenCredential(scene: Scene): readonly string[] {
  const place = ({ event }: Reported) => {
    const src = new Map(Object.entries(event.src ?? {}));
    return [event.agent.uid, event.agent.instance_uid, src.get('ip'), src.get('user_agent')].join(
      ' ',
    );
  };
  const idOf = ({ event }: Reported) => event.credential?.uid ?? event.credential?.fp;
  const stolen = scene.own.some((told) => {
    const id = idOf(told);
    if (id === undefined) return false;
    return scene.all.some((one) => idOf(one) === id && place(one) !== place(told));
  });
  return stolen ? [] : ['no credential of its events is used by another agent or at another place'];
}

/** "any unapproved effect" of a class that needs a human for it; or not the class it is registered as. */
export function classDrift(scene: Scene): readonly string[] {
  const registered = classOf(scene.agent, scene.registry);
  const drifted = scene.own.some((told) => {
    const stated = told.event.agent.class;
    const alone = told.event.principal?.type === 'service';
    return (
      (needsHuman(told, scene.registry) && !byHuman(told)) ||
      (stated !== undefined && stated !== registered) ||
      (alone && ['assistive', 'human_triggered'].includes(registered))
    );
  });
  if (drifted) return [];
  return [`registered as ${registered}; every effect has the approval which that class needs`];
}

/** An effect that its class needs a human for, marked as bypassed, or done after a refusal, or without. */
export function approvalBypass(scene: Scene): readonly string[] {
  const bypassed = scene.own.some((told) => {
    if (told.event.approval?.mode === 'bypassed') return true;
    return needsHuman(told, scene.registry) && !byHuman(told);
  });
  return bypassed ? [] : ['no effect lacks the human approval that its class needs'];
}

/** "the model/prompt/tool really changed with no covering config_change within 24 h" */
export function undeclaredChange(scene: Scene): readonly string[] {
  const known = new Set(scene.past.flatMap(partsOf).map(({ kind, value }) => `${kind} ${value}`));
  const knownTools = new Set(scene.past.map(toolOf));
  const changes = scene.during.flatMap((told) =>
    partsOf(told)
      .filter(({ kind, value }) => !known.has(`${kind} ${value}`))
      .filter(({ kind }) => kind !== 'tool' || knownTools.has(toolOf(told)))
      .map(({ kind }) => ({ kind, told })),
  );
  if (changes.length === 0) {
    return ['model, version, prompt and tool definitions are those of before the onset'];
  }
  if (changes.some(({ kind, told }) => !isDeclared(kind, told, scene.all))) return [];
  return ['every change has a declaration within the 24 h before it'];
}

/** Weekday or weekend, and the hour of the day: where an agent and its peers were seen acting. */
function slotOf({ timeMs }: Reported): string {
  const day = new Date(timeMs).getUTCDay();
  return `${day === 0 || day === 6 ? 'weekend' : 'weekday'} ${Math.floor((timeMs % DAY_MS) / HOUR_MS)}`;
}

/** "unattended effectful action outside every hour this agent and its peer group ever acted" */
export function offHours(scene: Scene): readonly string[] {
  const role = scene.registry.agents.find((one) => one.uid === scene.agent)?.role;
  const peers = scene.registry.agents.filter(
    (one) => one.uid === scene.agent || (role !== undefined && one.role === role),
  );
  const uids = new Set(peers.map((one) => one.uid));
  const before = scene.all.filter(
    (told) => told.timeMs < scene.onsetMs && uids.has(told.event.agent.uid) && isCall(told),
  );
  const known = new Set(before.map(slotOf));
  const alone = scene.own.filter(
    (told) => isEffect(told) && !byHuman(told) && told.event.conversation_turn === undefined,
  );
  if (alone.length === 0) return ['no unattended effect among its events'];
  if (alone.some((told) => !known.has(slotOf(told)))) return [];
  return ['every unattended effect lies in an hour in which the agent or its peers acted before'];
}

function medianOf(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

/** "quiet for `silence_factor` × its usual interval or heartbeat, while its credential is seen elsewhere" */
export function telemetrySilence(scene: Scene): readonly string[] {
  const problems: string[] = [];
  const told = scene.all.filter(({ event }) => event.agent.uid === scene.agent);
  const within = told.filter(({ timeMs }) => timeMs > scene.onsetMs && timeMs < scene.endMs);
  if (within.length > 0) problems.push(`${within.length} events of the agent in its silence`);
  const beat = scene.registry.agents.find((one) => one.uid === scene.agent)?.monitoring
    ?.heartbeat_s;
  const gaps = scene.past.slice(1).map(({ timeMs }, at) => timeMs - (scene.past[at]?.timeMs ?? 0));
  const usual = beat === undefined ? medianOf(gaps) : beat * 1000;
  const long = scene.policy.limits.silence_factor * usual;
  if (scene.endMs - scene.onsetMs < long) {
    problems.push(`silent for ${scene.endMs - scene.onsetMs} ms, not for ${long} ms`);
  }
  const ids = new Set(told.flatMap(({ event }) => [event.credential?.uid, event.credential?.fp]));
  ids.delete(undefined);
  const elsewhere = scene.all.some(
    ({ event, timeMs }) =>
      event.agent.uid !== scene.agent &&
      timeMs >= scene.onsetMs &&
      timeMs <= scene.endMs &&
      (ids.has(event.credential?.uid) || ids.has(event.credential?.fp)),
  );
  if (!elsewhere) problems.push('no credential of the agent is used elsewhere in the silence');
  return problems;
}
