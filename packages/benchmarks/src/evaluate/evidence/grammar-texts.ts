/** Texts of a grammar file (`packages/benchmarks/evidence/*.yaml`): its patterns, filled at random by a seed. */
import { readFileSync } from 'node:fs';
import { seededRandom } from '@waywarden/waywarden/input/seeded-random';
import { parse } from 'yaml';
import { z } from 'zod';

const slots = z.record(z.string(), z.array(z.string()));
const grammar = z.record(
  z.string(),
  z.object({ slots: slots.default({}), more: slots.default({}), patterns: z.array(z.string()) }),
);

const SLOT = /\{(\w+)\}/g;
/** A slot may stand in a slot's text. */
const DEPTH_MAX = 4;

export interface GrammarText {
  readonly language: string;
  readonly text: string;
}

/** `perPattern` texts of each pattern; slots that a language lacks come from `fallback`, then from English. */
export function grammarTexts(file: string, perPattern: number, fallback?: string): GrammarText[] {
  const languages = grammar.parse(parse(readFileSync(file, 'utf8')));
  const others = fallback === undefined ? {} : grammar.parse(parse(readFileSync(fallback, 'utf8')));
  const random = seededRandom(perPattern);
  const found: GrammarText[] = [];
  for (const [language, { patterns, ...own }] of Object.entries(languages)) {
    const words = { ...others['en']?.slots, ...others['en']?.more, ...own.slots, ...own.more };
    for (const pattern of patterns) {
      for (let n = 0; n < perPattern; n++) {
        let text = pattern;
        for (let depth = 0; depth < DEPTH_MAX && text.includes('{'); depth++) {
          text = text.replace(SLOT, (all, name: string) => {
            const list = words[name] ?? [];
            return list[Math.floor(random() * list.length)] ?? all;
          });
        }
        found.push({ language, text });
      }
    }
  }
  return found;
}

/** Slots that hold what is ordered, and not how a text talks. */
const CONTENT = new Set(['order', 'mail', 'url', 'tool']);

/** All that a grammar says but for its orders. */
export function grammarWords(file: string): readonly string[] {
  const languages = grammar.parse(parse(readFileSync(file, 'utf8')));
  return Object.values(languages).flatMap(({ patterns, slots: own, more }) => [
    ...patterns.map((pattern) => pattern.replace(SLOT, ' ')),
    ...Object.entries({ ...own, ...more }).flatMap(([name, texts]) =>
      CONTENT.has(name) ? [] : texts,
    ),
  ]);
}
