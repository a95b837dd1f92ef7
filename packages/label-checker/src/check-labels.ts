/**
 * The checker as one function: events, labels, registry and policy in; what disagrees out. Pure:
 * reading files is `main.ts`'s.
 */
import {
  type Assurance,
  inputEventSchema,
  type Policy,
  policySchema,
  type Registry,
  registrySchema,
} from '@waywarden/schemas';
import { checkAssemblyLabel, type Disagreement, unlabelled } from './assembly-check.ts';
import { checkOtherLabels } from './behavior-check.ts';
import { type Completions, completionsIn } from './completion.ts';
import { type AssemblyLabel, type OtherLabel, readLabel } from './label.ts';
import { LinkTable } from './path.ts';
import { readCalls } from './read-call.ts';
import { limitsOf, streamOf } from './stream.ts';

export interface CheckInput {
  readonly events: readonly unknown[];
  readonly labels: readonly unknown[];
  readonly registry: unknown;
  readonly policy: unknown;
  /** As in `replay --assurance`; left out: authenticated. */
  readonly assurance?: Assurance;
  readonly progress?: (text: string) => void;
}

export interface CheckReport {
  readonly events: number;
  readonly labels: number;
  /** Labels that do not agree; unlabelled completions are counted apart. */
  readonly disagreeing: number;
  readonly unlabelled: number;
  readonly disagreements: readonly Disagreement[];
}

function parsed<T>(
  items: readonly unknown[],
  schema: { safeParse: (value: unknown) => { success: boolean; data?: T; error?: unknown } },
  field: string,
): { readonly values: readonly T[]; readonly problems: readonly Disagreement[] } {
  const values: T[] = [];
  const problems: Disagreement[] = [];
  for (const [at, item] of items.entries()) {
    const answer = schema.safeParse(item);
    if (answer.data !== undefined) values.push(answer.data);
    else {
      const found = String(answer.error);
      problems.push({ incidentId: `line ${at + 1}`, field, label: 'does not parse', found });
    }
  }
  return { values, problems };
}

function readLabels(lines: readonly unknown[]) {
  const assembly: AssemblyLabel[] = [];
  const others: OtherLabel[] = [];
  const problems: Disagreement[] = [];
  for (const [at, line] of lines.entries()) {
    const read = readLabel(line);
    if ('label' in read) assembly.push(read.label);
    else if ('other' in read) others.push(read.other);
    else {
      const incidentId = `labels line ${at + 1}`;
      problems.push({ incidentId, field: 'label', label: 'does not parse', found: read.problem });
    }
  }
  return { assembly, others, problems };
}

/** What is found in a stream, asked once, and then held against labels as often as one likes. */
export function checkerOf(
  input: Omit<CheckInput, 'labels'>,
): (labels: readonly unknown[]) => CheckReport {
  const registry: Registry = registrySchema.parse(input.registry);
  const policy: Policy = policySchema.parse(input.policy);
  const assurance = input.assurance ?? 'authenticated';
  const events = parsed(input.events, inputEventSchema, 'events');
  const calls = readCalls(events.values, { registry, policy, assurance });
  const table = new LinkTable(streamOf(calls, limitsOf(policy)));
  const nothing: Completions = { found: [], notChecked: [] };
  let known: Completions | undefined;
  const completions = () => {
    known ??= completionsIn(table, { policy, registry, progress: input.progress });
    return known;
  };
  return (lines) => {
    const labels = readLabels(lines);
    const ofOthers = checkOtherLabels(labels.others, { events: events.values, registry, policy });
    // A stream without assembly labels tells nothing of completions: they are not looked for.
    const found = labels.assembly.length > 0 ? completions() : nothing;
    const named = new Set(labels.assembly.flatMap((label) => label.nativeIds));
    const context = { stream: table.stream, table, policy, registry, completions: found, named };
    const ofLabels = labels.assembly.flatMap((label) => checkAssemblyLabel(label, context));
    const extra = unlabelled(labels.assembly, context);
    const notChecked = found.notChecked.map((one) => ({
      incidentId: `${one.combination} by ${one.completer}`,
      field: 'not checked',
      label: '-',
      found: one.why,
    }));
    const ofStream = [...extra, ...notChecked];
    return {
      events: input.events.length,
      labels: lines.length,
      disagreeing: new Set([...ofLabels, ...ofOthers].map((one) => one.incidentId)).size,
      unlabelled: extra.length,
      disagreements: [
        ...events.problems,
        ...labels.problems,
        ...ofLabels,
        ...ofOthers,
        ...ofStream,
      ],
    };
  };
}

export function checkLabels({ labels, ...input }: CheckInput): CheckReport {
  return checkerOf(input)(labels);
}
