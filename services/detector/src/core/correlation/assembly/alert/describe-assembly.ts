/** An assembly in words: a headline and at most three sentences. */

import { matchesGrant } from '@waywarden/schemas';
import { dateOfTime } from '../../../domain/day.ts';
import {
  joinedWords,
  SUMMARY_LENGTH_MAX,
  shortAgentName,
  shorten,
  TITLE_LENGTH_MAX,
} from '../../../domain/short-text.ts';
import { carriedValues } from '../model/carried-out.ts';
import type { ChainStep } from '../model/chain-step.ts';
import type { CompiledCombination } from '../proof/compile-combination.ts';
import type { Proof } from '../proof/find-proof.ts';
import { byOrchestrator, byPrincipal, orchestrator } from '../proof/independence.ts';
import { type Contributor, exercisedSteps, type ProofVerdict } from '../proof/judge-proof.ts';
import type { ProofStep } from '../proof/proof-route.ts';
import { ATTEMPTED } from '../proof/step-match.ts';
import { displayName, stepAgentName, stepToolName, titleName } from './alert-parts.ts';
import { linksSentence } from './describe-links.ts';

const PROVEN: ReadonlySet<string> = new Set(['attested', 'authenticated']);

const agentOf = ({ wire }: ChainStep) => wire.agent_uid;

function bonds(maker: ChainStep, checker: ChainStep): readonly string[] {
  const found: string[] = [];
  if (byOrchestrator(maker, checker) === 'dependent') {
    const above = [maker, checker].map(orchestrator);
    if (above[0] === agentOf(checker))
      found.push(`${displayName(agentOf(checker))} orchestrates it`);
    else if (above[1] === agentOf(maker))
      found.push(`${displayName(agentOf(maker))} orchestrates it`);
    else found.push(`both work under ${displayName(above[0] ?? '')}`);
  }
  if (byPrincipal(maker, checker) === 'dependent') {
    found.push(`both act for ${displayName(maker.wire.principal_uid ?? '')}`);
  }
  const owner = maker.wire.agent_owner;
  if (owner !== undefined && owner === checker.wire.agent_owner) {
    found.push(`both belong to ${displayName(owner)}`);
  }
  return found;
}

function pairWords(maker: ChainStep, checker: ChainStep, isUnknown: boolean): string {
  const [first, second] = [displayName(agentOf(maker)), displayName(agentOf(checker))];
  if (agentOf(maker) === agentOf(checker)) return `${first} checked its own work`;
  const found = bonds(maker, checker);
  if (found.length > 0) return `${second} is not independent of ${first}: ${joinedWords(found)}`;
  // By what the checker read (`independence.ts`).
  return isUnknown
    ? `whether ${second} is independent of ${first} is not known`
    : `${second} is not independent of ${first}, whose writing it read`;
}

function sharedOrchestrator(proof: Proof, agents: readonly string[]): string | undefined {
  const calls = proof.steps.map((one) => one.event);
  const above = new Set(calls.map(orchestrator));
  const [only] = above;
  const isProven = calls.every(({ wire }) => PROVEN.has(wire.claims.delegation));
  if (above.size !== 1 || only === undefined || !isProven || agents.includes(only))
    return undefined;
  return only;
}

