/**
 * Which products a company uses: the same tools stand under other servers in another fleet. Names
 * are such that the shipped catalogue gives them the same capabilities.
 */
import { randomOf } from './random.ts';
import { TOOL_NAMES, TOOLS, type Tool, type ToolName } from './tool-table.ts';

export interface House {
  /** Names the fleet: who is who, and which products it uses. */
  readonly seed: string;
  readonly tools: Readonly<Record<ToolName, Tool>>;
  /** The tool that a release renames in its time: the registry knows it under both names. */
  readonly renamed: { readonly tool: ToolName; readonly name: string };
}

const RENAMED = ['updateTicket', 'query', 'insert', 'writePage', 'searchFiles'] as const;

const PRODUCTS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  zendesk: ['zendesk', 'freshdesk', 'intercom', 'helpscout'],
  mail: ['mail', 'postbox', 'mailroom'],
  slack: ['slack', 'mattermost', 'zulip'],
  drive: ['drive', 'sharebox'],
  crm: ['crm', 'customers'],
  accounts: ['accounts', 'people'],
  brave: ['brave', 'tavily', 'exa'],
  treasury: ['treasury', 'bank', 'payhub'],
  grafana: ['grafana', 'datadog', 'splunk'],
  vault: ['vault', 'keyvault'],
  okta: ['okta', 'keycloak', 'auth0'],
  memory: ['memory', 'notes-memory'],
};

export function houseOf(seed: string): House {
  const random = randomOf(`${seed}/house`);
  const chosen = new Map(
    Object.entries(PRODUCTS).map(([product, all]) => [product, random.pick(all)]),
  );
  const inHand = (name: ToolName): Tool => {
    const tool: Tool = TOOLS[name];
    return { ...tool, server: chosen.get(tool.server) ?? tool.server };
  };
  const tools = Object.fromEntries(TOOL_NAMES.map((name) => [name, inHand(name)]));
  const renamed = random.pick(RENAMED);
  return {
    seed,
    tools: tools as House['tools'],
    renamed: { tool: renamed, name: `${TOOLS[renamed].name}_v2` },
  };
}
