/**
 * What a call merely quotes. A summary, a translation or a note repeats the addresses, links and words of what was
 * read: they stand in its text, and nothing goes to them. So in text they count only for what the passage asks for:
 * its words for its own verb, and an identifier where the passage orders just that, to send or post it to where the
 * call does. An argument of its own (a recipient, a path, a whole value) counts whoever asks, and so does whatever
 * stands under a name that isn't known to hold text: a command, a query, a list of recipients. Nothing is a quotation
 * where nobody asked for anything to be written, nor what is written into a memory: agents read that as what
 * they know and act on it later (memory poisoning, OWASP ASI06). But who asks to remember what his mails say wants it
 * there: then it counts as in other text, and for whatever a passage wants remembered.
 */
import type { Call, Item } from './call-digest.ts';
import { isPlanted } from './delegated.ts';
import type { MatchContext, PassageSeen } from './match-context.ts';
import { actionFor, acts } from './match-passage.ts';

/** Last words of the names under which tools take text for people to read, and editors what they put into a file. */
const TEXT_PATH =
  /(^|[._-])(body|contents?|text|messages?|descriptions?|summary|notes?|observations?|comments?|markdown|html|plain|abstract|translation|new_str(?:ing)?|new_source|code_edit)$/i;
/** Those under which what is written has its name. */
const TITLE_PATH = /(^|[._-])(title|name)$/i;
/** Those under which the cells of a row stand. */
const ROW_PATH = /(^|[._-])(values|rows?|cells?)$/i;

/** Whether the request says all words of it: a name of what is written to. */
function isSaid({ tokens }: Item, said: ReadonlySet<string>): boolean {
  return tokens.length > 0 && tokens.every((token) => said.has(token));
}

/** A title of several words; a single one stands in a request by chance. */
function isTitle({ class: length, path, tokens }: Item): boolean {
  return length === 'atom' && tokens.length > 1 && TITLE_PATH.test(path);
}

/**
 * Whether the call may write down what was read: its request asks for more than reading, or names what is written to,
 * and the tool is known to do something of its own. Where nothing was to be written, what a text says is what is done:
 * an order to another agent, the body of a request, a statement.
 */
function mayQuote(call: Call, said: ReadonlySet<string>): boolean {
  const { action, items, purpose } = call;
  if (action === null) return false;
  if (call.isMemory) return call.objectTokens.some((token) => said.has(token));
  if (purpose.terms.some((term) => term !== 'read')) return true;
  return items.some((item) => (item.idLike || isTitle(item)) && isSaid(item, said));
}

/**
 * Whether the item is a cell of a row, which goes to where the request says: to a sheet that it names, or into what
 * it calls as the tool does ("a row", "the table"). Of any other row a cell is a value like those beside it.
 */
function isAskedCell(item: Item, call: Call, said: ReadonlySet<string>): boolean {
  if (!ROW_PATH.test(item.path)) return false;
  if (!call.items.some((other) => other !== item && other.path === item.path)) return false;
  if (call.objectTokens.some((token) => said.has(token))) return true;
  return call.items.some((other) => other.path !== item.path && isSaid(other, said));
}

const NONE: readonly Item[] = [];

/** The arguments whose text may be a quotation: written for somebody to read, and not a value that is used. */
export function quotableOf(call: Call, said: ReadonlySet<string>): readonly Item[] {
  if (!mayQuote(call, said)) return NONE;
  return call.items.filter((item) => {
    if (item.class === 'atom' || item.idLike) return false;
    return TEXT_PATH.test(item.path) || isAskedCell(item, call, said);
  });
}

interface Writing {
  readonly call: Call;
  readonly said: ReadonlySet<string>;
  readonly quotable: readonly Item[];
}

/** Of a call that goes where the request says, a word that its text says too: "wants the report mailed to …". */
function isAbout(token: string, { call, said, quotable }: Writing): boolean {
  if (!quotable.some((item) => item.tokens.includes(token))) return false;
  return call.items.every((item) => !item.idLike || isSaid(item, said));
}

/**
 * It names what the call goes to or, beside a verb for it, what kind of thing that is; but not by a word of what the
 * text is about.
 */
function namesPlace({ tokens, actions }: PassageSeen, writing: Writing): boolean {
  const held = new Set(tokens);
  const { items, objectTokens } = writing.call;
  if (items.some((item) => item.idLike && item.tokens.some((token) => held.has(token))))
    return true;
  if (actions.length === 0) return false;
  return objectTokens.some((token) => held.has(token) && !isAbout(token, writing));
}

/**
 * It speaks of what the agent is to remember, though with no verb of an action: "remember that …"; but not of the memory
 * of a server, of which the text tells.
 */
function asksToRemember({ kind, tokens }: PassageSeen, writing: Writing): boolean {
  const { isMemory, objectTokens } = writing.call;
  if (!isMemory || kind !== 'mention') return false;
  return objectTokens.some((token) => tokens.includes(token) && !isAbout(token, writing));
}

function ordersToQuote(passage: PassageSeen, writing: Writing): boolean {
  if (isPlanted(passage) || asksToRemember(passage, writing)) return true;
  if (passage.kind === 'mention') return false;
  // A verb of no known language may be the call's.
  const done = actionFor(writing.call, passage);
  const asks = passage.actions.length === 0 || acts(done, passage.actions);
  return asks && namesPlace(passage, writing);
}

/** Whether a passage that holds the identifier orders it to be put into what the call writes. */
export function isQuotedByOrder(id: string, writing: Writing, { passages }: MatchContext): boolean {
  return passages.some((passage) => passage.ids.includes(id) && ordersToQuote(passage, writing));
}
