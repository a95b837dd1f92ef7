/** Whether a marked passage explains what a call does and with what; without it no command follows. */
import { MARKED } from '@waywarden/schemas';
import type { JudgedCall } from './call-view.ts';
import {
  type Decided,
  type Decisive,
  isAsked,
  type Match,
  WORD_SHARE_MIN,
} from './match-passage.ts';
import type { PassageSeen } from './read-context.ts';

export interface Tie {
  readonly isTied: boolean;
  readonly why: TieReason;
}

const BY = ['value', 'deed', 'tool', 'links'] as const;
const BY_NOT = [
  'no_passage',
  'not_marked',
  'sent_there',
  'other_work',
  'reads',
  'foreign',
  'elsewhere',
  'asked',
  'little',
] as const;
export type TieReason = (typeof BY)[number] | (typeof BY_NOT)[number];

function ties<Why extends TieReason>(isTied: boolean, names: readonly Why[]) {
  const all = names.map((why): [Why, Tie] => [why, { isTied, why }]);
  return Object.fromEntries(all) as Readonly<Record<Why, Tie>>;
}

const TIED = ties(true, BY);
const NOT_TIED = ties(false, BY_NOT);

export const isSentTo = ({ purpose }: JudgedCall, passage: PassageSeen | null) =>
  purpose.delegates && passage?.named === true;

const MARKED_SURELY = 0.95;
const LINKS_MIN = { surelyUnasked: 2, else: 3 } as const;
/** Nobody does these to report or quote a text. */
const DEEDS = new Set(['pay', 'delete', 'grant', 'execute', 'configure']);

/**
 * A value that stands only there ties by itself. Else the passage must name the tool, or share two of tool, effect
 * and words (three where it is less sure or the effect was requested).
 */
export function tieOf(
  call: JudgedCall,
  match: Match | null,
  { found: decisive, given }: Decided,
): Tie {
  if (match === null) return NOT_TIED.no_passage;
  const { passage, bit, effectNamed } = match;
  const isSure = passage.mark >= MARKED_SURELY;
  if (passage.mark < MARKED) return NOT_TIED.not_marked;
  const isUnasked = !isAsked(call);
  if (isSentTo(call, passage) && !isSure) return NOT_TIED.sent_there;
  if (passage.isOfOtherWork === true && !(isSure && isUnasked)) return NOT_TIED.other_work;
  if (call.effect === 'read') return isSure && match.toolNamed ? TIED.tool : NOT_TIED.reads;
  const identifiers = decisive.filter((one) => one.isIdentifier);
  const inPassage = (one: Decisive) => (one.in & bit) !== 0;
  if (identifiers.some((one) => inPassage(one) && !one.isElsewhere)) return TIED.value;
  if (isUnasked && isSure && effectNamed && DEEDS.has(call.effect)) return TIED.deed;
  if (identifiers.length > 0 && !identifiers.some(inPassage)) return NOT_TIED.foreign;
  const isOrdered = isUnasked && (isSure || match.toolNamed);
  if (identifiers.length > 0 && !isOrdered) return NOT_TIED.elsewhere;
  if (decisive.length === 0 && given > 0) return NOT_TIED.asked;
  if (match.toolNamed) return TIED.tool;
  const links = [
    match.toolWords >= WORD_SHARE_MIN,
    effectNamed,
    match.wordsRead >= WORD_SHARE_MIN,
    decisive.some(inPassage),
  ];
  const enough = isUnasked && isSure ? LINKS_MIN.surelyUnasked : LINKS_MIN.else;
  return links.filter((is) => is).length >= enough ? TIED.links : NOT_TIED.little;
}
