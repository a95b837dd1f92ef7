/**
 * The tool catalogue: which capabilities a call of a tool exercises, its effect, how far its result
 * is trusted, and which argument names the target. Operator entries (registry `tools`) come before
 * shipped ones; within one of them the pattern that fixes the server, then more of the tool's name,
 * wins, and the first given on a tie.
 *
 * Entries are the registry's `ToolEntry`, read more widely in three places: a tool pattern may list
 * alternatives (`send_*|reply`), an `arg` may name several arguments (`to|cc|bcc`), and `domain: $organisation` stands for the tenant's own domains, which a
 * shipped file can't know. A capability with `unless` is left out only when every party in those
 * arguments is inside the domain and there is at least one: a single outsider in `bcc` is a sending.
 */
import { type AuditEvent, registrySchema, type ToolEntry } from '@waywarden/schemas';
import { z } from 'zod';
import { BoundedMap } from './bounded-map.ts';
import { isInside, type Party, partiesIn } from './destination.ts';
import { compilePattern, matchesPattern, type ToolPattern } from './tool-pattern.ts';

/** Distinct (server, tool) pairs whose match is remembered; the rest is matched each time. */
const MATCHES_MAX = 10_000;
export const ORGANISATION = '$organisation';

/** A shipped entry may list many tools. */
const ALTERNATIVES_LENGTH_MAX = 4096;
const toolEntry = registrySchema.shape.tools.unwrap().element;

export const catalogueFileSchema = z.object({
  version: z.literal(1),
  name: z.string().min(1).max(128),
  tools: z
    .array(
      toolEntry.extend({
        match: z.object({
          server: z.string().min(1).max(256).optional(),
          tool: z.string().min(1).max(ALTERNATIVES_LENGTH_MAX),
        }),
      }),
    )
    .min(1),
});

export type EntryBasis = 'operator' | 'catalogue';

export interface CatalogueMatch {
  readonly entry: ToolEntry;
  readonly basis: EntryBasis;
  /** What every call exercises; undefined when that depends on the arguments. */
  readonly always: Capability[] | undefined;
}

type Capability = AuditEvent['capabilities'][number];

function alwaysOf(entry: ToolEntry, basis: EntryBasis): Capability[] | undefined {
  if (entry.capabilities.some(({ unless }) => unless !== undefined)) return undefined;
  return entry.capabilities.map(({ symbol }) => ({ symbol, basis }));
}

interface Compiled extends CatalogueMatch {
  readonly server: ToolPattern | undefined;
  readonly tool: ToolPattern;
}

export interface CatalogueParts {
  /** Names the content (files and registry), stands in `catalogue_version`. */
  readonly version: string;
  readonly shipped: readonly ToolEntry[];
  readonly operator: readonly ToolEntry[];
  /** The tenant's own domains: what goes there stays inside. None: everything is outside. */
  readonly organisation: readonly string[];
}

function compile(entries: readonly ToolEntry[], basis: EntryBasis): readonly Compiled[] {
  return entries.flatMap((entry) => {
    const { server, tool } = entry.match;
    const serverPattern = server === undefined ? undefined : compilePattern(server);
    const always = alwaysOf(entry, basis);
    return tool.split('|').map((alternative) => ({
      entry,
      basis,
      always,
      server: serverPattern,
      tool: compilePattern(alternative),
    }));
  });
}

/** By what an entry fixes: exact server, server pattern, exact tool, characters of the tool. */
function precision(entry: Compiled): readonly number[] {
  const server = entry.server === undefined ? 0 : entry.server.exact ? 2 : 1;
  return [server, entry.tool.exact ? 1 : 0, entry.tool.fixed];
}

function isMorePrecise(a: Compiled, b: Compiled): boolean {
  const [left, right] = [precision(a), precision(b)];
  const at = left.findIndex((value, index) => value !== right[index]);
  return at >= 0 && (left[at] ?? 0) > (right[at] ?? 0);
}

const NONE = Symbol('no entry');

export class Catalogue {
  readonly version: string;
  readonly organisation: readonly string[];
  readonly #operator: readonly Compiled[];
  readonly #shipped: readonly Compiled[];
  readonly #known = new BoundedMap<CatalogueMatch | typeof NONE>(MATCHES_MAX);

  constructor(parts: CatalogueParts) {
    this.version = parts.version;
    this.organisation = parts.organisation.map((domain) => domain.toLowerCase());
    this.#operator = compile(parts.operator, 'operator');
    this.#shipped = compile(parts.shipped, 'catalogue');
  }

  /** The entry that describes a tool; undefined when none does. */
  find(tool: string, server: string | undefined): CatalogueMatch | undefined {
    const key = server === undefined ? tool : `${server}\u0000${tool}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known === NONE ? undefined : known;
    const found = best(this.#operator, tool, server) ?? best(this.#shipped, tool, server);
    this.#known.set(key, found ?? NONE);
    return found;
  }

  /** The capabilities that a call of this entry exercises with these arguments. */
  capabilities({ always, entry, basis }: CatalogueMatch, args: unknown): Capability[] {
    if (always !== undefined) return always;
    return entry.capabilities
      .filter(({ unless }) => unless === undefined || !this.#staysInside(unless, args))
      .map(({ symbol }) => ({ symbol, basis }));
  }

  #staysInside(unless: { readonly arg: string; readonly domain: string }, args: unknown): boolean {
    const domains = unless.domain === ORGANISATION ? this.organisation : [unless.domain];
    const parties: readonly Party[] = partiesIn(args, unless.arg);
    return (
      parties.length > 0 &&
      parties.every(({ domain }) => domain !== undefined && isInside(domain, domains))
    );
  }
}

function best(
  entries: readonly Compiled[],
  tool: string,
  server: string | undefined,
): CatalogueMatch | undefined {
  const [toolName, serverName] = [tool.toLowerCase(), server?.toLowerCase()];
  let found: Compiled | undefined;
  for (const entry of entries) {
    const serverFits =
      entry.server === undefined ||
      (serverName !== undefined && matchesPattern(entry.server, serverName));
    if (!serverFits || !matchesPattern(entry.tool, toolName)) continue;
    if (found === undefined || isMorePrecise(entry, found)) found = entry;
  }
  return found;
}
