/**
 * What a call does. Strongest first: operator, shipped, annotations, name, server's words. Annotations may only add.
 */
import {
  type AuditEvent,
  calledTool,
  type Effect,
  type InputEvent,
  type ToolEntry,
} from '@waywarden/schemas';
import { BoundedMap } from '../domain/bounded-map.ts';
import { readStatement } from '../statement/read-statement.ts';
import type { StatementFacts } from '../statement/statement-facts.ts';
import type { Catalogue } from './catalogue.ts';
import { inferFromTexts, inferTool, type ToolFacts } from './infer-tool.ts';
import { type AnnotatedToolTexts, definitionOf } from './tool-texts.ts';

type Capability = AuditEvent['capabilities'][number];
export type ResultTrust = NonNullable<NonNullable<AuditEvent['result']>['trust']>;

export interface DerivedFacts {
  readonly effect: Effect;
  readonly capabilities: Capability[];
  readonly trust: ResultTrust;
  readonly entry: ToolEntry | undefined;
  readonly decidedBy: DecidedBy;
}

export type DecidedBy =
  | 'operator'
  | 'catalogue'
  | 'activity'
  | 'annotation'
  | 'inferred'
  | 'nothing';

const ACTIVITY_FACTS: ReadonlyMap<string, ToolFacts> = new Map(
  Object.entries<ToolFacts>({
    tool_list: { effect: 'read', symbols: [], trust: 'unknown' },
    resource_read: { effect: 'read', symbols: ['read:internal'], trust: 'unknown' },
    prompt_get: { effect: 'read', symbols: [], trust: 'unknown' },
    model_call: { effect: 'read', symbols: [], trust: 'unknown' },
    agent_invoke: { effect: 'execute', symbols: ['delegate:task'], trust: 'unknown' },
    delegation: { effect: 'execute', symbols: ['delegate:task'], trust: 'unknown' },
    credential_issued: { effect: 'create', symbols: ['create:credential'], trust: 'unknown' },
    config_change: { effect: 'configure', symbols: [], trust: 'unknown' },
  }),
);
const NOTHING: ToolFacts = { effect: 'unknown', symbols: [], trust: 'unknown' };

/** No annotation talks them away. */
const WEIGHTY: ReadonlySet<Effect> = new Set(['send', 'pay', 'grant', 'delete', 'execute']);
const INFERRED_MAX = 10_000;

interface Inferred {
  readonly guess: ToolFacts;
  readonly facts: DerivedFacts;
}
const inferred = new BoundedMap<Inferred>(INFERRED_MAX);

function storedInference(key: string, infer: () => ToolFacts): Inferred {
  return inferred.orMake(key, () => {
    const guess = infer();
    const isKnown = guess.effect !== 'unknown' || guess.symbols.length > 0;
    return { guess, facts: plain(guess, 'inferred', isKnown ? 'inferred' : 'nothing') };
  });
}

function inferredFacts(tool: string, texts?: AnnotatedToolTexts): Inferred {
  const named = storedInference(tool, () => inferTool(tool));
  if (named.facts.decidedBy !== 'nothing' || texts === undefined) return named;
  const { description, properties } = texts;
  if (description === undefined && properties.length === 0) return named;
  return storedInference([tool, description ?? '', ...properties].join('\u0000'), () =>
    inferFromTexts(tool, texts),
  );
}

interface Hints {
  readonly readOnly: boolean | undefined;
  readonly destructive: boolean | undefined;
  readonly openWorld: boolean | undefined;
}

function hintsOf(annotations: unknown): Hints | undefined {
  if (typeof annotations !== 'object' || annotations === null) return undefined;
  const flag = (name: string) => {
    const value = (annotations as Record<string, unknown>)[name];
    return typeof value === 'boolean' ? value : undefined;
  };
  const hints = {
    readOnly: flag('readOnlyHint'),
    destructive: flag('destructiveHint'),
    openWorld: flag('openWorldHint'),
  };
  return Object.values(hints).every((hint) => hint === undefined) ? undefined : hints;
}

