/**
 * Says in plain sentences why a call got its points, naming the result that was obeyed and the
 * argument paths that came from it. No word of either is known here, so paths and counts must do.
 */
import type { Call } from './call-digest.ts';
import type { PassageSeen } from './match-context.ts';
import type { ItemMatch, PassageMatch } from './match-passage.ts';
import { askWords, signWords } from './passage-words.ts';
import type { ScoreParts, Support } from './score-parts.ts';

export interface Reason {
  readonly feature: 'instruction_match' | 'new_identifier' | 'secret_leaving' | 'context';
  readonly points: number;
  readonly text: string;
  /** The result that holds the passage, if one is meant. */
  readonly eventId: string | null;
  readonly paths: readonly string[];
}

interface Explanation {
  readonly parts: ScoreParts;
  readonly passage: PassageSeen | undefined;
  readonly match: PassageMatch | null;
  readonly items: readonly ItemMatch[];
  readonly support: Support;
  readonly call: Call;
}

/** Points below this say nothing that an analyst should read. */
const REASON_POINTS_MIN = 0.3;

/** Arguments have no order. */
const pathsOf = (items: readonly ItemMatch[], isMeant: (one: ItemMatch) => boolean = () => true) =>
  items
    .filter(isMeant)
    .map(({ item }) => item.path)
    .sort();

function askedText({ verb, object }: Support): string {
  if (verb && object) return 'The request asks for such an action, but not with these values.';
  if (verb || object) return 'The request supports the action only in part.';
  return 'The request does not ask for it.';
}

function matchReason(input: Explanation, passage: PassageSeen, match: PassageMatch): Reason {
  const held = input.items.filter((item) => (item.held[match.at] ?? 0) > 0);
  const words = held.reduce((sum, item) => sum + (item.held[match.at] ?? 0), 0);
  const unsaid = input.items.reduce((sum, item) => sum + item.unsaid, 0);
  const paths = pathsOf(held);
  const meta =
    passage.meta.length === 0 ? '' : ` It reads like planted text: ${signWords(passage)}.`;
  return {
    feature: 'instruction_match',
    points: input.parts.match,
    text:
      `${input.call.tool} obeys passage ${passage.index} of result ${passage.eventId}, which ${askWords(passage)}: ` +
      `${words} of ${unsaid} argument words that the request does not say stand in it ` +
      `(${paths.join(', ')}).${meta} ${askedText(input.support)}`,
    eventId: passage.eventId,
    paths,
  };
}

/** The reasons of a score, strongest first. */
export function explain(input: Explanation): readonly Reason[] {
  const { parts, passage, match, items } = input;
  const reasons: Reason[] = [];
  if (passage !== undefined && match !== null && parts.match >= REASON_POINTS_MIN) {
    reasons.push(matchReason(input, passage, match));
  }
  if (parts.newIdentifier >= REASON_POINTS_MIN) {
    reasons.push({
      feature: 'new_identifier',
      points: parts.newIdentifier,
      text: 'An identifier in the arguments was first met in free text of a result, is not in the request and was never used before.',
      eventId: null,
      paths: pathsOf(items, ({ item }) => item.ids.length > 0),
    });
  }
  if (parts.secret >= REASON_POINTS_MIN) {
    reasons.push({
      feature: 'secret_leaving',
      points: parts.secret,
      text: 'A value shaped like a secret, read in an earlier result, stands in text that leaves.',
      eventId: null,
      paths: pathsOf(items, ({ item }) => item.secret),
    });
  }
  if (parts.context >= REASON_POINTS_MIN) {
    reasons.push({
      feature: 'context',
      points: parts.context,
      text: `Weak signs together: ${askedText(input.support)} The tool, its place after the one before, or its values are unusual.`,
      eventId: null,
      paths: [],
    });
  }
  return reasons.sort((a, b) => b.points - a.points);
}
