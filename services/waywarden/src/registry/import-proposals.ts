/**
 * Proposals for a registry from SPIRE's entries and an MCP server's `tools/list`. Always `state: proposed`, and never
 * over something that is there: neither source knows who owns an agent or what it may do.
 */
import {
  type Registry,
  type RegistryAgent,
  registrySchema,
  type ToolEntry,
} from '@waywarden/schemas';
import { z } from 'zod';

/** Entries of one file; more are refused rather than cut. */
const ENTRIES_MAX = 100_000;

const spiffeId = z.union([
  z.string().startsWith('spiffe://'),
  z
    .object({ trust_domain: z.string().min(1), path: z.string() })
    .transform(({ trust_domain: domain, path }) => `spiffe://${domain}${path}`),
]);
const spireFile = z.object({
  entries: z.array(z.object({ spiffe_id: spiffeId })).max(ENTRIES_MAX),
});

const listedTools = z.object({
  tools: z
    .array(
      z.object({
        name: z.string().min(1).max(256),
        annotations: z
          .object({
            readOnlyHint: z.boolean().optional(),
            destructiveHint: z.boolean().optional(),
            openWorldHint: z.boolean().optional(),
          })
          .optional(),
      }),
    )
    .max(ENTRIES_MAX),
});
/** With or without the JSON-RPC answer around it. */
const toolsFile = z.union([
  listedTools,
  z.object({ result: listedTools }).transform(({ result }) => result),
]);

export type Proposed =
  | { readonly ok: true; readonly registry: Registry; readonly proposals: number }
  | { readonly ok: false; readonly problem: string };

function read<T>(text: string, schema: z.ZodType<T>, what: string): T | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return `it is no JSON: ${error instanceof Error ? error.message : ''}`;
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues
    .slice(0, 10)
    .map((one) => `${one.path.join('.')}: ${one.message}`);
  return `it is not ${what}: ${issues.join('; ')}`;
}

const EMPTY = registrySchema.parse({ version: 1 });

/** `spire-server entry show -output json`. */
export function proposeFromSpire(text: string, current: Registry | undefined): Proposed {
  const file = read(text, spireFile, 'what `spire-server entry show -output json` prints');
  if (typeof file === 'string') return { ok: false, problem: file };
  const base = current ?? EMPTY;
  const known = new Set(base.agents.map((agent) => agent.uid));
  const uids = [...new Set(file.entries.map((entry) => entry.spiffe_id))].filter(
    (uid) => !known.has(uid),
  );
  const agents = uids.map(
    (uid): RegistryAgent => ({
      uid,
      class: 'unknown',
      criticality: 'normal',
      never_revoke: false,
      state: 'proposed',
    }),
  );
  const registry = { ...base, agents: [...base.agents, ...agents] };
  return { ok: true, registry, proposals: agents.length };
}

type Listed = z.infer<typeof listedTools>['tools'][number];

/** What the server's hints say, at their word's worth; absent hints mean the worst (MCP's defaults). */
function entryOf({ name, annotations = {} }: Listed, server: string): ToolEntry {
  const { readOnlyHint: reads = false, destructiveHint: destroys = true } = annotations;
  const isOpen = annotations.openWorldHint ?? true;
  const match = { server, tool: name };
  if (reads) {
    return isOpen
      ? {
          match,
          capabilities: [{ symbol: 'ingest:untrusted' }],
          effect: 'read',
          result_trust: 'untrusted',
          state: 'proposed',
        }
      : { match, capabilities: [{ symbol: 'read:internal' }], effect: 'read', state: 'proposed' };
  }
  const symbols = [destroys ? 'delete:data' : 'write:data', ...(isOpen ? ['send:external'] : [])];
  const effect = isOpen ? 'send' : destroys ? 'delete' : 'update';
  return { match, capabilities: symbols.map((symbol) => ({ symbol })), effect, state: 'proposed' };
}

/** The answer of an MCP server to `tools/list`. `server`: its name, as events call it. */
export function proposeFromToolsList(
  text: string,
  current: Registry | undefined,
  server: string,
): Proposed {
  const file = read(text, toolsFile, 'an answer to tools/list');
  if (typeof file === 'string') return { ok: false, problem: file };
  const base = current ?? EMPTY;
  const known = new Set(base.tools.map(({ match }) => JSON.stringify([match.server, match.tool])));
  const tools = file.tools
    .filter(({ name }) => !known.has(JSON.stringify([server, name])))
    .map((tool) => entryOf(tool, server));
  const registry = { ...base, tools: [...base.tools, ...tools] };
  return { ok: true, registry, proposals: tools.length };
}