function hintedSymbols(hints: Hints, guess: ToolFacts): readonly string[] {
  const reads = hints.readOnly === true || guess.effect === 'read';
  const symbols: string[] = [];
  if (hints.openWorld === true) symbols.push(reads ? 'ingest:untrusted' : 'send:external');
  if (hints.readOnly === true && !guess.symbols.some((symbol) => symbol.startsWith('read:'))) {
    symbols.push('read:internal');
  }
  if (hints.readOnly === false)
    symbols.push(hints.destructive === true ? 'delete:data' : 'write:data');
  return symbols;
}

function annotatedFacts(hints: Hints, guess: ToolFacts): DerivedFacts {
  const stated = hintedSymbols(hints, guess);
  const capabilities: Capability[] = stated.map((symbol) => ({ symbol, basis: 'annotation' }));
  for (const symbol of guess.symbols) {
    const harmlessWrite = hints.readOnly === true && symbol.startsWith('write:');
    if (!stated.includes(symbol) && !harmlessWrite)
      capabilities.push({ symbol, basis: 'inferred' });
  }
  const hinted: Effect | undefined =
    hints.readOnly === true ? 'read' : hints.destructive === true ? 'delete' : undefined;
  const effect = WEIGHTY.has(guess.effect) ? guess.effect : (hinted ?? guess.effect);
  const untrusted = hints.openWorld === true || guess.trust === 'untrusted';
  const trust = untrusted ? 'untrusted' : 'unknown';
  return { effect, capabilities, trust, entry: undefined, decidedBy: 'annotation' };
}

function plain(facts: ToolFacts, basis: Capability['basis'], decidedBy: DecidedBy): DerivedFacts {
  return {
    effect: facts.effect,
    capabilities: facts.symbols.map((symbol) => ({ symbol, basis })),
    trust: facts.trust,
    entry: undefined,
    decidedBy,
  };
}

const LOOKING = /^(?:read|ingest|browse):/;

/** A statement that reads exercises what reads; one that does more than the entry says, that too. */
function asClaimed(
  capabilities: Capability[],
  statement: StatementFacts | undefined,
  basis: Capability['basis'],
): Capability[] {
  if (statement === undefined) return capabilities;
  if (statement.effect === 'read') return capabilities.filter(({ symbol }) => LOOKING.test(symbol));
  const more = statement.adds.filter(
    (symbol) => !capabilities.some((one) => one.symbol === symbol),
  );
  return more.length === 0
    ? capabilities
    : [...capabilities, ...more.map((symbol) => ({ symbol, basis }))];
}

/** @param listed what the tool's server said of it before */
export function callFacts(
  input: InputEvent,
  catalogue: Catalogue,
  listed?: AnnotatedToolTexts,
): DerivedFacts {
  const { tool } = input;
  const byActivity =
    input.activity === 'tool_call' ? undefined : ACTIVITY_FACTS.get(input.activity);
  if (tool === undefined) {
    return plain(
      byActivity ?? NOTHING,
      'catalogue',
      byActivity === undefined ? 'nothing' : 'activity',
    );
  }
  const match = catalogue.find(tool.name, tool.server);
  if (match !== undefined) {
    const { entry } = match;
    const statement = readStatement(entry, input.args?.value);
    return {
      effect:
        statement?.effect ??
        entry.effect ??
        byActivity?.effect ??
        inferredFacts(calledTool(tool.name, tool.server).tool).guess.effect,
      capabilities: asClaimed(
        catalogue.capabilities(match, input.args?.value),
        statement,
        match.basis,
      ),
      trust: entry.result_trust ?? 'unknown',
      entry,
      decidedBy: match.basis,
    };
  }
  if (byActivity !== undefined) return plain(byActivity, 'catalogue', 'activity');
  const definition = definitionOf(tool, listed);
  const { guess, facts } = inferredFacts(calledTool(tool.name, tool.server).tool, definition);
  const hints = hintsOf(definition.annotations);
  return hints === undefined ? facts : annotatedFacts(hints, guess);
}
