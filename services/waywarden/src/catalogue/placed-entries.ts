/** Catalogue entries with their places, of a catalogue or a registry. */
import { contractProblems, type FileProblem, readYaml } from '@waywarden/responder';
import {
  type CatalogueEntry,
  catalogueFileSchema,
  registrySchema,
  type ToolEntry,
} from '@waywarden/schemas';

type YamlText = Extract<ReturnType<typeof readYaml>, { readonly ok: true }>['value'];

export interface PlacedEntry {
  readonly entry: ToolEntry | CatalogueEntry;
  readonly file: string;
  readonly line: number | null;
  readonly at: number;
}

export interface ReadEntries {
  readonly kind: 'catalogue' | 'registry';
  /** Undefined: no YAML. */
  readonly yaml: YamlText | undefined;
  readonly title: string;
  readonly entries: readonly PlacedEntry[];
  readonly problems: readonly FileProblem[];
}

type Plain = Readonly<Record<string, unknown>>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function kindOf(value: unknown): ReadEntries['kind'] {
  if (!isPlain(value)) return 'catalogue';
  const isRegistry = ['agents', 'principals', 'workflows', 'receivers', 'decoys', 'scope_map'].some(
    (section) => section in value,
  );
  return isRegistry || !('name' in value) ? 'registry' : 'catalogue';
}

const aboutTools = (one: FileProblem) => one.path === 'version' || one.path.startsWith('tools');

const ENTRY = {
  catalogue: catalogueFileSchema.shape.tools.element,
  registry: registrySchema.shape.tools.unwrap().element,
} as const;

export function readEntries(file: string, text: string): ReadEntries {
  const read = readYaml(text);
  if (!read.ok) {
    const { problems } = read;
    return { kind: 'catalogue', yaml: undefined, title: file, entries: [], problems };
  }
  const yaml = read.value;
  const kind = kindOf(yaml.value);
  const contract =
    kind === 'catalogue'
      ? contractProblems(yaml, catalogueFileSchema, 'catalogue')
      : contractProblems(yaml, registrySchema, 'registry');
  const reported = contract.ok ? [] : contract.problems;
  const value = isPlain(yaml.value) ? yaml.value : {};
  const tools: readonly unknown[] = Array.isArray(value['tools']) ? value['tools'] : [];
  const entries = tools.flatMap((tool, at): readonly PlacedEntry[] => {
    const parsed = ENTRY[kind].safeParse(tool);
    if (!parsed.success) return [];
    const line = yaml.problem(['tools', at], '').line ?? null;
    return [{ entry: parsed.data, file, line, at }];
  });
  const title = typeof value['title'] === 'string' ? value['title'] : String(value['name'] ?? file);
  const problems = kind === 'catalogue' ? reported : reported.filter(aboutTools);
  return { kind, yaml, title, entries, problems };
}
