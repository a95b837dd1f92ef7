/** `catalogue explain TOOL`: what a call counts as, and why, by ingest's own functions. */
import {
  Catalogue,
  callFacts,
  catalogueSources,
  type DerivedFacts,
  organisationDomains,
} from '@waywarden/ingest';
import {
  calledTool,
  type InputEvent,
  matchesGrant,
  type Policy,
  type Registry,
} from '@waywarden/schemas';
import { type PlacedEntry, readEntries } from './placed-entries.ts';

export interface ToolQuestion {
  readonly tool: string;
  readonly server: string | undefined;
  /** Undefined: not known. */
  readonly args: unknown;
  readonly annotations: Readonly<Record<string, unknown>> | undefined;
  readonly target: InputEvent['target'];
  readonly registry:
    | { readonly file: string; readonly text: string; readonly value: Registry }
    | undefined;
}

export interface AskedSource {
  readonly source: 'operator' | 'catalogue' | 'annotation' | 'inferred';
  readonly answer: 'decided' | 'nothing' | 'not asked';
  readonly why: string;
}

export interface ConditionalCapability {
  readonly symbol: string;
  readonly basis: string;
  /** Null: always. */
  readonly condition: string | null;
  readonly exercised: boolean;
}

export interface CombinationPart {
  readonly combination: string;
  readonly severity: string;
  readonly title: string | null;
  readonly steps: readonly string[];
  readonly of: number;
}

interface ExplainedMatch {
  readonly decided_by: DerivedFacts['decidedBy'];
  readonly where: { readonly file: string; readonly line: number | null } | null;
  readonly match: { readonly server: string | null; readonly tool: string } | null;
  readonly asked: readonly AskedSource[];
}

export interface ToolExplanation extends ExplainedMatch {
  readonly tool: string;
  readonly server: string | null;
  readonly effect: string;
  readonly capabilities: readonly ConditionalCapability[];
  readonly result_trust: string;
  readonly target: {
    readonly resource_type: string | null;
    readonly system: string | null;
    readonly arg: string | null;
  };
  readonly sensitivity: string | null;
  readonly can_revoke: boolean;
  readonly combinations: readonly CombinationPart[];
}

const ORDER = ['operator', 'catalogue', 'annotation', 'inferred'] as const;
const SHOWN_MAX = 8;

function shortPattern(text: string): string {
  const all = text.split('|');
  const rest = all.length - SHOWN_MAX;
  return rest > 0 ? `${all.slice(0, SHOWN_MAX).join('|')}|… (${rest} more)` : text;
}

function askedSources(
  question: ToolQuestion,
  facts: DerivedFacts,
  place: PlacedEntry | undefined,
): readonly AskedSource[] {
  const names: readonly string[] = ORDER;
  const decided = names.indexOf(facts.decidedBy);
  const at = place === undefined ? '' : `${place.file}:${place.line ?? '?'}`;
  const silent = {
    operator:
      question.registry === undefined
        ? 'no registry was given (--registry)'
        : `no entry of ${question.registry.file} matches`,
    catalogue: 'no shipped entry matches',
    annotation: 'the server gives no hints (readOnlyHint, destructiveHint, openWorldHint)',
    inferred: 'no verb of the name is known',
  };
  const stated = {
    operator: `the entry at ${at}`,
    catalogue: `the entry at ${at}`,
    annotation: 'hints of the server, which add to what the name suggests and take nothing away',
    inferred: `the words of the name ${calledTool(question.tool, question.server).tool}`,
  };
  return ORDER.map((source, n): AskedSource => {
    if (n === decided) return { source, answer: 'decided', why: stated[source] };
    const isAsked = decided === -1 || n < decided;
    return isAsked
      ? { source, answer: 'nothing', why: silent[source] }
      : { source, answer: 'not asked', why: 'an earlier source decided' };
  });
}

type Conditional = NonNullable<DerivedFacts['entry']>['capabilities'][number];

