/** Shipped catalogue files and registry tools; the version is their hash. */
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type CatalogueEntry,
  canonicalJson,
  catalogueFileSchema,
  type Registry,
} from '@waywarden/schemas';
import { parse } from 'yaml';
import { Catalogue } from '../core/enrich/catalogue.ts';
import { words } from '../core/lexicon/fold-word.ts';

const SHIPPED_CATALOGUE = fileURLToPath(new URL('../../catalogue', import.meta.url));
const VERSION_LENGTH = 12;

/** Nobody's organisation. */
const SHARED_MAIL = words(
  'gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com proton.me protonmail.com gmx.de gmx.net web.de aol.com mail.com',
);

interface CatalogueSource {
  readonly path: string;
  readonly text: string;
}

export function catalogueSources(folder: string = SHIPPED_CATALOGUE): readonly CatalogueSource[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return names.sort().map((name) => {
    const path = join(folder, name);
    return { path, text: readFileSync(path, 'utf8') };
  });
}

export function readCatalogueFiles(folder?: string): readonly CatalogueEntry[] {
  return catalogueSources(folder).flatMap(({ path, text }) => {
    const file = catalogueFileSchema.safeParse(parse(text));
    if (file.success) return file.data.tools;
    const problems = file.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The catalogue file ${path}: ${problems.join('; ')}.`);
  });
}

/** Parsing takes a while. */
let shippedEntries: readonly CatalogueEntry[] | undefined;

function entriesOf(folder: string | undefined): readonly CatalogueEntry[] {
  if (folder !== undefined) return readCatalogueFiles(folder);
  shippedEntries ??= readCatalogueFiles();
  return shippedEntries;
}

/** Else anyone there would be inside. */
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

interface CatalogueOptions {
  readonly folder?: string;
  readonly registry?: Registry;
  readonly organisation?: readonly string[];
}

function decoyNames(registry: Registry | undefined): readonly string[] {
  const names = (registry?.decoys ?? []).flatMap((one) => [one.resource_id, one.credential_uid]);
  return [...new Set(names)].flatMap((one) => one ?? []).sort();
}

export function loadCatalogue(options: CatalogueOptions = {}): Catalogue {
  const shipped = entriesOf(options.folder);
  const operator = (options.registry?.tools ?? []).filter((tool) => tool.state !== 'proposed');
  const organisation =
    options.organisation ??
    (options.registry === undefined ? [] : organisationDomains(options.registry));
  const decoys = decoyNames(options.registry);
  const reported = { shipped, operator, organisation, ...(decoys.length === 0 ? {} : { decoys }) };
  const content = canonicalJson(JSON.parse(JSON.stringify(reported)) as unknown);
  const version = hash('sha256', content, 'hex').slice(0, VERSION_LENGTH);
  return new Catalogue({ version, shipped, operator, organisation, decoys });
}
