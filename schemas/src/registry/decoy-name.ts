/** How a decoy is known by name; six characters or more in any case. */
import { comparable, namedTool } from '../vocabulary/called-tool.ts';
import type { Registry } from './registry.ts';

type DecoyTool = NonNullable<Registry['decoys'][number]['tool']>;

export const WITHIN_TEXT_MIN = 6;
const PART_OF_NAME = /[\p{L}\p{N}_-]/u;

const inOneCase = (name: string) => (name.length < WITHIN_TEXT_MIN ? name : name.toLowerCase());

export function sameName(given: string, name: string): boolean {
  return given === name || inOneCase(given) === inOneCase(name);
}

/** The text may be JSON. */
function standsAlone(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const around = [text.charAt(at - 1), text.charAt(at + name.length)];
    // The n of `\n` is no letter.
    const isEscape = /\\[nrtbf]$/.test(text.slice(Math.max(0, at - 2), at));
    if (!PART_OF_NAME.test(around[1] ?? '') && (isEscape || !PART_OF_NAME.test(around[0] ?? ''))) {
      return true;
    }
  }
  return false;
}

/** In lower case; short names never. */
export function standsIn(lowerCase: string, name: string): boolean {
  return name.length >= WITHIN_TEXT_MIN && standsAlone(lowerCase, name.toLowerCase());
}

/** A call without a server may then be that one's. */
export function isToolElsewhere({ agents, tools }: Registry, decoy: DecoyTool): boolean {
  const trap = namedTool(decoy.name);
  const name = comparable(trap.tool);
  const own = decoy.server ?? trap.server;
  const isOther = (server: string) => own === undefined || comparable(server) !== comparable(own);
  const inProfile = agents.some(({ profile }) =>
    profile?.tools?.some((pattern) => {
      const { tool, server } = namedTool(pattern);
      return comparable(tool) === name && server !== undefined && isOther(server);
    }),
  );
  if (inProfile) return true;
  return tools.some(({ match, state }) => {
    if (state === 'proposed' || match.server === undefined) return false;
    const isNamed = match.tool.split('|').some((one) => comparable(one) === name);
    return isNamed && match.server.split('|').some(isOther);
  });
}
