/**
 * Changes of what an agent is made of (model, version, prompt, tool definitions), and whether they
 * were declared. Also those that nobody declared and no label mentions, all over the stream.
 */
import type { Disagreement } from './assembly-check.ts';
import { DAY_MS, type Reported } from './behavior-scene.ts';
import { type OtherLabel, textOf, textsOf } from './label.ts';

export interface Part {
  readonly kind: 'model' | 'prompt' | 'tool' | 'release';
  readonly value: string;
}

/** What an agent is made of, as far as an event tells. */
export function partsOf({ event }: Reported): readonly Part[] {
  const { activity, target } = event;
  const model = new Map(Object.entries(event.model ?? {})).get('name');
  const prompt = event.labels?.['prompt_hash'] ?? event.labels?.['prompt'];
  const definition = event.tool?.definition_hash;
  const parts: Part[] = [];
  const loaded = activity === 'prompt_get' ? target?.resource_id : undefined;
  if (loaded !== undefined) parts.push({ kind: 'prompt', value: loaded });
  if (typeof model === 'string') parts.push({ kind: 'model', value: model });
  if (prompt !== undefined) parts.push({ kind: 'prompt', value: prompt });
  if (event.agent.version !== undefined)
    parts.push({ kind: 'release', value: event.agent.version });
  if (definition !== undefined) {
    const name = `${event.tool?.server ?? ''}/${event.tool?.name ?? ''}`;
    parts.push({ kind: 'tool', value: `${name} ${definition}` });
  }
  return parts;
}

/**
 * "a declaration covers what changes within 24 h after it; a release covers model, prompt and tools".
 * What is first seen now may have changed at any time since the value before it was last seen.
 */
export function isDeclared(
  part: Part['kind'],
  at: Reported,
  all: readonly Reported[],
  lastSeenMs: number = at.timeMs,
): boolean {
  return all.some(({ event, timeMs }) => {
    if (event.activity !== 'config_change') return false;
    if (timeMs > at.timeMs || lastSeenMs - timeMs > DAY_MS) return false;
    const own = event.agent.uid === at.event.agent.uid;
    const what = event.target?.resource_id ?? '';
    const server = at.event.tool?.server ?? '';
    const ofServer = what.startsWith('tool/') && what.split('/')[1] === server;
    return (
      (own && (what.startsWith('release/') || what.startsWith(`${part}/`))) ||
      (part === 'tool' && ofServer)
    );
  });
}

/** Agents and times of which labels say that something changed undeclared: by an attack, or harmlessly. */
function isLabelled(agent: string, at: Reported, labels: readonly OtherLabel[]): boolean {
  const timeOf = (value: unknown) => Date.parse(textOf(value) ?? '');
  return labels.some(({ fields }) => {
    const attacked =
      fields.get('family') === 'undeclared_change' && fields.get('agent_uid') === agent;
    const rolledOut =
      fields.get('variation') === 'undeclared_rollout' &&
      textsOf(fields.get('agents'))?.includes(agent) === true;
    const begins = timeOf(fields.get(attacked ? 'onset' : 'from'));
    return (attacked || rolledOut) && begins <= at.timeMs + DAY_MS;
  });
}

/** "an undeclared regime change is itself the finding": so each must be somebody's label. */
export function unlabelledChanges(
  told: readonly Reported[],
  labels: readonly OtherLabel[],
): readonly Disagreement[] {
  const known = new Map<string, { readonly values: Set<string>; lastMs: number }>();
  const found: Disagreement[] = [];
  for (const one of told) {
    for (const { kind, value } of partsOf(one)) {
      const agent = one.event.agent.uid;
      // A definition is the server's: whoever meets the new one first shows the change.
      const thing = kind === 'tool' ? `tool ${value.split(' ')[0]}` : `${agent} ${kind}`;
      const before = known.get(thing) ?? { values: new Set<string>(), lastMs: one.timeMs };
      const isNew = before.values.size > 0 && !before.values.has(value);
      const declared = !isNew || isDeclared(kind, one, told, before.lastMs);
      before.values.add(value);
      known.set(thing, { ...before, lastMs: one.timeMs });
      if (declared || isLabelled(agent, one, labels)) continue;
      const text = `${one.event.native_id}: ${kind} becomes ${value}, with no declaration`;
      found.push({ incidentId: agent, field: 'unlabelled', label: 'no label', found: text });
    }
  }
  return found;
}
