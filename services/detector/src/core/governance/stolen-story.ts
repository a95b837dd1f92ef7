/** A story of signs of a stolen key, as `stolen-credential.ts` keeps it: how grave it is and what it is called. */
import type { Severity } from '@waywarden/schemas';
import { BESIDES, independent, PLACE_SIGNS, type Sign, type SignKind } from './stolen-signs.ts';
import type { Use } from './token-uses.ts';

export interface Story {
  /** The place where it began, else the call: who comes back there comes back into the one alert. */
  readonly key: string;
  /** When something new came to it. */
  readonly lastMs: number;
  /** The first of each kind and of each new place, with what is counted as it was when it had doubled last. */
  readonly signs: readonly Sign[];
  /** The gravest move, and where the token of the latest new one was before. */
  readonly moved?: { readonly severity: Severity; readonly before: Use };
  readonly network?: string;
  readonly client?: string;
  /** A call of it told no place. */
  readonly isPlaceless?: true;
}

export function severityOf({ signs, moved }: Story): Severity {
  if (moved === undefined) {
    return independent(signs) >= 3 ? 'high' : 'medium';
  }
  const others = signs.filter(({ kind }) => kind === 'model' || kind === 'speed').length;
  if (others === 2) return 'critical';
  return others > 0 ? 'high' : moved.severity;
}

/** What is grave is told as somebody else's, however many places it comes from. */
const roams = (story: Story) =>
  story.signs.some(({ kind }) => kind === 'roams') && severityOf(story) === 'medium';

export function titleOf(who: string, story: Story): string {
  const { signs, moved } = story;
  const has = (kind: SignKind) => signs.some((one) => one.kind === kind);
  const besides = [
    ...(has('model') ? ['model calls'] : []),
    ...(has('speed') ? ['machine speed'] : []),
  ];
  const places = ['network', 'client'].filter((kind) => signs.some((one) => one.kind === kind));
  if (moved === undefined) {
    const does = has('acts') ? ['acts from there'] : has('stays') ? ['keeps calling'] : [];
    const acts = besides.length > 0 ? [] : does;
    const all = [...places.map((one) => `new ${one}`), ...acts, ...besides];
    // Calls from there are counted for as long as the place is strange.
    const when = acts.includes('keeps calling') ? '' : ' within a day';
    return `${who}: ${all.join(', ')}${when}`;
  }
  const what = besides.length === 0 ? '' : `, with ${besides.join(' and ')}`;
  return `A credential of ${who} is used from ${roams(story) ? 'anywhere' : 'another place'}${what}`;
}

/** The sentence before what was seen: that a key roams says by itself nothing of who holds it. */
export function beginningOf(who: string, story: Story): string {
  return roams(story) && !story.signs.some(({ kind }) => BESIDES.has(kind))
    ? `a key of ${who} roams, so that no network would show who else holds it, and should be bound to where ${who} runs`
    : `somebody else seems to hold a key of ${who}`;
}

export function unseenOf({ moved, signs }: Story): readonly string[] {
  return [
    'Who held it in between is not visible; a proxy in between looks the same.',
    ...(moved === undefined && signs.some(({ kind }) => PLACE_SIGNS.has(kind))
      ? ['Whether somebody moved the agent is not visible: no change of its network was declared.']
      : []),
    ...(signs.every(({ kind }) => !PLACE_SIGNS.has(kind))
      ? ['From where it was called is not told.']
      : []),
  ];
}
