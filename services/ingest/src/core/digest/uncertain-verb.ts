/**
 * Whether a verb that as often begins no order is one where it stands: "PASS sums.test.ts (3.2 s)" is what a test
 * runner prints, "Drop in revenue" a fall, "Marca Siemens" a brand, "Pas op" no change. An order says what to do it
 * to, or where to: "Drop the list", "Pass sums.test.ts on to …", "Pas het bedrag aan".
 *
 * By the words after it and not by capitals or by what printed it: an order may be in capitals, and an attacker
 * prints what he likes. Only of the verbs that a language names: of any other the object may stand in the next line.
 */
import { type Lexicon, WORD } from './lexicon/compile.ts';
import { DIGITS_SHIFT, INFO, type Scan } from './scan-text.ts';

function holdsGoal(scan: Scan, goals: ReadonlySet<number>, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (goals.has(scan.slot[i] ?? -1)) return true;
  return false;
}

/** Of a brand, a place, or a number without letters. */
function isName({ info }: Scan, index: number): boolean {
  const own = info[index] ?? 0;
  return (own & INFO.upper) !== 0 || ((own & INFO.letter) === 0 && own >>> DIGITS_SHIFT > 0);
}

/** Whether the gerund or infinitive at `verb`, which may be an uncertain one, is asked for by the word before it. */
export function isAskedAfter(scan: Scan, lexicon: Lexicon, verb: number): boolean {
  const after = lexicon.uncertain.get(scan.slot[verb] ?? -1)?.after;
  return after === undefined || after.size === 0 || after.has(scan.slot[verb - 1] ?? -1);
}

/** Whether the uncertain verb at `verb`, with which a clause begins, gives an order; its segment ends at `to`. */
export function isOrderedBy(scan: Scan, lexicon: Lexicon, verb: number, to: number): boolean {
  const rule = lexicon.uncertain.get(scan.slot[verb] ?? -1);
  const next = verb + 1;
  if (rule === undefined) return true;
  if (next >= to || ((scan.info[next] ?? 0) & INFO.colon) !== 0) return false;
  if (!rule.mayBeNoun) return holdsGoal(scan, rule.goals, next, to);
  const slot = scan.slot[next] ?? -1;
  if (rule.attributes.has(slot)) return false;
  const isStop = slot >= 0 && ((lexicon.kinds[slot] ?? 0) & WORD.stop) !== 0;
  if (isStop || rule.goals.size === 0 || !isName(scan, next)) return true;
  return holdsGoal(scan, rule.goals, next, to);
}
