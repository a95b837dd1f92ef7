/**
 * The score of one call: every facet is asked, against what was known before the call. The one
 * number is the sum of points times weight; the weights keep the instruction match in front, which
 * is by far the strongest evidence of a hijack (docs/measurements/agentdojo.md), and let novelty
 * order what it leaves equal.
 */
import type { AuditEvent, RegistryAgent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { Facet, FacetScore } from '../facets/facet.ts';
import { FACETS } from '../facets/registry.ts';
import { agentKey } from '../kept/agent-key.ts';
import { isHeld, withHeld, withoutHeld } from '../piece-of-work.ts';
import { unlessFoundWrong } from './found.ts';
import { keepOddTask, type OddTask, oddTaskScore, oddTaskWith } from './odd-task.ts';
import type { Signs } from './stored-signs.ts';
import { keepSigns, signsScore, signsWith, unjudged } from './weak-signs.ts';

export interface CallScore {
  readonly score: number;
  readonly facets: readonly FacetScore[];
  readonly alarmed: boolean;
  readonly flag: Flag;
  /** What its days have come to with this call; left out where it says nothing of days. */
  readonly signs: Signs | undefined;
  /** What its task has come to with this call. */
  readonly task: OddTask | undefined;
}

/** What keeps a call from becoming normal: a facet doubts it, or it or its chain was alarmed on. */
export type Flag = 'clear' | 'doubtful' | 'quarantined';

/** Activities that are acts of the agent; the rest is bookkeeping and is not scored. */
const SCORED: ReadonlySet<string> = new Set([
  'tool_call',
  'agent_invoke',
  'delegation',
  'memory_op',
  'resource_read',
]);

/** Whether it is an act of the agent, which the rules over the registry judge too. */
export function isAct(event: AuditEvent): boolean {
  return event.phase === 'completed' && SCORED.has(event.activity);
}

const ASKED: ReadonlyMap<string, readonly Facet[]> = new Map(
  [...SCORED, ...FACETS.flatMap((facet) => [...(facet.activities ?? [])])].map((activity) => [
    activity,
    FACETS.filter((facet) => (facet.activities ?? SCORED).has(activity)),
  ]),
);

export function isScored(event: AuditEvent): boolean {
  return facetsOf(event).length > 0;
}

/** The facets that are asked of an event: all of an act; of the model's own calls, those that say so. */
export function facetsOf({ phase, activity }: AuditEvent): readonly Facet[] {
  return phase === 'completed' ? (ASKED.get(activity) ?? []) : [];
}

/** A piece of work that alarmed teaches nothing for as long as that holds it back: its quiet calls belong to the same attack. */
type Whose = Pick<AuditEvent, 'tenant_id'> & { readonly agent: { readonly uid: string } };

const quarantineKey = (whose: Whose) => agentKey(whose, 'flagged');

function isQuarantined(draft: Draft, event: AuditEvent): boolean {
  const held = draft.get<string>(quarantineKey(event));
  return held !== undefined && isHeld(held, event);
}

export function scoreCall(draft: Draft, event: AuditEvent, registered?: RegistryAgent): CallScore {
  const facets: FacetScore[] = [];
  let score = 0;
  let alone = 0;
  let alarmed = false;
  let doubtful = false;
  const quarantined = isQuarantined(draft, event);
  for (const facet of facetsOf(event)) {
    const scored = facet.score(draft, event, registered);
    if (scored === null) continue;
    const one = scored.alarm === undefined ? scored : unlessFoundWrong(draft, event, scored);
    facets.push(one);
    score += one.points * one.weight;
    // What lies in a window is odd of all calls in it at once: no sign of this call, and days tell it.
    if (scored.day === undefined) alone += one.points * one.weight;
    if (one.alarm !== undefined) alarmed = true;
    if (one.doubtful === true) doubtful = true;
  }
  const signs = signsWith(draft, event, facets);
  const many = signs && signsScore(event, signs);
  // Told and no more: each of these days was good enough to learn from.
  if (many !== undefined) facets.push(unlessFoundWrong(draft, event, many));
  const task = oddTaskWith(draft, event, { score: alone, alarmed });
  const odd = task && oddTaskScore(event, task);
  if (odd !== undefined) facets.push(unlessFoundWrong(draft, event, odd));
  const flag = quarantined || alarmed ? 'quarantined' : doubtful ? 'doubtful' : 'clear';
  return { score, facets, alarmed, flag, signs, task };
}

/** What rules over the registry say of what a call may teach. */
export interface Ruled {
  /** It may be another one's work, and that does not stand (`standing-findings.ts`). */
  readonly isForeign: boolean;
  /** That was told long enough, so that the hours of it are no news any more. */
  readonly teachesTime: boolean;
  /** A decision was missing, and that does not stand (`standing-findings.ts`). */
  readonly isUnpermitted: boolean;
}

type Learnt = Partial<Pick<CallScore, 'signs' | 'task' | 'facets'>> & { readonly ruled?: Ruled };

/**
 * What the call teaches: a flagged call is observed, and nothing of it becomes normal; of a doubtful one
 * what a facet lets settle; of one that only lacked a decision all but the values that are new in it.
 */
export function learnCall(
  draft: Draft,
  event: AuditEvent,
  flag: Flag,
  { signs, task, facets = [], ruled }: Learnt = {},
): void {
  const isForeign = ruled?.isForeign === true;
  // A finding may stand for weeks, where an alarm by history says itself what is odd of the day.
  if (signs !== undefined) keepSigns(draft, event, isForeign ? unjudged(signs, facets) : signs);
  const whole = isForeign ? 'quarantined' : flag;
  if (task !== undefined) keepOddTask(draft, task, whole === 'quarantined');
  const isUnpermitted = ruled?.isUnpermitted === true && whole !== 'quarantined';
  const time = isForeign && ruled.teachesTime ? flag : whole;
  for (const facet of facetsOf(event)) {
    const learnt = howLearnt(facet, facet.isOfTime === true ? time : whole, isUnpermitted);
    if (learnt === 'doubtful') facet.learnDoubtful?.(draft, event);
    else if (learnt === 'unpermitted') facet.learnUnpermitted?.(draft, event);
    else facet.learn(draft, event, learnt === 'flagged');
  }
}

function howLearnt(facet: Facet, flag: Flag, isUnpermitted: boolean) {
  if (flag === 'quarantined') return 'flagged';
  if ((flag === 'clear' && !isUnpermitted) || facet.learnsDoubtful === true) return 'clear';
  if (isUnpermitted) {
    // Doubted besides: then it may be another one's work.
    return flag === 'clear' && facet.learnUnpermitted !== undefined ? 'unpermitted' : 'flagged';
  }
  if (flag === 'doubtful') return facet.learnDoubtful === undefined ? 'flagged' : 'doubtful';
  return 'clear';
}

/** After an alarm: from here on its piece of work is not learnt from. */
export function quarantineChain(draft: Draft, event: AuditEvent): void {
  const before = draft.get<string>(quarantineKey(event)) ?? '';
  const held = withHeld(before, event);
  if (held !== before) draft.put(quarantineKey(event), held);
}

/** After a verdict: nothing is held against the chain any more, on whatever day. */
export function releaseChain(draft: Draft, whose: Whose, chainId: string): void {
  const before = draft.get<string>(quarantineKey(whose)) ?? '';
  const held = withoutHeld(before, chainId);
  if (held !== before) draft.put(quarantineKey(whose), held);
}
