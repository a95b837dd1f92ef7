/**
 * What an agent is made of (model, version, prompt, definitions of its tools) and when that changes.
 *
 * A change that was declared within a day before is learnt in silence: releases must not cause storms.
 * One that nobody declared is itself the finding, whatever the agent then does. It is noted to where the
 * changes of all agents are looked at together, since a roll-out that nobody declared is one cause and
 * not an alert an agent, and since a server's new tools are declared under its gateway, which lives in
 * another partition.
 *
 * The change may be older than the call that shows it: it came after the hour in which the agent was last
 * seen as before, and what was declared up to a day before that covers it.
 *
 * A declaration covers what it names (`model/lumen-5` that model and no other), and a release all of
 * model, version, prompt and tools. Limits: an agent is judged after twenty calls; what was seen once is
 * known for good, also after an alert; a client that routes between models shows each of them once.
 */
import { type AuditEvent, epochMs, shortPrint } from '@waywarden/schemas';
import type { Draft, Output } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { keepLatest } from '../kept/keep-latest.ts';
import { declare, isDeclared } from './declarations.ts';
import { noteReleased } from './released.ts';
import { NOTES, noteOutput } from './shared-note.ts';

/** Values of each sort that are remembered of an agent, and tools whose definitions are. */
const VALUES_MAX = 8;
const TOOLS_MAX = 32;
/** Events before its parts are known. */
const SETTLED_MIN = 20;
const HOUR_MS = 3_600_000;

interface Parts {
  readonly n: number;
  /** The hour in which it was last seen: what changed since may have been declared since. */
  readonly shownHour: number;
  readonly models: readonly string[];
  readonly versions: readonly string[];
  readonly prompts: readonly string[];
  /** By tool, latest last: its definitions, and the hour in which it was last used; by fingerprints. */
  readonly tools: readonly (readonly [
    tool: string,
    definitions: readonly string[],
    hour: number,
  ])[];
}

const NO_PARTS: Parts = { n: 0, shownHour: 0, models: [], versions: [], prompts: [], tools: [] };

/** Not under the name of earlier versions, which kept whole names. */
const partsKey = (event: AuditEvent) => agentKey(event, 'composed');

/** The list with the value in it, and whether that is news to a list that had others. */
function met(known: readonly string[], value: string | undefined) {
  if (value === undefined || known.includes(value)) return { known, isNew: false };
  return { known: [...known, value].slice(-VALUES_MAX), isNew: known.length > 0 };
}

function metTool(tools: Parts['tools'], tool: AuditEvent['tool'], hour: number) {
  if (tool?.definition_hash === undefined) return { tools, isNew: false, since: hour };
  const name = shortPrint(`${tool.server ?? ''}/${tool.name}`);
  const [, before = [], since = hour] = tools.find(([one]) => one === name) ?? [];
  const { known, isNew } = met(before, shortPrint(tool.definition_hash));
  if (known === before && since >= hour) return { tools, isNew: false, since };
  const own = [name, known, Math.max(since, hour)] as const;
  return { tools: keepLatest(tools, own, TOOLS_MAX), isNew, since };
}

interface Met {
  readonly parts: Parts;
  /** What is new, as a declaration would name it, and the hour in which it was last seen as before. */
  readonly changes: readonly (readonly [change: string, since: number])[];
}

function meet(before: Parts, event: AuditEvent): Met {
  const { model, agent, tool, target } = event;
  const hour = Math.floor(epochMs(event.event_time) / HOUR_MS);
  const models = met(before.models, model?.name);
  const versions = met(before.versions, agent.version);
  const loads = event.activity === 'prompt_get' && target?.resource_type === 'prompt';
  const prompts = met(before.prompts, loads ? target.resource_id : undefined);
  const tools = metTool(before.tools, tool, hour);
  const prompt = target?.resource_id ?? '';
  const own = [
    ...(models.isNew ? [`model/${model?.name ?? ''}`] : []),
    ...(versions.isNew ? [`release/${agent.version ?? ''}`] : []),
    ...(prompts.isNew ? [prompt.startsWith('prompt/') ? prompt : `prompt/${prompt}`] : []),
  ];
  return {
    parts: {
      n: Math.min(SETTLED_MIN, before.n + 1),
      shownHour: Math.max(before.shownHour, hour),
      models: models.known,
      versions: versions.known,
      prompts: prompts.known,
      tools: tools.tools,
    },
    changes: [
      ...own.map((one) => [one, before.shownHour] as const),
      ...(tools.isNew ? [[`tool/${tool?.server ?? tool?.name ?? ''}`, tools.since] as const] : []),
    ],
  };
}

function isSame(a: Parts, b: Parts): boolean {
  return (
    a.n === b.n &&
    a.shownHour === b.shownHour &&
    a.models === b.models &&
    a.versions === b.versions &&
    a.prompts === b.prompts &&
    a.tools === b.tools
  );
}

function noteDeclared(draft: Draft, event: AuditEvent, policyVersion: string): readonly Output[] {
  const of = declare(draft, event);
  if (of?.startsWith('tool/') !== true) return [];
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
  if (event.activity === 'config_change') return noteDeclared(draft, event, policyVersion);
  if (event.activity === 'heartbeat' || event.phase !== 'completed') return [];
  const before = draft.get<Parts>(partsKey(event)) ?? NO_PARTS;
  const { parts, changes } = meet(before, event);
  if (!isSame(before, parts)) draft.put(partsKey(event), parts);
  if (changes.length === 0 || before.n < SETTLED_MIN) return [];
  noteReleased(
    draft,
    event,
    changes.map(([one]) => one).filter((one) => !one.startsWith('tool/')),
  );
  const undeclared = changes.filter(
    ([one, since]) => !isDeclared(draft, event, one, since * HOUR_MS),
  );
  const isTool = ([one]: readonly [string, number]) => one.startsWith('tool/');
  const own = undeclared.filter((one) => !isTool(one));
  const together = [own.map(([one]) => one).join(' + '), before.shownHour] as const;
  const abouts = [...(own.length === 0 ? [] : [together]), ...undeclared.filter(isTool)];
  const time = event.event_time;
  return abouts.map(([about, since]) =>
    noteOutput(event, {
      kind: NOTES.changeSeen,
      about,
      time,
      policyVersion,
      sinceMs: since * HOUR_MS,
    }),
  );
}
