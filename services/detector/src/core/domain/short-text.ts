/** Text made short: cut between words, never inside a character. */

export const TITLE_LENGTH_MAX = 90;
export const SUMMARY_LENGTH_MAX = 2000;
/** Of names in alerts: in a title, beside others, and in a sentence. */
export const TITLE_NAME_LENGTH_MAX = 32;
export const SHOWN_NAME_LENGTH_MAX = 40;
export const SUMMARY_NAME_LENGTH_MAX = 48;
export const AGENTS_NAMED_MAX = 12;

/** A long single word is cut where it must be. */
const LOSS_SHARE_MAX = 0.5;

export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '');
  const space = cut.lastIndexOf(' ');
  const retained = space > max * LOSS_SHARE_MAX ? cut.slice(0, space) : cut;
  return `${retained.replace(/[\s,;:]+$/, '')}…`;
}

/** Its end says more: a path, a workload. */
export function shortenFront(text: string, max: number): string {
  return text.length > max ? `…${text.slice(1 - max)}` : text;
}

/** The first that fits: a title says what decides in fewer words rather than lose its end. The last is cut where it must be. */
export function firstFitting(texts: readonly string[], max: number): string {
  return texts.find((text) => text.length <= max) ?? shorten(texts.at(-1) ?? '', max);
}

const DIGEST = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w-]{20,64}$/;

/** A name that says nothing to people: a fingerprint that stands for it. */
export const isDigest = (name: string): boolean => DIGEST.test(name);

/** The last part of a uid is how people call an agent: `spiffe://…/agent/invoice-bot`. */
export function shortAgentName(uid: string): string {
  const parts = uid.split(/[/#]/).filter((part) => part !== '');
  return parts.at(-1) ?? uid;
}

/** The first of them, and how many more there are. */
export function agentsNamed(uids: readonly string[], lengthMax: number): string {
  const named = uids
    .slice(0, AGENTS_NAMED_MAX)
    .map((uid) => shorten(shortAgentName(uid), lengthMax));
  const rest = uids.length - named.length;
  return rest > 0 ? `${named.join(', ')} and ${rest} more` : named.join(', ');
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function joinedWords(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
