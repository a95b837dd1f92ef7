/** What a server says of a tool: by the event, else by its list before (MCP `tools/list`). */
import { calledTool, type InputEvent } from '@waywarden/schemas';
import type { BoundedMap } from './bounded-map.ts';
import { type Fields, isObject } from './formats/read-line.ts';
import type { ToolTexts } from './tool-texts.ts';

export interface ToolDefinition extends ToolTexts {
  readonly annotations: unknown;
}

export type ListedTools = BoundedMap<ToolDefinition>;

const TOOLS_OF_A_LIST_MAX = 500;
const DESCRIPTION_LENGTH_MAX = 512;
const PROPERTIES_MAX = 64;
const PROPERTY_LENGTH_MAX = 64;

function propertiesOf(schema: unknown): readonly string[] {
  const properties = isObject(schema) ? schema['properties'] : undefined;
  return isObject(properties)
    ? Object.keys(properties)
        .slice(0, PROPERTIES_MAX)
        .map((name) => name.slice(0, PROPERTY_LENGTH_MAX))
    : [];
}

function givenDefinition(given: Fields): ToolDefinition {
  const { description, annotations } = given;
  return {
    description:
      typeof description === 'string' && description !== ''
        ? description.slice(0, DESCRIPTION_LENGTH_MAX)
        : undefined,
    properties: propertiesOf(given['input_schema'] ?? given['inputSchema']),
    annotations,
  };
}

export function definitionOf(
  tool: NonNullable<InputEvent['tool']>,
  listed: ToolDefinition | undefined,
): ToolDefinition {
  const given = givenDefinition(tool);
  if (listed === undefined) return given;
  return {
    description: given.description ?? listed.description,
    properties: given.properties.length > 0 ? given.properties : listed.properties,
    annotations: given.annotations ?? listed.annotations,
  };
}

/** A host may put the server before the name; a list does not. */
function keyOf(name: string, server: string | undefined): string {
  const called = calledTool(name, server);
  return `${called.server ?? ''}\u0000${called.tool}`;
}

export function listedTool({ tool }: InputEvent, listed: ListedTools): ToolDefinition | undefined {
  return tool === undefined ? undefined : listed.get(keyOf(tool.name, tool.server));
}

export function noteListed({ activity, tool, result }: InputEvent, listed: ListedTools): void {
  if (activity !== 'tool_list' || !isObject(result?.value)) return;
  const { tools } = result.value;
  if (!Array.isArray(tools)) return;
  for (const one of tools.slice(0, TOOLS_OF_A_LIST_MAX)) {
    const name = isObject(one) ? one['name'] : undefined;
    if (typeof name === 'string') listed.set(keyOf(name, tool?.server), givenDefinition(one));
  }
}
