/**
 * What an agent is made of (model, version, prompt, definitions of its tools) and when that changes.
 *
 * A change that was declared within a day before is learnt in silence: releases must not cause storms.
 * One that nobody declared is itself the finding, whatever the agent then does. It is noted to where the
 * changes of all agents are looked at together, since a roll-out that nobody declared is one cause and
 * not an alert an agent, and since a server's new tools are declared under its gateway, which lives in
 * another partition.
 *
 * A declaration covers what it names (`model/lumen-5` that model and no other), and a release all of
 * model, version, prompt and tools. Limits: an agent is judged after twenty calls; what was seen once is
 * known for good, also after an alert; a client that routes between models shows each of them once.
 */
import { type AuditEvent, epochMs } from '@waywarden/schemas';
import type { Draft, Output } from '@waywarden/stage';
import { NOTES, noteOutput } from './shared-note.ts';

/** Values of each sort that are remembered of an agent, and tools whose definitions are. */
const VALUES_MAX = 8;
const TOOLS_MAX = 32;
const DECLARATIONS_MAX = 16;
/** Events before its parts are known. */
const SETTLED_MIN = 20;
/** For how long a declaration covers what changes, and what clocks may differ by. */
export const DECLARED_MS = 86_400_000;
const SKEW_MS = 240_000;

interface Parts {
  readonly n: number;
  readonly models: readonly string[];
  readonly versions: readonly string[];
  readonly prompts: readonly string[];
  /** By tool, latest last: its definitions. */
  readonly tools: readonly (readonly [tool: string, definitions: readonly string[]])[];
}

const NO_PARTS: Parts = { n: 0, models: [], versions: [], prompts: [], tools: [] };

type Declared = readonly (readonly [of: string, ms: number])[];

const partsKey = ({ tenant_id, agent }: AuditEvent) => `made|${tenant_id}|${agent.uid}`;
const declaredKey = ({ tenant_id, agent }: AuditEvent) => `declared|${tenant_id}|${agent.uid}`;

/** The list with the value in it, and whether that is news to a list that had others. */
function met(known: readonly string[], value: string | undefined) {
  if (value === undefined || known.includes(value)) return { known, isNew: false };
  return { known: [...known, value].slice(-VALUES_MAX), isNew: known.length > 0 };
}

function metTool(tools: Parts['tools'], tool: AuditEvent['tool']) {
  if (tool?.definition_hash === undefined) return { tools, isNew: false };
  const name = `${tool.server ?? ''}/${tool.name}`;
  const before = tools.find(([one]) => one === name)?.[1] ?? [];
  const { known, isNew } = met(before, tool.definition_hash);
  if (known === before) return { tools, isNew: false };
  const others = tools.filter(([one]) => one !== name);
  return { tools: [...others, [name, known] as const].slice(-TOOLS_MAX), isNew };
}

interface Met {
  readonly parts: Parts;
  /** What is new, as a declaration would name it. */
  readonly changes: readonly string[];
}

function meet(before: Parts, event: AuditEvent): Met {
  const { model, agent, tool, target } = event;
  const models = met(before.models, model?.name);
  const versions = met(before.versions, agent.version);
  const loads = event.activity === 'prompt_get' && target?.resource_type === 'prompt';
  const prompts = met(before.prompts, loads ? target.resource_id : undefined);
  const tools = metTool(before.tools, tool);
  const prompt = target?.resource_id ?? '';
  return {
    parts: {
      n: Math.min(SETTLED_MIN, before.n + 1),
      models: models.known,
      versions: versions.known,
      prompts: prompts.known,
      tools: tools.tools,
    },
    changes: [
      ...(models.isNew ? [`model/${model?.name ?? ''}`] : []),
      ...(versions.isNew ? [`release/${agent.version ?? ''}`] : []),
      ...(prompts.isNew ? [prompt.startsWith('prompt/') ? prompt : `prompt/${prompt}`] : []),
      ...(tools.isNew ? [`tool/${tool?.server ?? tool?.name ?? ''}`] : []),
    ],
  };
}

function isSame(a: Parts, b: Parts): boolean {
  return (
    a.n === b.n &&
    a.models === b.models &&
    a.versions === b.versions &&
    a.prompts === b.prompts &&
    a.tools === b.tools
  );
}

/** Whether what was declared covers a change that shows at this moment. */
export function covers(of: string, change: string): boolean {
  if (of === change || of.startsWith('release/')) return true;
  return change.startsWith('tool/') && of.startsWith(`${change}/`);
}

function isDeclared(declared: Declared, change: string, ms: number): boolean {
  return declared.some(
    ([of, at]) => covers(of, change) && at <= ms + SKEW_MS && ms - at <= DECLARED_MS,
  );
}

function declare(draft: Draft, event: AuditEvent, policyVersion: string): readonly Output[] {
  const of = event.target?.resource_id;
  if (of === undefined || event.phase !== 'completed') return [];
  const key = declaredKey(event);
  const before = draft.get<Declared>(key) ?? [];
  draft.put(key, [...before, [of, epochMs(event.event_time)] as const].slice(-DECLARATIONS_MAX));
  if (!of.startsWith('tool/')) return [];
  const about = of.split('/').slice(0, 2).join('/');
  const time = event.event_time;
  return [noteOutput(event, { kind: NOTES.changeDeclared, about, time, policyVersion })];
}

/** What is to be noted of this event's composition; also learns it. */
export function noteChanges(
  draft: Draft,
  event: AuditEvent,
  policyVersion: string,
): readonly Output[] {
  if (event.activity === 'config_change') return declare(draft, event, policyVersion);
  if (event.activity === 'heartbeat' || event.phase !== 'completed') return [];
  const before = draft.get<Parts>(partsKey(event)) ?? NO_PARTS;
  const { parts, changes } = meet(before, event);
  if (!isSame(before, parts)) draft.put(partsKey(event), parts);
  if (changes.length === 0 || before.n < SETTLED_MIN) return [];
  const declared = draft.get<Declared>(declaredKey(event)) ?? [];
  const ms = epochMs(event.event_time);
  const undeclared = changes.filter((one) => !isDeclared(declared, one, ms));
  const tools = undeclared.filter((one) => one.startsWith('tool/'));
  const own = undeclared.filter((one) => !one.startsWith('tool/'));
  const abouts = [...(own.length === 0 ? [] : [own.join(' + ')]), ...tools];
  const time = event.event_time;
  return abouts.map((about) =>
    noteOutput(event, { kind: NOTES.changeSeen, about, time, policyVersion }),
  );
}
