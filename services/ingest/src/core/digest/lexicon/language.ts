/**
 * A language as data. Adding one means adding such a record and nothing else: words are compiled
 * into one table, so a text may mix languages, and the rules over cues are shared; so what is an ordinary English
 * word is left out of the others. Lists are
 * space-separated so that a translator can read and extend them.
 */
import type { ActionGroup } from '@waywarden/schemas';

/** What a word hints at when the text talks to an agent; rules combine cues into meta classes. A bit each: at most 32. */
export const CUES = [
  'ignore',
  'previous',
  'instruction',
  'before',
  'after',
  'you',
  'machine',
  'task',
  'gave',
  'solve',
  'urgent',
  'negation',
  'tell',
  'silent',
  'tool',
  'argument',
  'todo',
  'following',
  'message',
  'instead',
  'secret',
  'content',
  'machinePart',
  'article',
  'being',
  'towards',
  'obliged',
  'reads',
  'hailed',
  'nobody',
  'forget',
  'goOn',
] as const;
export type Cue = (typeof CUES)[number];

/**
 * What a word is to a request that hands work over to a source (`delegation.ts`), or that only reads (`only-reads.ts`):
 * what asks to be told `shows`; what writes down, or does whatever else no action has, `keeps`. A bit each: at most 32.
 */
export const REQUEST_CUES = [
  'source',
  'within',
  'manner',
  'alike',
  'being',
  'process',
  'perform',
  'work',
  'relative',
  'says',
  'asker',
  'question',
  'content',
  'shows',
  'keeps',
  // Of whether a verb is ordered (`ordered-verb.ts`): negations, and those that another language has for something
  // else ("no", "pas"), which count near the verb only; what ends their reach; what turns them ("don't forget to").
  'negation',
  'nay',
  'contrast',
  'forget',
  // The "to" of an infinitive, what puts its verb off ("before", "instead of"), and what joins a clause ("that").
  'towards',
  'unless',
  'that',
  // What leads to an order: "you", "your task is to", "I want to", "please", "today", "use your tools to".
  'you',
  'duty',
  'wish',
  'please',
  'adverb',
  'using',
  // Verbs that are adjectives or nouns too ("complete"), infinitives that end a clause, and "do them".
  'attribute',
  'closing',
  'them',
  // "my", "our": of what is set aside, whether it is the writer's own (`bound-cues.ts`).
  'mine',
] as const;
export type RequestCue = (typeof REQUEST_CUES)[number];

export interface Inflection {
  /** The base form ends so; each rule that fits makes a form. */
  readonly ending: string;
  readonly drop: number;
  readonly add: string;
  /**
   * An infinitive counts as a gerund where a language asks with it; an order asks where a clause begins, a formal one
   * if it has its pronoun behind it ("Senden Sie").
   */
  readonly form: 'gerund' | 'order' | 'formal' | 'other';
  /** Endings, space-separated, to which the rule does not apply. */
  readonly unless?: string;
}

/** Verbs that as often begin no order: a test's status, a fall, a brand, half of a verb in two parts. */
export interface UncertainVerbs {
  readonly verbs: string;
  /** Before one of these it is a noun ("a drop in sales"); absent where it is none. */
  readonly attributes?: string;
  /**
   * Where the object goes ("pass … to"), or the other half ("pas … aan"): an order has one of them. Of what may be
   * a noun it is asked only where a mere name follows ("Marca Siemens", "poste 34").
   */
  readonly goals?: string;
  /** An infinitive that is an English noun too asks after these only: "merci de modifier", not "by reporter". */
  readonly after?: string;
}

/** What tells a thing that is read from one that is asked for (`only-reads.ts`): "my unread mails", "in a mail to Tom". */
export interface KnownThings {
  /** "my", "the", "any", "new"; no article that is a pronoun before its verb too ("le envías"). */
  readonly before: string;
  /** "a". */
  readonly one: string;
  /** Before such an article where a writing goes ("in", "by"), and without one ("into", "as"), or "sag … ab". */
  readonly means: string;
  readonly medium: string;
  /** Before a name whom it is for. */
  readonly receiver: string;
  /** "and", "or". */
  readonly join: string;
}

export interface Language {
  readonly code: string;
  readonly verbs: Readonly<Record<ActionGroup, string>>;
  /** What asks as a gerund does and no inflection makes, as `form:base`: "hinzufügen" of "füge … hinzu". */
  readonly infinitives?: string;
  /** Irregular forms, as `form:base`. */
  readonly irregular: string;
  readonly inflections: readonly Inflection[];
  /** The pronouns that make an order of the formal form. */
  readonly formal?: string;
  /** Nouns that carry an action: "make a reservation", `send_money`. */
  readonly nouns: Readonly<Partial<Record<ActionGroup, string>>>;
  /** Of its verbs, those that need an object to be an order (`uncertain-verb.ts`). */
  readonly uncertain?: readonly UncertainVerbs[];
  /** Verbs without an action of their own: their noun decides. */
  readonly lightVerbs: string;
  /** Words that may stand before an imperative without ending it. */
  readonly fillers: string;
  /** After one of these a gerund asks as an imperative does ("would you mind sending"). */
  readonly polite: string;
  /**
   * After one of these a gerund or infinitive asks wherever it stands in the segment, for languages
   * that put it last ("könntest du die Datei löschen").
   */
  readonly modals?: string;
  /**
   * Orders without a speaker, "should be deleted", "muss gelöscht werden": `be` is the verb of the passive,
   * `duty` what makes one of what must happen. After the verb's form in languages that put it last.
   */
  readonly passive: { readonly duty: string; readonly be: string; readonly isLast: boolean };
  readonly known: KnownThings;
  /** What an action's noun is that has yet to be done: "a transfer to … is due". */
  readonly due: string;
  /** Words after which a new clause begins. */
  readonly openers: string;
  readonly stopWords: string;
  readonly cues: Readonly<Partial<Record<Cue, string>>>;
  /** Those of `sources` need not be repeated. */
  readonly requestCues: Readonly<Partial<Record<RequestCue, string>>>;
  /** In order, from January. */
  readonly months: readonly string[];
  /** Spoken punctuation, as in "name at host dot com". */
  readonly spoken: string;
  /** From nought to nine, for numbers that are told digit by digit. */
  readonly digits: string;
  /** Endings of day numbers ("13th"). */
  readonly ordinals: readonly string[];
  /** Each set is one object under several names. */
  readonly synonyms: readonly string[];
  /**
   * Nouns of what may hold work for somebody to do, each set read by the same kind of tool; all their
   * forms. A noun may stand in several.
   */
  readonly sources: readonly string[];
  /** Of these the ones that people speak in, for "what Petra asks". */
  readonly speech: string;
  /** What stands before an apostrophe and is a word of its own ("d'envoyer"). */
  readonly elided?: string;
  /** Pronouns that a hyphen ties to the verb before them ("envoyez-les"). */
  readonly enclitics?: string;
  /** Suffixes that a stem drops, longest first, with what replaces them. */
  readonly suffixes: readonly (readonly [ending: string, replacement: string])[];
}
