/** Whether a call's tool is a decoy's, however its host writes the name. */
import {
  type AuditEvent,
  calledTool,
  comparable,
  isToolElsewhere,
  namedTool,
  type Registry,
} from '@waywarden/schemas';

type DecoyTool = NonNullable<Registry['decoys'][number]['tool']>;

interface Trap {
  readonly name: string;
  readonly server: string | undefined;
  readonly joined: readonly string[];
  readonly isReportedBare: boolean;
}

const JOINTS = ['/', '__', '.', ':'] as const;
const flat = (name: string) => name.replace(/[^\p{L}\p{N}]+/gu, '_');

function trapOf(registry: Registry, tool: DecoyTool): Trap {
  const named = namedTool(tool.name);
  const name = comparable(named.tool);
  const serverName = tool.server ?? named.server;
  const server = serverName === undefined ? undefined : comparable(serverName);
  const joined =
    server === undefined
      ? []
      : [...JOINTS.map((joint) => `${server}${joint}${name}`), `mcp_${flat(`${server}_${name}`)}`];
  return { name, server, joined, isReportedBare: !isToolElsewhere(registry, tool) };
}

const known = new WeakMap<Registry, Map<DecoyTool, Trap>>();

function trapIn(registry: Registry, tool: DecoyTool): Trap {
  const traps = known.get(registry) ?? new Map<DecoyTool, Trap>();
  known.set(registry, traps);
  const trap = traps.get(tool) ?? trapOf(registry, tool);
  traps.set(tool, trap);
  return trap;
}

export function isDecoyTool(
  registry: Registry,
  decoy: DecoyTool,
  tool: NonNullable<AuditEvent['tool']>,
): boolean {
  const { name, server, joined, isReportedBare } = trapIn(registry, decoy);
  const plainName = comparable(tool.name);
  if (
    joined.includes(plainName) ||
    (plainName.startsWith('mcp_') && joined.includes(flat(plainName)))
  )
    return true;
  const called = calledTool(tool.name, tool.server);
  if (server === undefined) {
    return comparable(called.tool) === name || comparable(namedTool(tool.name).tool) === name;
  }
  if (comparable(called.tool) !== name) return false;
  return called.server === undefined ? isReportedBare : comparable(called.server) === server;
}
