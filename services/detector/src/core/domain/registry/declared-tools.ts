/**
 * What of a tool a declared change names: `tool/SERVER` all tools of a server, and so does a version behind it
 * (`tool/desk/v3`); `tool/SERVER/NAME` that tool and no other. Who declares one tool has said nothing of those beside
 * it. Names are read as they are written, and with the server where the host puts it (`mcp__mail__list_mail`).
 */
import type { AuditEvent } from '@waywarden/schemas';

type Tool = Pick<NonNullable<AuditEvent['tool']>, 'name' | 'server'>;

const VERSION = /^v?\d+(?:[-.+]\w+)*$/;
const BEGINNING = 'tool/';

export function namedBy(of: string, { name, server }: Tool): 'tool' | 'server' | undefined {
  if (!of.startsWith(BEGINNING)) return undefined;
  const pattern = of.slice(BEGINNING.length);
  const owner = server ?? name;
  const whole = server === undefined ? 'tool' : 'server';
  if (pattern === owner) return whole;
  if (!pattern.startsWith(`${owner}/`)) return undefined;
  const rest = pattern.slice(owner.length + 1);
  if (server !== undefined && (rest === name || `mcp__${server}__${rest}` === name)) return 'tool';
  return VERSION.test(rest) ? whole : undefined;
}

/** Taken apart: the server (or the tool that has none), and the tool where only one is meant. */
export function declaredTool(of: string): Partial<Tool> | undefined {
  if (!of.startsWith(BEGINNING)) return undefined;
  const [server = '', ...rest] = of.slice(BEGINNING.length).split('/');
  const name = rest.join('/');
  return name === '' || VERSION.test(name) ? { server } : { server, name };
}
