/** Tools that servers offer, as last seen; a changed list is an event (`undeclared_change`). */
import type { Observation, ToolDefinition } from '@waywarden/agent-telemetry';
import { calledTool, formatLogTime, type InputEvent } from '@waywarden/schemas';
import { BoundedMap } from '../domain/bounded-map.ts';
import { agentUidOf } from './call-event.ts';

export const SOURCE_DEFINITIONS_MAX = 2_000;
const DESCRIPTION_LENGTH_MAX = 16_384;

interface Hashing {
  readonly hash: (text: string) => string;
}

const keyOf = (tool: string, server: string | undefined): string => {
  const called = calledTool(tool, server);
  return `${called.server ?? ''}\u0000${called.tool}`;
};

interface ToolListEvent {
  readonly input: InputEvent;
  readonly isNamed: boolean;
}

export class ToolLists {
  readonly #definitions = new BoundedMap<ToolDefinition>(SOURCE_DEFINITIONS_MAX);
  readonly #prints = new BoundedMap<string>(SOURCE_DEFINITIONS_MAX);
  readonly #hash: Hashing['hash'];

  constructor({ hash }: Hashing) {
    this.#hash = hash;
  }

  definitionOf(tool: string, server: string | undefined): ToolDefinition | undefined {
    return this.#definitions.get(keyOf(tool, server));
  }

  note(
    observations: readonly Observation[],
    source: string,
    nowMs: number,
  ): readonly ToolListEvent[] {
    const events: ToolListEvent[] = [];
    for (const one of observations) {
      if (one.definitions === undefined || one.definitions.length === 0) continue;
      for (const [server, tools] of byServer(one.definitions)) {
        const changed = tools.filter((tool) => this.#isNew(tool));
        if (changed.length > 0) events.push(listEvent(one, server, changed, { source, nowMs }));
      }
    }
    return events;
  }

  #isNew(tool: ToolDefinition): boolean {
    const key = keyOf(tool.name, tool.server);
    const print = this.#hash(JSON.stringify([tool.description, tool.schema]) ?? '');
    if (this.#prints.get(key) === print) return false;
    this.#prints.set(key, print);
    this.#definitions.set(key, {
      ...tool,
      description: tool.description?.slice(0, DESCRIPTION_LENGTH_MAX),
    });
    return true;
  }
}

function byServer(definitions: readonly ToolDefinition[]): ReadonlyMap<string, ToolDefinition[]> {
  const lists = new Map<string, ToolDefinition[]>();
  for (const one of definitions) {
    const server = one.server ?? '';
    lists.set(server, [...(lists.get(server) ?? []), one]);
  }
  return lists;
}

function listEvent(
  observation: Observation,
  server: string,
  tools: readonly ToolDefinition[],
  { source, nowMs }: { readonly source: string; readonly nowMs: number },
): ToolListEvent {
  const uid = agentUidOf(observation.agent);
  const at = observation.at ?? nowMs;
  const ms = Number.isFinite(at) && at >= 0 ? Math.trunc(at) : Math.trunc(nowMs);
  const input: InputEvent = {
    event_time: formatLogTime({ ms, ns: 0 }),
    activity: 'tool_list',
    agent: { uid: uid ?? `unknown/${source}` },
    tool: { name: 'tools/list', ...(server !== '' && { server }) },
    result: {
      value: {
        tools: tools.map(({ name, description, schema }) => ({
          name,
          ...(description !== undefined && { description }),
          ...(schema !== undefined && { inputSchema: schema }),
        })),
      },
    },
    outcome: 'success',
  };
  return { input, isNamed: uid !== undefined };
}
