/**
 * Whether the registry names a tool in an agent's declared profile; a pattern names `server/tool` or the tool. Names
 * are read as the catalogue reads them: in any case, with either dash, and with the server where the host puts it
 * (`mcp__mail__list_mail` is `mail/list_mail`, in a pattern too).
 *
 * The server that a source tells wins over one that stands in the tool's name: who runs a server names its tools, and
 * `mcp__mail__send` of another server is no tool of `mail`. Such a tool is declared only with the server that is told.
 */
import { type AuditEvent, comparable, namedTool, type RegistryAgent } from '@waywarden/schemas';
import { matchesName } from './envelope.ts';

type Tool = NonNullable<AuditEvent['tool']>;

/** Every way in which a pattern may name it, `comparable`. */
function namesOf({ name, server }: Tool): readonly string[] {
  const named = namedTool(name);
  const isContradicted =
    server !== undefined &&
    named.server !== undefined &&
    comparable(named.server) !== comparable(server);
  if (isContradicted) return [comparable(`${server}/${name}`)];
  const own = server ?? named.server;
  const names = [name, named.tool];
  // Behind a server's name a slash belongs to the tool: it must not read as another server's.
  const bare = names.filter((one) => own === undefined || !one.includes('/'));
  const all = own === undefined ? bare : [...names.map((one) => `${own}/${one}`), ...bare];
  return [...new Set(all.map(comparable))];
}

interface Pattern {
  readonly written: string;
  /** As it is written and as it is meant, `comparable`. */
  readonly forms: readonly string[];
}

function patternOf(written: string): Pattern {
  const { server, tool } = namedTool(written);
  const meant = server === undefined ? written : `${server}/${tool}`;
  return { written, forms: [...new Set([written, meant].map(comparable))] };
}

/** A profile stays the same for many calls, each of which several questions ask about. */
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

/** Whether its entry declares the tool by name; a pattern for everything declares nothing. */
export function isToolDeclared(
  registered: RegistryAgent | undefined,
  tool: AuditEvent['tool'],
): boolean {
  return allows(registered?.profile?.tools, tool, (written) => written !== '*');
}

/** Whether its entry names this very tool, and not by a pattern. */
export function isToolNamed(
  registered: RegistryAgent | undefined,
  tool: AuditEvent['tool'],
): boolean {
  return allows(registered?.profile?.tools, tool, (written) => !written.includes('*'));
}
