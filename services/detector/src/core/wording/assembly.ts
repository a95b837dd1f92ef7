/** An assembly in words: a headline and at most three sentences. */
import { matchesGrant } from '@waywarden/schemas';
import { ATTEMPTED, carriedValues, exercisedOf } from '../domain/carried-out.ts';
import { dateOfTime } from '../domain/day.ts';
import {
  joinedWords,
  SUMMARY_LENGTH_MAX,
  shortAgentName,
  shorten,
  TITLE_LENGTH_MAX,
} from '../domain/short-text.ts';
import {
  type ChainCall,
  displayName,
  type JoinedCalls,
  linksSentence,
  stepAgentName,
  stepToolName,
  titleName,
} from './links.ts';

export interface ProvenCalls {
  readonly completing: ChainCall;
  readonly steps: readonly { readonly event: ChainCall; readonly symbols: readonly string[] }[];
  readonly connecting: readonly ChainCall[];
  readonly links: readonly JoinedCalls[];
}

type ProvenStep = ProvenCalls['steps'][number];

interface Granted {
  readonly contributors: readonly {
    readonly agent: string;
    readonly granted: readonly string[] | null;
  }[];
  readonly holder: string | null;
}

export interface SharedControl {
  readonly orchestrates?: 'maker' | 'checker';
  readonly orchestrator?: string | undefined;
  readonly principal?: string | undefined;
  readonly owner?: string | undefined;
}

interface CheckedPair extends SharedControl {
  readonly maker: string;
  readonly checker: string;
  readonly isUnknown: boolean;
}

export type ControlFound = CheckedPair | { readonly above: string } | undefined;

function bondWords({ maker, checker, orchestrates, ...shared }: CheckedPair): readonly string[] {
  const { orchestrator, principal, owner } = shared;
  const above = orchestrates && displayName(orchestrates === 'maker' ? maker : checker);
  return [
    ...(above === undefined ? [] : [`${above} orchestrates it`]),
    ...(orchestrator === undefined ? [] : [`both work under ${displayName(orchestrator)}`]),
    ...(principal === undefined ? [] : [`both act for ${displayName(principal)}`]),
    ...(owner === undefined ? [] : [`both belong to ${displayName(owner)}`]),
  ];
}

function controlWords(found: ControlFound): string | undefined {
  if (found === undefined) return undefined;
  if ('above' in found) return `all of them work under ${displayName(found.above)}`;
  const [first, second] = [displayName(found.maker), displayName(found.checker)];
  if (found.maker === found.checker) return `${first} checked its own work`;
  const bonds = bondWords(found);
  if (bonds.length > 0) return `${second} is not independent of ${first}: ${joinedWords(bonds)}`;
  // By what the checker read (`independence.ts`).
  return found.isUnknown
    ? `whether ${second} is independent of ${first} is not known`
    : `${second} is not independent of ${first}, whose writing it read`;
}

/** Apart, so that two deeds on one object become one phrase. */
const DEEDS: Readonly<Record<string, readonly [verb: string, object: string]>> = {
  'ingest:untrusted': ['took in', 'outside text'],
  'read:personal': ['read', 'personal data'],
  'read:financial': ['read', 'financial data'],
  'read:secret': ['read', 'a secret'],
  'read:source_code': ['read', 'source code'],
  'read:internal': ['read', 'internal data'],
  'read:directory': ['read', 'the directory'],
  'read:memory': ['read', 'memory'],
  'send:external': ['sent', 'data outside'],
  'publish:public': ['published', ''],
  'write:memory': ['wrote', 'memory'],
  'write:source_code': ['wrote', 'source code'],
  'write:config': ['changed', 'configuration'],
  'exec:shell': ['ran', 'a shell command'],
  'exec:code': ['ran', 'code'],
  'create:payee': ['added', 'a payee'],
  'initiate:payment': ['initiated', 'payment'],
  'approve:payment': ['approved', 'payment'],
  'create:credential': ['created', 'a credential'],
  'create:identity': ['created', 'an identity'],
  'grant:access': ['granted', 'access'],
  'approve:change': ['approved', 'a change'],
  'deploy:production': ['deployed', 'to production'],
  'disable:logging': ['disabled', 'logging'],
  'delete:data': ['deleted', 'data'],
  'delete:backup': ['deleted', 'a backup'],
  'modify:agent': ['changed', 'an agent'],
  'impersonate:user': ['acted', 'as a person'],
  'send:internal': ['sent', 'data inside'],
  'write:data': ['wrote', 'data'],
  'browse:web': ['read', 'the web'],
};
const NUMBERS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'];

function stepDeed({ symbols, event }: ProvenStep): readonly [verb: string, object: string] {
  const symbol = symbols[0] ?? '';
  const plain = symbol.split('@', 1)[0] ?? symbol;
  if (plain.startsWith(ATTEMPTED)) {
    return ['tried in vain', `to ${plain.slice(ATTEMPTED.length).replace(/[:_]/g, ' ')}`];
  }
  if (plain === 'browse:web' && carriedValues(event.wire).length > 0)
    return ['sent', 'data to the web'];
  return DEEDS[plain] ?? ['did', plain];
}

const joined = (parts: readonly string[]) => parts.filter((part) => part !== '').join(' ');

