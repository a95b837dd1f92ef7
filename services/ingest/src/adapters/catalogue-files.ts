/**
 * Loads the shipped catalogue files and joins them with the registry's tools. The version names the
 * content (a hash over what was read), so that an event says which rules judged its arguments.
 */
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { canonicalJson, type Registry, type ToolEntry } from '@waywarden/schemas';
import { parse } from 'yaml';
import { Catalogue, catalogueFileSchema } from '../core/catalogue.ts';

/** Beside `src` and `dist` alike. */
export const SHIPPED_CATALOGUE = fileURLToPath(new URL('../../catalogue', import.meta.url));
const VERSION_LENGTH = 12;

/** Mail domains that belong to nobody's organisation, though people of it may have addresses there. */
const SHARED_MAIL: ReadonlySet<string> = new Set(
  'gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com proton.me protonmail.com gmx.de gmx.net web.de aol.com mail.com'.split(
    ' ',
  ),
);

/** Reads every `*.yaml` of a folder, in the order of their names. Throws naming file and field. */
export function readCatalogueFiles(folder: string = SHIPPED_CATALOGUE): readonly ToolEntry[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return names.sort().flatMap((name) => {
    const file = catalogueFileSchema.safeParse(parse(readFileSync(`${folder}/${name}`, 'utf8')));
    if (file.success) return file.data.tools;
    const problems = file.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The catalogue file ${folder}/${name}: ${problems.join('; ')}.`);
  });
}

/**
 * The tenant's own domains as far as the registry tells: those of its people (owners of agents and
 * principals). Shared mail providers are left out, or a send to anyone there would stay inside.
 */
export function organisationDomains(registry: Registry): readonly string[] {
  const people = [
    ...registry.agents.flatMap((agent) => agent.owner?.person ?? []),
    ...registry.principals.map((principal) => principal.uid),
  ];
  const domains = people.flatMap((person) => {
    const domain = /^[^@\s/]+@([^@\s/]+)$/.exec(person)?.[1]?.toLowerCase();
    return domain === undefined || SHARED_MAIL.has(domain) ? [] : [domain];
  });
  return [...new Set(domains)].sort();
}

export interface CatalogueOptions {
  readonly folder?: string;
  readonly registry?: Registry;
  /** Instead of the registry's own domains. */
  readonly organisation?: readonly string[];
}

export function loadCatalogue(options: CatalogueOptions = {}): Catalogue {
  const shipped = readCatalogueFiles(options.folder);
  const operator = (options.registry?.tools ?? []).filter((tool) => tool.state !== 'proposed');
  const organisation =
    options.organisation ??
    (options.registry === undefined ? [] : organisationDomains(options.registry));
  const content = canonicalJson(
    JSON.parse(JSON.stringify({ shipped, operator, organisation })) as unknown,
  );
  const version = hash('sha256', content, 'hex').slice(0, VERSION_LENGTH);
  return new Catalogue({ version, shipped, operator, organisation });
}
