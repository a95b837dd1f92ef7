/** `conventions/wire`: what clients add to MCP and A2A. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { PATHS } from '../json/path.ts';
import { once } from '../model/lazy.ts';

const MCP_FIELDS = z.strictObject({ call_id: PATHS, session: PATHS });
const A2A_FIELDS = z.strictObject({ agent: PATHS, user: PATHS });

export type McpFields = z.infer<typeof MCP_FIELDS>;
export type A2aFields = z.infer<typeof A2A_FIELDS>;

function table(name: string): unknown {
  return parse(
    readFileSync(new URL(`../../conventions/wire/${name}.yaml`, import.meta.url), 'utf8'),
  );
}

export const loadMcpFields = once((): McpFields => MCP_FIELDS.parse(table('mcp')));

export const loadA2aFields = once((): A2aFields => A2A_FIELDS.parse(table('a2a')));
