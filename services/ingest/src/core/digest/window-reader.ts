/**
 * Reads the words of passages' windows. Windows overlap several times over, so each word of the text
 * is brought to its canonical form once, numbered, and then only numbers are compared: a
 * set of strings per passage was most of the digest's cost.
 */
import { canonicalWord, identifierForm, innerWords, isSalient } from './canonical-word.ts';
import { isIdentifier } from './identifier.ts';
import type { Lexicon } from './lexicon/compile.ts';
import { PASSAGE_IDS_MAX, PASSAGE_TOKENS_MAX } from './limits.ts';
import { DIGITS_SHIFT, INFO, type Scan } from './scan-text.ts';
import { linked, wordChain } from './word-chain.ts';

type Numbers = number | readonly number[];
const NOTHING: readonly number[] = [];

export class WindowReader {
  readonly #scan: Scan;
  readonly #lexicon: Lexicon;
  /** The distinct canonical words by number, and the number of each. */
  readonly words: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** The window that last held the word of each number. */
  readonly #lastWindow: number[] = [];
  readonly #byHash = new Map<number, Numbers>();
  readonly #byIndex = new Map<number, Numbers>();
  #window = 0;

  constructor(scan: Scan, lexicon: Lexicon) {
    this.#scan = scan;
    this.#lexicon = lexicon;
  }

  #number(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    const number = this.words.length;
    this.#numbers.set(word, number);
    this.words.push(word);
    this.#lastWindow.push(0);
    return number;
  }

  /** The number of the word at `index`, or several where it has more forms. */
  #numbersAt(index: number): Numbers {
    const scan = this.#scan;
    // The form of a word of letters depends on nothing but the word; that of others on their place.
    const info = scan.info[index] ?? 0;
    const plain = (info & INFO.joined) === 0 && info >>> DIGITS_SHIFT === 0;
    const cache = plain ? this.#byHash : this.#byIndex;
    const key = plain ? (scan.hash[index] ?? 0) : index;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const numbers = isSalient(scan, this.#lexicon, index) ? this.#formsAt(index, plain) : NOTHING;
    cache.set(key, numbers);
    return numbers;
  }

  #formsAt(index: number, plain: boolean): Numbers {
    const words = canonicalWord(this.#scan, this.#lexicon, index);
    // Nearly every word is plain and has one form: a number and no list of one.
    if (plain) return this.#number(words[0] ?? '');
    const numbers = words.map((word) => this.#number(word));
    for (const word of innerWords(this.#scan, this.#lexicon, index)) {
      numbers.push(this.#number(word));
    }
    return numbers;
  }

  #add(number: number, into: number[]): void {
    if (this.#lastWindow[number] === this.#window || into.length >= PASSAGE_TOKENS_MAX) return;
    this.#lastWindow[number] = this.#window;
    into.push(number);
  }

  /** Numbers of the distinct words, and distinct identifiers, of the words from `from` up to `to`. */
  read(from: number, to: number): { readonly words: number[]; readonly ids: string[] } {
    const scan = this.#scan;
    const words: number[] = [];
    const ids: string[] = [];
    let chainTo = from;
    this.#window++;
    for (let i = from; i < to && words.length < PASSAGE_TOKENS_MAX; i++) {
      if (i >= chainTo && i + 1 < to && linked(scan, this.#lexicon, i + 1)) {
        const chain = wordChain(scan, this.#lexicon, i, to);
        if (chain !== undefined) {
          this.#add(this.#number(chain.word), words);
          if (chain.identifier) ids.push(chain.word);
          chainTo = chain.to;
        }
      }
      const numbers = this.#numbersAt(i);
      if (typeof numbers === 'number') this.#add(numbers, words);
      else for (const number of numbers) this.#add(number, words);
      if (isIdentifier(scan, i)) ids.push(identifierForm(scan, this.#lexicon, i));
    }
    const distinct = ids.length > 1 ? [...new Set(ids)] : ids;
    return { words, ids: distinct.slice(0, PASSAGE_IDS_MAX) };
  }
}
