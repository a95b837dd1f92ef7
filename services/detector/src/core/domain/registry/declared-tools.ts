/**
 * What a declared change names: `tool/SERVER` (a version may follow) all tools of a server, `tool/SERVER/NAME` that
 * one, `tool/VERSION` all of the agent.
 */
import type { AuditEvent } from '@waywarden/schemas';

type Tool = Pick<NonNullable<AuditEvent['tool']>, 'name' | 'server'>;

const VERSION = /^v?\d+(?:[-.+]\w+)*$/;
/** Numbers with dots, or a digest. */
const OF_ALL = /^(?:v?\d+(?:\.\w+)+|(?=\D*\d)[\da-f]{7,64})$/;
const BEGINNING = 'tool/';

export function namedBy(of: string, { name, server }: Tool): 'tool' | 'server' | undefined {
  if (!of.startsWith(BEGINNING)) return undefined;
  const pattern = of.slice(BEGINNING.length);
  const owner = server ?? name;
  const whole = server === undefined ? 'tool' : 'server';
  if (pattern === owner) return whole;
  if (OF_ALL.test(pattern)) return 'server';
  if (!pattern.startsWith(`${owner}/`)) return undefined;
  const rest = pattern.slice(owner.length + 1);
  if (server !== undefined && (rest === name || `mcp__${server}__${rest}` === name)) return 'tool';
  return VERSION.test(rest) ? whole : undefined;
}

export function declaredTool(of: string): Partial<Tool> | undefined {
  if (!of.startsWith(BEGINNING)) return undefined;
  const [server = '', ...rest] = of.slice(BEGINNING.length).split('/');
  const name = rest.join('/');
  if (OF_ALL.test(server) && name === '') return undefined;
  return name === '' || VERSION.test(name) ? { server } : { server, name };
}
