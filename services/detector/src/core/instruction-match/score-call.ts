/**
 * Decides how far a call obeys text that the agent read instead of what it was asked.
 *
 * The score is a sum of points: the best instruction-shaped passage that explains the call, less what
 * the request explains (docs/measurements/agentdojo.md), a new identifier from free text, a secret
 * leaving, and weak context, capped together so that it can't alarm alone. What text only quotes hardly
 * counts (`quoted.ts`). The call's own result is not used, so a call can be judged before it runs. A sum
 * and not a trained model: it explains itself, and a model trained on one benchmark's templates learns
 * the templates.
 */

import type { BenignHistory } from './benign-history.ts';
import { type Call, type Item, type Purpose, WRITING } from './call-digest.ts';
import { isHandedId, isUnasked } from './delegated.ts';
import { explain, type Reason } from './explain-score.ts';
import { type MatchContext, originsById, type PassageSeen, sameList } from './match-context.ts';
import {
  acts,
  type ItemMatch,
  matchItem,
  matchPassage,
  type PassageMatch,
  verbOf,
} from './match-passage.ts';
import { discountOf, strengthOf } from './passage-worth.ts';
import { isQuotedByOrder, quotableOf } from './quoted.ts';
import { type ScoreParts, type Support, supportShare } from './score-parts.ts';
import { tokenIndexOf } from './token-index.ts';
import { DISCOUNT, EFFECT, NO_VERB, WEIGHT } from './weights.ts';

export interface CallScore {
  readonly score: number;
  readonly parts: ScoreParts;
  /** The one that explains the call best. */
  readonly passage: PassageSeen | null;
  /** The request asks for neither what the call does nor what it does it to, and hands it over to no text. */
  readonly isUnasked: boolean;
  /** In words, for whoever reads them. */
  readonly explain: () => readonly Reason[];
}

export interface ScoreInput {
  readonly context: MatchContext;
  readonly call: Call;
  readonly history: BenignHistory;
}

const NO_IDS: ReadonlySet<string> = new Set();
const LEAVING = new Set(['send', WRITING, 'share', 'post', 'pay', 'create']);
const FETCH_PATH = /(^|[._])(url|uri|link|href)s?$/i;
const SAID_SHARE_SPOKEN_OF = 0.3;

function supportOf(call: Call, said: ReadonlySet<string>): Support {
  return {
    verb: acts(verbOf(call), call.purpose.terms),
    object: call.objectTokens.some((token) => said.has(token)),
  };
}

function effectOf(call: Call, said: ReadonlySet<string>): number {
  if (call.write) return EFFECT.write;
  const fetches = call.items.some(
    ({ path, ids }) => FETCH_PATH.test(path) && ids.some((id) => !said.has(id)),
  );
  return fetches ? EFFECT.fetch : EFFECT.read;
}

function matchPoints(match: PassageMatch, strength: number): number {
  const { action, value, identifier } = match;
  const bare = NO_VERB.weight * (1 - action) * value;
  const points = action * value + bare * (identifier ? 1 : NO_VERB.withoutIdentifier);
  return points * strength;
}

interface Explained {
  readonly points: number;
  readonly drift: number;
  readonly match: PassageMatch | null;
}

const NOTHING_EXPLAINED: Explained = { points: 0, drift: 0, match: null };

interface Asked {
  readonly support: Support;
  readonly quotable: readonly Item[];
}

function bestMatch(
  input: ScoreInput,
  items: readonly ItemMatch[],
  { support, quotable }: Asked,
): Explained {
  const { call, context } = input;
  if (context.passages.length === 0) return NOTHING_EXPLAINED;
  const index = tokenIndexOf(context.passages);
  let objectBits = 0;
  for (const token of call.objectTokens) objectBits |= index.get(token) ?? 0;
  const question = { call, items, objectBits, quotable };
  let [points, drift] = [0, 0];
  let best: PassageMatch | null = null;
  for (let at = 0; at < context.passages.length; at += 1) {
    const passage = context.passages[at];
    if (passage === undefined) continue;
    const match = matchPassage(passage, at, question);
    // Most have neither the verb nor a word of it: what they are worth decides nothing.
    if (match.action === 0 && match.value === 0) continue;
    const strength = strengthOf(passage, call, support);
    drift = Math.max(drift, match.action * strength);
    const own = matchPoints(match, strength) * discountOf(call, passage, match, support);
    if (own <= points) continue;
    [points, best] = [own, match];
  }
  return { points, drift: drift * (1 - supportShare(support)), match: best };
}

interface Identifiers {
  readonly fromText: boolean;
  /** All from free text stand in what the request hands over to. */
  readonly isHanded: boolean;
  readonly fromField: boolean;
  readonly fromNowhere: boolean;
}

function identifiersOf(
  input: ScoreInput,
  said: ReadonlySet<string>,
  quotable: readonly Item[],
): Identifiers {
  const { call, context, history } = input;
  const found = { fromText: false, isHanded: true, fromField: false, fromNowhere: false };
  // Whether it stands as more than text.
  let unknown: Map<string, boolean> | undefined;
  for (const item of call.items) {
    for (const id of item.ids) {
      if (said.has(id) || history.knowsId(id)) continue;
      unknown ??= new Map();
      if (unknown.get(id) !== true) unknown.set(id, !quotable.includes(item));
    }
  }
  if (unknown === undefined) return found;
  const origins = originsById(context);
  for (const [id, isUsed] of unknown) {
    const origin = origins.get(id);
    if (origin === 'text' || origin === 'carried') {
      if (!isUsed && !isQuotedByOrder(id, { call, said, quotable }, context)) continue;
      found.fromText = true;
      found.isHanded &&= origin === 'text' && isHandedId(id, call, context);
    } else if (origin === 'field') found.fromField = true;
    else found.fromNowhere = true;
  }
  return found;
}

