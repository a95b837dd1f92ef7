/** What joins the calls of a proof, in words. */
import type { PrivilegeStep, StepLink } from '@waywarden/schemas';
import {
  joinedWords,
  SUMMARY_NAME_LENGTH_MAX,
  shortAgentName,
  shorten,
  TITLE_NAME_LENGTH_MAX,
} from '../domain/short-text.ts';

export interface ChainCall {
  readonly n: number;
  readonly wire: PrivilegeStep;
}

export interface JoinedCalls {
  readonly from: ChainCall;
  readonly to: ChainCall;
  readonly via: StepLink;
  readonly doubtful: boolean;
}

export const displayName = (uid: string) => shorten(shortAgentName(uid), SUMMARY_NAME_LENGTH_MAX);
export const titleName = (uid: string) => shorten(shortAgentName(uid), TITLE_NAME_LENGTH_MAX);
export const stepAgentName = ({ wire }: ChainCall) => displayName(wire.agent_uid);
export const stepToolName = ({ wire }: ChainCall) =>
  shorten(wire.tool?.name ?? wire.activity, SUMMARY_NAME_LENGTH_MAX);

/** The most telling first. */
const VALUE_WORDS: readonly (readonly [kind: string, words: string])[] = [
  ['secret', 'a secret'],
  ['token', 'a token'],
  ['iban', 'a bank account'],
  ['account', 'an account'],
  ['document_number', 'a document number'],
  ['email', 'an e-mail address'],
  ['phone', 'a phone number'],
  ['url', 'a web address'],
  ['shingle', 'a passage of text'],
];

const callName = (call: ChainCall) => `${stepAgentName(call)}’s ${stepToolName(call)}`;

interface Shared {
  readonly words: readonly string[];
  readonly isReturned: boolean;
}

function sharedValues({ from, to }: JoinedCalls): Shared {
  const taken = new Set(to.wire.arg_values.map((value) => value.fp));
  const returned =
    from.wire.exercise !== 'attempted'
      ? from.wire.result_values.filter((value) => taken.has(value.fp))
      : [];
  const isReturned = returned.length > 0;
  const found = isReturned ? returned : from.wire.arg_values.filter(({ fp }) => taken.has(fp));
  const kinds = new Set(found.map((value) => value.kind));
  const known = VALUE_WORDS.filter(([kind]) => kinds.has(kind)).map(([, words]) => words);
  return {
    words: known.length === 0 ? ['a value'] : known.slice(0, 3),
    isReturned,
  };
}

/** `from` is "there" where the call was just named. */
function flowWords(link: JoinedCalls, isJustNamed: boolean): string {
  const { words, isReturned } = sharedValues(link);
  const what = joinedWords(words);
  const [from, to] = [callName(link.from), callName(link.to)];
  if (isReturned && !link.doubtful) {
    return `${what} went from ${isJustNamed ? 'there' : from} into ${to}`;
  }
  const order = link.doubtful ? ' (which came first is not certain)' : '';
  return `${what} ${words.length > 1 ? 'stand' : 'stands'} in both ${from} and ${to}${order}`;
}

function secretWords({ from, to }: JoinedCalls, first: string, second: string): string {
  const fp = to.wire.credential_fp;
  const isReturned = from.wire.result_values.some((value) => value.fp === fp);
  return isReturned
    ? `a secret from ${first} was the credential of ${second}`
    : `the credential that ${first} created was used for ${second}`;
}

function linkWords(link: JoinedCalls, isJustNamed: boolean): string {
  const [from, to] = [callName(link.from), callName(link.to)];
  switch (link.via) {
    case 'data_flow':
      return flowWords(link, isJustNamed);
    case 'secret_use':
      return secretWords(link, from, to);
    case 'resource':
      return `${to} read what ${from} had written`;
    case 'delegation':
      return `a hand-over leads from ${from} to ${to}`;
    case 'grantee':
      return `${from} gave access to whoever made ${to}`;
    case 'same_object':
      return `${from} and ${to} acted on the same object`;
    case 'derived_credential':
      return `the credential of ${to} was derived from that of ${from}`;
    case 'context':
      return `${from} and ${to} were made in one task of one agent`;
  }
}

export function linksSentence(links: readonly JoinedCalls[]): string {
  const sentences = links
    .slice(0, 4)
    .map((link, n) => linkWords(link, links[n - 1]?.to.n === link.from.n));
  const more = links.length - sentences.length;
  return joinedWords(
    more > 0 ? [...sentences, `${more} more such link${more === 1 ? '' : 's'}`] : sentences,
  );
}
