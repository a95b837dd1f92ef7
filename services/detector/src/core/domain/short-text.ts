/**
 * Text made short enough for a title or a sentence, in one place, so that every alert is cut alike:
 * between words where there are any, because half a word reads like a mistake, and never inside a
 * character. Rejected: cutting in the middle ("intake-…-eu"), which hides what differs.
 */

/** Of an alert's title, in characters. */
export const TITLE_LENGTH_MAX = 90;

/** A cut between words may cost this share of the room; a long single word is cut where it must be. */
const LOSS_SHARE_MAX = 0.5;

export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  // Half of a pair that makes one character (an emoji, say) is no character.
  const cut = text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '');
  const space = cut.lastIndexOf(' ');
  const retained = space > max * LOSS_SHARE_MAX ? cut.slice(0, space) : cut;
  return `${retained.replace(/[\s,;:]+$/, '')}…`;
}

/** The last part of a uid is how people call an agent: `spiffe://…/agent/invoice-bot`. */
export function shortAgentName(uid: string): string {
  const parts = uid.split(/[/#]/).filter((part) => part !== '');
  return parts.at(-1) ?? uid;
}

/** `1 call`, `2 calls`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function joinedWords(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