function conditionText({ unless, when }: Conditional): string | null {
  const parts = [
    when === undefined
      ? undefined
      : when.is === undefined
        ? `only when ${when.arg.split('|').join(' or ')} is given`
        : `only when ${when.arg.split('|').join(' or ')} is ${when.is.join(' or ')}`,
    unless === undefined
      ? undefined
      : `unless every party in ${unless.arg.split('|').join(', ')} is inside ${unless.domain}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? null : parts.join(', and ');
}

function capabilitiesOf(
  facts: DerivedFacts,
  catalogue: Catalogue,
  args: unknown,
): readonly ConditionalCapability[] {
  const { entry } = facts;
  if (entry === undefined) {
    return facts.capabilities.map((one) => ({ ...one, condition: null, exercised: true }));
  }
  const exercised = new Set(facts.capabilities.map(({ symbol }) => symbol));
  const own = entry.capabilities.map((one) => ({
    symbol: one.symbol,
    basis: facts.decidedBy,
    condition: conditionText(one),
    exercised: catalogue.isExercised(one, args) && exercised.has(one.symbol),
  }));
  const isOwn = (symbol: string) => own.some((one) => one.symbol === symbol);
  const foreign = facts.capabilities.filter(({ symbol }) => !isOwn(symbol));
  const condition = 'by what the statement does';
  return [...own, ...foreign.map((one) => ({ ...one, condition, exercised: true }))];
}

function combinationsOf(policy: Policy, symbols: readonly string[]): readonly CombinationPart[] {
  return policy.combinations.flatMap((combination): readonly CombinationPart[] => {
    const steps = combination.steps.filter(
      (step) =>
        step.attempted !== true &&
        step.any.some(
          (pattern) => pattern !== '*' && symbols.some((symbol) => matchesGrant(pattern, symbol)),
        ),
    );
    return steps.length === 0
      ? []
      : [
          {
            combination: combination.id,
            severity: combination.severity,
            title: combination.title ?? null,
            steps: steps.map(({ id }) => id),
            of: combination.steps.length,
          },
        ];
  });
}

function placedCatalogue({ registry }: ToolQuestion) {
  const operator = registry === undefined ? [] : readEntries(registry.file, registry.text).entries;
  const shipped = catalogueSources().flatMap(({ path, text }) => readEntries(path, text).entries);
  const live = operator.filter(({ entry }) => !('state' in entry && entry.state === 'proposed'));
  const catalogue = new Catalogue({
    version: 'explained',
    shipped: shipped.map(({ entry }) => entry),
    operator: live.map(({ entry }) => entry),
    organisation: registry === undefined ? [] : organisationDomains(registry.value),
  });
  const places = new Map([...live, ...shipped].map((placed) => [placed.entry, placed]));
  return { catalogue, places };
}

export function explainTool(question: ToolQuestion, policy: Policy): ToolExplanation {
  const { catalogue, places } = placedCatalogue(question);
  const { tool, server, args, annotations, target } = question;
  const input: InputEvent = {
    event_time: '2026-01-01T00:00:00Z',
    activity: 'tool_call',
    agent: { uid: 'explained' },
    tool: {
      name: tool,
      ...(server !== undefined && { server }),
      ...(annotations !== undefined && { annotations }),
    },
    ...(args !== undefined && { args: { value: args } }),
    ...(target !== undefined && { target }),
  };
  const facts = callFacts(input, catalogue);
  const place = facts.entry === undefined ? undefined : places.get(facts.entry);
  const capabilities = capabilitiesOf(facts, catalogue, args);
  const { entry } = facts;
  return {
    tool,
    server: server ?? null,
    decided_by: facts.decidedBy,
    where: place === undefined ? null : { file: place.file, line: place.line },
    match:
      entry === undefined
        ? null
        : { server: entry.match.server ?? null, tool: shortPattern(entry.match.tool) },
    asked: askedSources(question, facts, place),
    effect: facts.effect,
    capabilities,
    result_trust: facts.trust,
    target: {
      resource_type: target?.resource_type ?? entry?.target?.resource_type ?? null,
      system: target?.system ?? entry?.target?.system ?? null,
      arg: entry?.target?.arg ?? null,
    },
    sensitivity: target?.sensitivity ?? entry?.sensitivity ?? null,
    can_revoke: capabilities.some(({ basis, exercised }) => exercised && basis !== 'inferred'),
    combinations: combinationsOf(
      policy,
      capabilities.filter(({ exercised }) => exercised).map(({ symbol }) => symbol),
    ),
  };
}