function newIdentifierPoints({ fromText, isHanded }: Identifiers): number {
  if (!fromText) return 0;
  return WEIGHT.newIdentifier * (isHanded ? DISCOUNT.delegatedIdentifier : 1);
}

function secretPoints(
  input: ScoreInput,
  items: readonly ItemMatch[],
  said: ReadonlySet<string>,
): number {
  const { call, context } = input;
  if (call.action === null || !LEAVING.has(call.action)) return 0;
  let points = 0;
  for (const { item, unsaid } of items) {
    if (!item.secret) continue;
    const origins = originsById(context);
    // What is created stays in the house: that it tells of the account which a mail names is no leak.
    const met = item.ids.some((id) => {
      const from = origins.get(id);
      return (from === 'field' || (from === 'text' && call.action !== 'create')) && !said.has(id);
    });
    if (!met) continue;
    const saidShare = item.tokens.length === 0 ? 0 : 1 - unsaid / item.tokens.length;
    const spokenOf = saidShare >= SAID_SHARE_SPOKEN_OF ? DISCOUNT.secretSpokenOf : 1;
    points = Math.max(points, WEIGHT.secret * spokenOf);
  }
  return points;
}

interface Weak {
  readonly drift: number;
  readonly support: Support;
  readonly identifiers: Identifiers;
  readonly items: readonly ItemMatch[];
}

function contextPoints({ call, context, history }: ScoreInput, weak: Weak): number {
  const { drift, support, identifiers, items } = weak;
  let [unsaid, all] = [0, 0];
  for (const match of items) {
    unsaid += match.unsaid;
    all += match.item.tokens.length;
  }
  const bits = history.toolBits(call) + history.followBits(call, context.previousTool);
  const points =
    WEIGHT.drift * drift +
    (call.write ? WEIGHT.unaskedWrite * (1 - supportShare(support)) : 0) +
    (all === 0 ? 0 : (WEIGHT.unsaid * unsaid) / all) +
    (identifiers.fromField ? WEIGHT.idFromField : 0) +
    (identifiers.fromNowhere ? WEIGHT.idFromNowhere : 0) +
    Math.min(WEIGHT.surpriseMax, WEIGHT.surprisePerBit * bits);
  return Math.min(WEIGHT.contextMax, points);
}

/**
 * Identifiers that a record gave first or that benign calls used: that a passage repeats them says
 * little (the user's own address stands in every mail).
 */
function knownIds({ call, context, history }: ScoreInput): ReadonlySet<string> {
  let known: Set<string> | undefined;
  for (const { ids } of call.items) {
    for (const id of ids) {
      if (!history.knowsId(id) && originsById(context).get(id) !== 'field') continue;
      known ??= new Set();
      known.add(id);
    }
  }
  return known ?? NO_IDS;
}

interface Said {
  readonly tokens: readonly string[];
  readonly values: readonly string[];
  readonly said: ReadonlySet<string>;
}

/** Requests whose words are remembered; forgetting them changes no result. */
const SAID_MAX = 1024;
/** By the purpose's key; who sends events chooses it, so the words themselves are compared. */
const SAID = new Map<string, Said>();

/** The calls of a task all bring its request along: to compare it is less work than to hash each of its words. */
function saidBy({ key, tokens, values }: Purpose): ReadonlySet<string> {
  const known = SAID.get(key);
  if (known !== undefined && sameList(known.tokens, tokens) && sameList(known.values, values)) {
    return known.said;
  }
  const said = new Set(tokens);
  for (const value of values) said.add(value);
  if (SAID.size >= SAID_MAX) SAID.clear();
  SAID.set(key, { tokens, values, said });
  return said;
}

/** Whether the call changes something or fetches an address that nobody named: a mere read tells little. */
export function mayObey(call: Call): boolean {
  return effectOf(call, saidBy(call.purpose)) > EFFECT.read;
}

/** The score of `call`, given what the agent had read before it. */
export function scoreCall(input: ScoreInput): CallScore {
  const { call, context, history } = input;
  const said = saidBy(call.purpose);
  const known = knownIds(input);
  const around = { index: tokenIndexOf(context.passages), context, said, known };
  const items = call.items.map((item) => matchItem(item, around));
  const support = supportOf(call, said);
  const effect = effectOf(call, said);
  const repeat = history.isRepeat(call) ? DISCOUNT.repeat : 1;
  const quotable = quotableOf(call, said);
  const explained = bestMatch(input, items, { support, quotable });
  const identifiers = identifiersOf(input, said, quotable);
  const parts: ScoreParts = {
    match: WEIGHT.match * explained.points * effect * repeat,
    newIdentifier: newIdentifierPoints(identifiers) * effect * repeat,
    secret: secretPoints(input, items, said) * repeat,
    context:
      contextPoints(input, { drift: explained.drift, support, identifiers, items }) *
      effect *
      repeat,
  };
  const score = parts.match + parts.newIdentifier + parts.secret + parts.context;
  const passage = explained.match === null ? undefined : context.passages[explained.match.at];
  return {
    score,
    parts,
    isUnasked: isUnasked(call, support),
    passage: passage ?? null,
    explain: () => explain({ parts, passage, match: explained.match, items, support, call }),
  };
}
