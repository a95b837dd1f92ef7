/** What an SQL text does, the strongest statement: first word, and stronger pairs. Strings are data. */
import { type WordSet as Words, words } from '../lexicon/fold-word.ts';
import { LEXICON } from '../lexicon/lexicon.ts';
import { type SqlStatement, sqlReadings } from './sql-tokens.ts';
import {
  AS_ENTRY,
  DELETES,
  EXPORTS,
  GRANTS,
  MAKES_IDENTITY,
  READS,
  RUNS_SHELL,
  SENDS_OUT,
  type StatementFacts,
  strongestOf,
  WRITES,
} from './statement-facts.ts';

const DEPTH_MAX = 2;

const READING = words(LEXICON.sql.reading);
const WRITING = words(LEXICON.sql.writing);
const DELETING = words(LEXICON.sql.deleting);
const GRANTING = words(LEXICON.sql.granting);
const EXPORTING = words(LEXICON.sql.exporting);
const DROPPED = words(LEXICON.sql.dropped);
const UNDATED = words(LEXICON.sql.undated);
const TEMPORARY = words(LEXICON.sql.temporary);
const IDENTITIES = words(LEXICON.sql.identities);
const GRANTABLE = words(LEXICON.sql.grantable);
const DEFINED = words(LEXICON.sql.defined);
const RUNNING = words(LEXICON.sql.running);
const PLANS = words(LEXICON.sql.plans);
const SHELLS = words(LEXICON.sql.shells);

/** `EXPLAIN ANALYZE`, `EXPLAIN (COSTS, ANALYZE)`: then what is explained is run. */
const OPTIONS_MAX = 10;

class Statement {
  readonly #tokens: SqlStatement;

  constructor(tokens: SqlStatement) {
    this.#tokens = tokens;
  }

  word(at: number): string {
    return this.#tokens[at]?.kind ?? '';
  }

  all(word: string): readonly number[] {
    return this.#tokens.flatMap(({ kind }, at) => (kind === word ? [at] : []));
  }

  has(word: string): boolean {
    return this.#tokens.some(({ kind }) => kind === word);
  }

  hasAny(any: Words): boolean {
    return this.#tokens.some(({ kind }) => any.has(kind));
  }

  hasPair(first: string, second: Words): boolean {
    return this.all(first).some((at) => second.has(this.word(at + 1)));
  }

  isAbout(any: Words): boolean {
    return any.has(this.word(this.word(1) === 'OR' ? 3 : 1));
  }

  isOfSession(): boolean {
    if (TEMPORARY.has(this.word(1))) return true;
    const names = this.#tokens.slice(2).filter(({ kind }) => !/^(?:IF|EXISTS|,)$/.test(kind));
    return this.word(1) === 'TABLE' && names.every(({ kind }) => kind.startsWith('#'));
  }

  isPlanOnly(): boolean {
    if (!PLANS.has(this.word(0))) return false;
    return !this.#tokens.slice(1, OPTIONS_MAX).some(({ kind }) => /^ANALY[ZS]E$/.test(kind));
  }

  strings(from = 0): readonly string[] {
    return this.#tokens.slice(from).flatMap(({ kind, text }) => (kind === "'" ? [text] : []));
  }
}

const FROM = words(LEXICON.sql.from);
const TABLE = words(LEXICON.sql.table);
const FILES = words(LEXICON.sql.files);
const URL = /^[a-z][a-z0-9+]{1,20}:\/\//i;

const toWhere = (strings: readonly string[]) =>
  strings.some((text) => URL.test(text)) ? SENDS_OUT : EXPORTS;

/** To the own screen: a read. */
function copied(one: Statement): StatementFacts {
  if (one.has('PROGRAM')) return RUNS_SHELL;
  const into = one.word(1) === 'INTO' ? one.word(2) : '';
  if (into === "'" || into.startsWith('@')) return toWhere(one.strings());
  const to = one.all('TO').at(-1);
  if (to === undefined) return WRITES;
  if (one.word(to + 1) === 'STDOUT') return READS;
  return one.word(to + 1) === "'" ? toWhere(one.strings(to)) : WRITES;
}

function altered(one: Statement): StatementFacts {
  const drops = one.all('DROP').some((at) => !UNDATED.has(one.word(at + 1)));
  if (drops || one.has('TRUNCATE') || one.has('DELETE')) return DELETES;
  if (one.isAbout(IDENTITIES)) return MAKES_IDENTITY;
  if (one.has('OWNER') || one.has('PRIVILEGES') || one.hasPair('DISABLE', words('ROW'))) {
    return GRANTS;
  }
  return WRITES;
}

function byVerb(one: Statement): StatementFacts {
  const verb = one.word(0);
  if (verb === 'COPY') return copied(one);
  if (verb === 'ALTER') return altered(one);
  if (verb === 'CREATE') return one.isAbout(IDENTITIES) ? MAKES_IDENTITY : WRITES;
  if (verb === 'SET' && one.word(1) === 'PASSWORD') return GRANTS;
  if (verb === 'SET' && /^(GLOBAL|PERSIST)$/.test(one.word(1))) return WRITES;
  if (verb === 'PRAGMA' && one.has('=')) return WRITES;
  if (verb === 'DROP' && one.isOfSession()) return WRITES;
  if (DELETING.has(verb)) return DELETES;
  if (GRANTING.has(verb)) return GRANTS;
  if (EXPORTING.has(verb)) return toWhere(one.strings());
  if (READING.has(verb)) return READS;
  return WRITING.has(verb) ? WRITES : AS_ENTRY;
}

function byPairs(one: Statement): readonly StatementFacts[] {
  const found: StatementFacts[] = [];
  const drops = one.all('DROP').some((at) => at > 0 && DROPPED.has(one.word(at + 1)));
  if (drops || one.hasPair('DELETE', FROM) || one.hasPair('TRUNCATE', TABLE)) found.push(DELETES);
  if (one.hasPair('THEN', DELETING)) found.push(DELETES);
  if (one.hasPair('GRANT', GRANTABLE)) found.push(GRANTS);
  if (one.hasAny(SHELLS)) found.push(RUNS_SHELL);
  if (one.hasPair('INTO', FILES) || one.has('LO_EXPORT')) found.push(EXPORTS);
  const updates = one.all('UPDATE').some((at) => !/^(FOR|KEY|ON)$/.test(one.word(at - 1)));
  if (one.has('INTO') || updates) found.push(WRITES);
  return found;
}

function factsOf(tokens: SqlStatement, depth: number): StatementFacts {
  const one = new Statement(tokens);
  const verb = one.word(0);
  if (one.isPlanOnly()) return READS;
  if ((verb === 'CREATE' || verb === 'ALTER') && one.isAbout(DEFINED)) return WRITES;
  const inner =
    depth < DEPTH_MAX && one.hasAny(RUNNING)
      ? one.strings().map((text) => sqlFacts(text, depth + 1))
      : [];
  return strongestOf([
    byVerb(one),
    ...byPairs(one),
    ...inner.filter(({ effect }) => effect !== undefined && effect !== 'read'),
  ]);
}

export function sqlFacts(text: string, depth = 0): StatementFacts {
  return strongestOf(
    sqlReadings(text).map((statements) =>
      strongestOf(statements.map((tokens) => factsOf(tokens, depth))),
    ),
  );
}
