/**
 * Whether the registry names a tool in an agent's profile. Names are read as the catalogue reads them; a reported
 * server wins over one inside the tool's name.
 */
import { type AuditEvent, comparable, namedTool, type RegistryAgent } from '@waywarden/schemas';
import { matchesName } from './envelope.ts';

type Tool = NonNullable<AuditEvent['tool']>;

function namesOf({ name, server }: Tool): readonly string[] {
  const named = namedTool(name);
  const isContradicted =
    server !== undefined &&
    named.server !== undefined &&
    comparable(named.server) !== comparable(server);
  if (isContradicted) return [comparable(`${server}/${name}`)];
  const own = server ?? named.server;
  const names = [name, named.tool];
  // Such a slash belongs to the tool.
  const bare = names.filter((one) => own === undefined || !one.includes('/'));
  const all = own === undefined ? bare : [...names.map((one) => `${own}/${one}`), ...bare];
  return [...new Set(all.map(comparable))];
}

interface Pattern {
  readonly written: string;
  readonly forms: readonly string[];
}

function patternOf(written: string): Pattern {
  const { server, tool } = namedTool(written);
  const meant = server === undefined ? written : `${server}/${tool}`;
  return { written, forms: [...new Set([written, meant].map(comparable))] };
}

/** Profiles stay the same for many calls. */
const known = new WeakMap<readonly string[], readonly Pattern[]>();

function patternsOf(allowed: readonly string[]): readonly Pattern[] {
  const patterns = known.get(allowed) ?? allowed.map(patternOf);
  known.set(allowed, patterns);
  return patterns;
}

function allows(
  allowed: readonly string[] | undefined,
  tool: AuditEvent['tool'],
  isAsked: (written: string) => boolean,
): boolean {
  if (allowed === undefined || tool === undefined) return false;
  const names = namesOf(tool);
  return patternsOf(allowed).some(
    ({ written, forms }) =>
      isAsked(written) && forms.some((form) => names.some((name) => matchesName(form, name))),
  );
}

export function allowsTool(allowed: readonly string[], tool: Tool): boolean {
  return allows(allowed, tool, () => true);
}

/** A wildcard declares nothing. */
export function isToolDeclared(
  registered: RegistryAgent | undefined,
  tool: AuditEvent['tool'],
): boolean {
  return allows(registered?.profile?.tools, tool, (written) => written !== '*');
}

export function isToolNamed(
  registered: RegistryAgent | undefined,
  tool: AuditEvent['tool'],
): boolean {
  return allows(registered?.profile?.tools, tool, (written) => !written.includes('*'));
}