/** `added a payee, initiated and approved payment`. */
function deedsOf(steps: readonly ProvenStep[]): string {
  const phrases: { readonly verbs: string[]; readonly object: string }[] = [];
  for (const [verb, object] of steps.map(stepDeed)) {
    const last = phrases.at(-1);
    const known = phrases.find((one) => one.object === object && one.verbs.includes(verb));
    if (known !== undefined) continue;
    if (last !== undefined && object !== '' && last.object === object) last.verbs.push(verb);
    else phrases.push({ verbs: [verb], object });
  }
  const deeds = phrases.map(({ verbs, object }) => joined([joinedWords(verbs), object]));
  return (phrases.at(-1)?.verbs.length ?? 0) > 1 ? deeds.join(', ') : joinedWords(deeds);
}

function against(call: ChainCall): string {
  const { target, tool } = call.wire;
  const name = target?.resource_id ?? target?.system ?? tool?.server ?? tool?.name;
  if (name === undefined) return '';
  const last = shortAgentName(name);
  // So short a part says nothing.
  return ` (${shorten(last.length < 4 ? name : last, 24)})`;
}

export function assemblyTitle(proof: ProvenCalls, verdict: Granted): string {
  const { contributors } = verdict;
  const count = contributors.length;
  const first = contributors[0];
  const { workflow } = proof.completing.wire;
  const many = `${NUMBERS[count] ?? count} agents${workflow === undefined ? '' : ` of ${shorten(workflow, 24)}`} together`;
  const who = count === 1 && first ? titleName(first.agent) : many;
  const what = deedsOf(proof.steps);
  // Of what is too long, the place goes first.
  const without = count === 1 ? who : `${NUMBERS[count] ?? count} agents together`;
  const titles = [`${who} ${what}${against(proof.completing)}`, `${who} ${what}`];
  return (
    titles.find((title) => title.length <= TITLE_LENGTH_MAX) ??
    shorten(`${without} ${what}`, TITLE_LENGTH_MAX)
  );
}

/** With its date where days differ. */
function clock(step: ChainCall, { steps }: ProvenCalls): string {
  const time = step.wire.event_time.slice(11, 19);
  const date = dateOfTime(step.wire.event_time);
  const isOneDay = steps.every(({ event }) => dateOfTime(event.wire.event_time) === date);
  return isOneDay ? time : `${time} on ${date}`;
}

export function storyOf(proof: ProvenCalls): string {
  return joinedWords(
    proof.steps.map((one) => {
      const { wire } = one.event;
      const how = wire.tool === undefined ? '' : ` by ${stepToolName(one.event)}`;
      const perhaps = wire.exercise === 'possibly' ? ' (perhaps: its outcome is unknown)' : '';
      return `${stepAgentName(one.event)} ${joined(stepDeed(one))}${how} at ${clock(one.event, proof)}${perhaps}`;
    }),
  );
}

const numberOf = (count: number) => NUMBERS[count]?.toLowerCase() ?? String(count);

function stepsGranted(proof: ProvenCalls, granted: readonly string[]): number {
  return exercisedOf(proof.steps).filter(({ symbols }) =>
    symbols.some((symbol) => granted.some((grant) => matchesGrant(grant, symbol))),
  ).length;
}

function allSteps(steps: number): string {
  if (steps === 1) return 'the step that was done';
  return steps === 2 ? 'both steps' : `all ${numberOf(steps)} steps`;
}

function grantsOfOne(
  { granted }: Granted['contributors'][number],
  proof: ProvenCalls,
  steps: number,
): string {
  if (granted === null) return 'What it was granted is unknown';
  return `It is granted ${numberOf(stepsGranted(proof, granted))} of the ${numberOf(steps)} steps`;
}

function grantsWords(proof: ProvenCalls, { contributors, holder }: Granted): string {
  const steps = exercisedOf(proof.steps).length;
  const [first] = contributors;
  const all = contributors.length;
  if (holder !== null) {
    const who = all === 1 ? 'It' : `${displayName(holder)} alone`;
    return `${who} is granted ${allSteps(steps)}`;
  }
  if (first !== undefined && all === 1) return grantsOfOne(first, proof, steps);
  const known = contributors.flatMap(({ granted }) => (granted === null ? [] : [granted]));
  const unknown = all - known.length;
  if (known.length === 0) return `What the ${numberOf(all)} agents were granted is unknown`;
  const isOneEach = steps > 2 && known.every((granted) => stepsGranted(proof, granted) <= 1);
  const most = isOneEach ? `more than one of the ${numberOf(steps)} steps` : allSteps(steps);
  const none = all === 2 ? 'Neither of the two agents' : `None of the ${numberOf(all)} agents`;
  return unknown === 0
    ? `${none} is granted ${most}`
    : `${none} is known to be granted ${most}; what ${numberOf(unknown)} of them ${unknown === 1 ? 'was' : 'were'} granted is unknown`;
}

export function assemblySummary(
  proof: ProvenCalls,
  verdict: Granted,
  control: ControlFound,
): string {
  const completer = stepAgentName(proof.completing);
  const relays = proof.connecting.length;
  const over = relays === 0 ? '' : `, over ${relays} connecting call${relays === 1 ? '' : 's'}`;
  const why = [grantsWords(proof, verdict), controlWords(control)].filter(
    (part) => part !== undefined,
  );
  return shorten(
    `${storyOf(proof)}. ${why.join(', and ')}. ${completer} completed it: ${linksSentence(proof.links)}${over}.`,
    SUMMARY_LENGTH_MAX,
  );
}
