/**
 * The tool catalogue. Operator entries first, then precision. `unless`: all parties inside; `when`: arguments seen
 * and not matching.
 */
import {
  type AuditEvent,
  type CatalogueEntry,
  calledTool,
  comparable,
  type ToolEntry,
} from '@waywarden/schemas';
import { BoundedMap } from '../domain/bounded-map.ts';
import { argumentNames, isInside } from '../domain/destination.ts';
import { addressWords, namedValues, partiesIn } from './read-parties.ts';
import { compilePattern, matchesPattern, type ToolPattern } from './tool-pattern.ts';

const PUBLISHED_AT = ['io.github.', 'com.github.', 'https://github.com/', 'github.com/'];

function tellingServer(server: string): string {
  const at = PUBLISHED_AT.find((prefix) => server.toLowerCase().startsWith(prefix));
  return at === undefined ? server : server.slice(at.length);
}

const MATCHES_MAX = 10_000;
export const ORGANISATION = '$organisation';

type EntryBasis = 'operator' | 'catalogue';

interface CatalogueMatch {
  readonly entry: ToolEntry;
  readonly basis: EntryBasis;
  readonly always: Capability[] | undefined;
}

type Capability = AuditEvent['capabilities'][number];
type Conditional = ToolEntry['capabilities'][number];

function alwaysOf(entry: ToolEntry, basis: EntryBasis): Capability[] | undefined {
  const isConditional = ({ unless, when }: Conditional) =>
    unless !== undefined || when !== undefined;
  if (entry.capabilities.some(isConditional)) return undefined;
  return entry.capabilities.map(({ symbol }) => ({ symbol, basis }));
}

export interface Alternative extends CatalogueMatch {
  readonly server: ToolPattern | undefined;
  readonly tool: ToolPattern;
  readonly rank: number;
  readonly at: number;
}

interface CatalogueParts {
  /** In `catalogue_version`. */
  readonly version: string;
  readonly shipped: readonly CatalogueEntry[];
  readonly operator: readonly ToolEntry[];
  /** None: all is outside. */
  readonly organisation: readonly string[];
  readonly decoys?: readonly string[];
}

const LENGTH_CAP = 999;
/** Server, tool, then fixed characters. */
function rankOf(server: ToolPattern | undefined, tool: ToolPattern): number {
  const byServer = server === undefined ? 0 : server.exact ? 2 : 1;
  const digits = [
    byServer * 2 + (tool.exact ? 1 : 0),
    Math.min(tool.fixed, LENGTH_CAP),
    Math.min(server?.fixed ?? 0, LENGTH_CAP),
  ];
  return digits.reduce((sum, digit) => sum * (LENGTH_CAP + 1) + digit, 0);
}

function serversOf({ match }: ToolEntry | CatalogueEntry): readonly (ToolPattern | undefined)[] {
  if (match.server === undefined) return [undefined];
  const named = match.server.split('|').map(compilePattern);
  return 'anywhere' in match && match.anywhere === true ? [...named, undefined] : named;
}

export function alternativesOf(
  entries: readonly (ToolEntry | CatalogueEntry)[],
  basis: EntryBasis,
): readonly Alternative[] {
  return entries.flatMap((entry, at) => {
    const always = alwaysOf(entry, basis);
    const servers = serversOf(entry);
    const tools = entry.match.tool.split('|').map(compilePattern);
    return tools.flatMap((tool) =>
      servers.map((server) => {
        const rank = rankOf(server, tool);
        return { entry, basis, always, server, tool, rank, at };
      }),
    );
  });
}

const byRank = (a: Alternative, b: Alternative) => b.rank - a.rank || a.at - b.at;

class EntryIndex {
  readonly #exact = new Map<string, Alternative[]>();
  readonly #patterns: readonly Alternative[];