function controlWords(
  proof: Proof,
  verdict: ProofVerdict,
  combination: CompiledCombination,
): string | undefined {
  const callOf = (step: number) => proof.steps.find((one) => one.step === step)?.event;
  const asked = combination.conditions.filter(({ what }) => what === 'not_independent');
  const pair = asked.length === 1 ? asked[0] : undefined;
  const [maker, checker] = [callOf(pair?.step ?? -1), callOf(pair?.other ?? -1)];
  if (maker !== undefined && checker !== undefined) {
    return pairWords(maker, checker, verdict.caveats.includes('independence_not_evaluated'));
  }
  const agents = verdict.contributors.map((one) => one.agent);
  if (agents.length < 2) return undefined;
  const above = sharedOrchestrator(proof, agents);
  return above === undefined ? undefined : `all of them work under ${displayName(above)}`;
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

function deedOf({ symbols, event }: ProofStep): readonly [verb: string, object: string] {
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
function deedsOf(steps: readonly ProofStep[]): string {
  const phrases: { readonly verbs: string[]; readonly object: string }[] = [];
  for (const [verb, object] of steps.map(deedOf)) {
    const last = phrases.at(-1);
    const known = phrases.find((one) => one.object === object && one.verbs.includes(verb));
    if (known !== undefined) continue;
    if (last !== undefined && object !== '' && last.object === object) last.verbs.push(verb);
    else phrases.push({ verbs: [verb], object });
  }
  const deeds = phrases.map(({ verbs, object }) => joined([joinedWords(verbs), object]));
  return (phrases.at(-1)?.verbs.length ?? 0) > 1 ? deeds.join(', ') : joinedWords(deeds);
}

function against(call: ChainStep): string {
  const { target, tool } = call.wire;
  const name = target?.resource_id ?? target?.system ?? tool?.server ?? tool?.name;
  if (name === undefined) return '';
  const last = shortAgentName(name);
  // So short a part says nothing.
  return ` (${shorten(last.length < 4 ? name : last, 24)})`;
}

export function titleOf(proof: Proof, verdict: ProofVerdict): string {
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
function clock(step: ChainStep, { steps }: Proof): string {
  const time = step.wire.event_time.slice(11, 19);
  const date = dateOfTime(step.wire.event_time);
  const isOneDay = steps.every(({ event }) => dateOfTime(event.wire.event_time) === date);
  return isOneDay ? time : `${time} on ${date}`;
}

export function storyOf(proof: Proof): string {
  return joinedWords(
    proof.steps.map((one) => {
      const { wire } = one.event;
      const how = wire.tool === undefined ? '' : ` by ${stepToolName(one.event)}`;
      const perhaps = wire.exercise === 'possibly' ? ' (perhaps: its outcome is unknown)' : '';
      return `${stepAgentName(one.event)} ${joined(deedOf(one))}${how} at ${clock(one.event, proof)}${perhaps}`;
    }),
  );
}

const numberOf = (count: number) => NUMBERS[count]?.toLowerCase() ?? String(count);

function stepsGranted(proof: Proof, granted: readonly string[]): number {
  return exercisedSteps(proof).filter(({ symbols }) =>
    symbols.some((symbol) => granted.some((grant) => matchesGrant(grant, symbol))),
  ).length;
}

function allSteps(steps: number): string {
  if (steps === 1) return 'the step that was done';
  return steps === 2 ? 'both steps' : `all ${numberOf(steps)} steps`;
}

function grantsOfOne({ granted }: Contributor, proof: Proof, steps: number): string {
  if (granted === null) return 'What it was granted is unknown';
  return `It is granted ${numberOf(stepsGranted(proof, granted))} of the ${numberOf(steps)} steps`;
}

function grantsWords(proof: Proof, { contributors, holder }: ProofVerdict): string {
  const steps = exercisedSteps(proof).length;
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

export function summaryOf(
  proof: Proof,
  verdict: ProofVerdict,
  combination: CompiledCombination,
): string {
  const completer = stepAgentName(proof.completing);
  const relays = proof.connecting.length;
  const over = relays === 0 ? '' : `, over ${relays} connecting call${relays === 1 ? '' : 's'}`;
  const why = [grantsWords(proof, verdict), controlWords(proof, verdict, combination)].filter(
    (part) => part !== undefined,
  );
  return shorten(
    `${storyOf(proof)}. ${why.join(', and ')}. ${completer} completed it: ${linksSentence(proof.links)}${over}.`,
    SUMMARY_LENGTH_MAX,
  );
}