  constructor(alternatives: readonly Alternative[]) {
    this.#patterns = alternatives.filter(({ tool }) => !tool.exact).sort(byRank);
    for (const one of alternatives) {
      if (!one.tool.exact) continue;
      const name = one.tool.parts[0] ?? '';
      const same = this.#exact.get(name);
      if (same === undefined) this.#exact.set(name, [one]);
      else same.push(one);
    }
    for (const same of this.#exact.values()) same.sort(byRank);
  }

  find(tool: string, server: string | undefined): Alternative | undefined {
    const serverFits = (one: Alternative) =>
      one.server === undefined || (server !== undefined && matchesPattern(one.server, server));
    const exact = this.#exact.get(tool)?.find(serverFits);
    for (const one of this.#patterns) {
      if (exact !== undefined && one.rank <= exact.rank) break;
      if (serverFits(one) && matchesPattern(one.tool, tool)) return one;
    }
    return exact;
  }
}

const NONE = Symbol('no entry');
const NO_WORDS: ReadonlySet<string> = new Set();
const hasRecipients = ({ capabilities }: ToolEntry | CatalogueEntry) =>
  capabilities.some(({ unless }) => unless !== undefined);

function recipientWordsOf(entries: readonly (ToolEntry | CatalogueEntry)[]): ReadonlySet<string> {
  const names = entries.flatMap(({ capabilities }) =>
    capabilities.flatMap(({ unless }) => (unless === undefined ? [] : argumentNames(unless.arg))),
  );
  return new Set(names.flatMap(addressWords));
}

export class Catalogue {
  readonly version: string;
  readonly organisation: readonly string[];
  readonly decoys: readonly string[];
  readonly #operator: EntryIndex;
  readonly #shipped: EntryIndex;
  readonly #recipientWords: ReadonlySet<string>;
  readonly #known = new BoundedMap<CatalogueMatch | typeof NONE>(MATCHES_MAX);

  constructor(parts: CatalogueParts) {
    this.version = parts.version;
    this.decoys = parts.decoys ?? [];
    this.organisation = parts.organisation.map((domain) => domain.toLowerCase());
    this.#operator = new EntryIndex(alternativesOf(parts.operator, 'operator'));
    this.#shipped = new EntryIndex(alternativesOf(parts.shipped, 'catalogue'));
    this.#recipientWords = recipientWordsOf([...parts.shipped, ...parts.operator]);
  }

  recipientWords(entry: ToolEntry | undefined): ReadonlySet<string> {
    return entry !== undefined && hasRecipients(entry) ? this.#recipientWords : NO_WORDS;
  }

  find(tool: string, server: string | undefined): CatalogueMatch | undefined {
    const key = server === undefined ? tool : `${server}\u0000${tool}`;
    const found = this.#known.orMake(key, () => this.#search(tool, server) ?? NONE);
    return found === NONE ? undefined : found;
  }

  /** As written, first. */
  #search(tool: string, server: string | undefined): CatalogueMatch | undefined {
    const named = server === undefined ? undefined : comparable(server);
    const called = calledTool(tool, server);
    const calledServer = called.server === undefined ? undefined : comparable(called.server);
    const telling = called.server === undefined ? undefined : tellingServer(called.server);
    const calledName = comparable(called.tool);
    return (
      this.#operator.find(comparable(tool), named) ??
      this.#operator.find(calledName, calledServer) ??
      this.#shipped.find(calledName, telling === undefined ? undefined : comparable(telling))
    );
  }

  capabilities({ always, entry, basis }: CatalogueMatch, args: unknown): Capability[] {
    if (always !== undefined) return always;
    const symbols = entry.capabilities.filter((one) => this.isExercised(one, args));
    return [...new Set(symbols.map(({ symbol }) => symbol))].map((symbol) => ({ symbol, basis }));
  }

  isExercised({ unless, when }: Conditional, args: unknown): boolean {
    if (when !== undefined && !holds(when, args)) return false;
    return unless === undefined || !this.#staysInside(unless, args);
  }

  #staysInside(unless: NonNullable<Conditional['unless']>, args: unknown): boolean {
    const domains = unless.domain === ORGANISATION ? this.organisation : [unless.domain];
    const parties = partiesIn(args, unless.arg, this.#recipientWords);
    return (
      parties.length > 0 &&
      parties.every(({ domain }) => domain !== undefined && isInside(domain, domains))
    );
  }
}

function holds({ arg, is }: NonNullable<Conditional['when']>, args: unknown): boolean {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return true;
  const wanted = is?.map((value) => value.toLowerCase());
  return namedValues(args, argumentNames(arg)).some((value) => {
    if (value === undefined || value === null || value === '') return false;
    if (Array.isArray(value) && value.length === 0) return false;
    return wanted === undefined || wanted.includes(String(value).toLowerCase());
  });
}
