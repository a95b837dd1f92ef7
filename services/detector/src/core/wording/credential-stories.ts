/** Credentials in several hands; found secrets. */
import { joinedWords } from '../domain/short-text.ts';
import {
  type Flags,
  type NameLists,
  type Names,
  type Numbers,
  shortAgent,
  timeText,
} from './deeds.ts';

export type CredentialHolders = Numbers<'count'> & Flags<'isAtLeast'>;

const agentsText = ({ count, isAtLeast }: CredentialHolders) =>
  `${isAtLeast ? 'at least ' : ''}${count === 2 ? 'two' : count} agents`;

type InBothHands = Names<'who' | 'holder' | 'since' | 'holderSince'>;

export function passedOnWords(
  { who, holder, since, holderSince }: InBothHands,
  holders: CredentialHolders,
  isOnlyClaimed: boolean,
) {
  const doubt = isOnlyClaimed ? ' That it was handed over is only said.' : '';
  return {
    title: `${who} works with the credential of ${holder}, which handed it work`,
    summary: `${holder} calls with a credential since ${timeText(holderSince)}, and ${who}, which it handed work to, with the same one since ${timeText(since)}. It can't be taken away from one of them alone.${doubt}`,
    expected: 'a credential for each agent',
    observed: `one for ${agentsText(holders)}`,
    notVisible: ['Whether it was handed over on purpose is not visible.'],
  };
}

interface Shared
  extends InBothHands,
    NameLists<'others'>,
    Flags<'isOnlyClaimed' | 'isAnyOnlyClaimed' | 'isOrderOnlyClaimed' | 'isReportedBefore'> {
  readonly holders: CredentialHolders;
}

function whoElse({ who, holders, others, ...is }: Shared): string {
  const [names, agents] = [joinedWords(others), agentsText(holders)];
  const handed = is.isAnyOnlyClaimed
    ? 'nothing proves that it was handed to'
    : 'nobody handed it to';
  const either = names === '' ? '' : `; ${handed} ${names} either`;
  const old = is.isReportedBefore ? ` That it is shared was told before; ${who} is new to it.` : '';
  return `${agents.charAt(0).toUpperCase()}${agents.slice(1)} hold it${either}.${old}`;
}

export function credentialSharedWords(shared: Shared) {
  const { who, holder, since, holderSince, holders } = shared;
  const between = shared.isOnlyClaimed
    ? 'that one handed work to the other is only said: nothing proves it'
    : 'neither handed work to the other';
  const unseen: readonly (readonly [boolean, string])[] = [
    [
      true,
      'How it came from one to the other is not visible here, nor who else holds it and has not called with it.',
    ],
    [
      shared.isOnlyClaimed,
      'Whether one handed work to the other is not visible: what says so proves nothing.',
    ],
    [
      shared.isOrderOnlyClaimed,
      'Which of them called with it first is only said: what is proven has another order.',
    ],
  ];
  return {
    title: `${who} calls with a credential of ${holder}`,
    summary: `${holder} calls with this credential since ${timeText(holderSince)}; ${who} calls with the same one since ${timeText(since)}, and ${between}. ${whoElse(shared)}`,
    expected: `only ${holder} holds it`,
    observed: `${agentsText(holders)} hold it`,
    notVisible: unseen.filter(([is]) => is).map(([, text]) => text),
  };
}

export function revertedWords(summary: string, runs: string | undefined): string {
  const why =
    runs === undefined
      ? 'work was handed over to them.'
      : `each run of ${runs} is a new uid, so that all of them are one holder.`;
  return `${summary} Taken back: ${why}`;
}

type SecretUse = Names<'who' | 'finder' | 'foundAt' | 'beforeAt' | 'usedAt'> &
  Flags<'isOwn' | 'isOwnLater' | 'isBefore' | 'isFetched' | 'isExempt'>;

function whereFound({ isFetched, isOwnLater, ...use }: SecretUse): string {
  const [finder, at] = [shortAgent(use.finder), timeText(use.foundAt)];
  if (isFetched) return `${finder} fetched a secret at ${at}`;
  const too = isOwnLater ? `, as ${shortAgent(use.who)} did later` : '';
  return `A secret stood in a result that ${finder} read at ${at}${too}, by a call that is not there to give secrets`;
}

export function secretFoundUsedWords(use: SecretUse) {
  const { isOwn, isBefore, isFetched, isExempt } = use;
  const who = shortAgent(use.who);
  const before = isBefore
    ? `. That it did before, since ${timeText(use.beforeAt)}, is only said.`
    : ', and never did before.';
  const way = isOwn
    ? 'Who put the secret there is not visible.'
    : 'By which way it came from one agent to the other is not visible here.';
  const had = 'Whether it had the secret before is not visible: what says so proves nothing.';
  return {
    title: isOwn
      ? `${who} calls with a secret that it found`
      : `${who} calls with a secret that ${shortAgent(use.finder)} ${isFetched ? 'fetched' : 'found'}`,
    summary: `${whereFound(use)}. ${isOwn ? 'It' : who} calls with it as its credential since ${timeText(use.usedAt)}${before}`,
    expected: 'credentials that were issued to the agent or fetched by its grant',
    observed: isFetched ? 'one that another agent fetched' : 'one that stood in a result',
    notVisible: isExempt ? [way, had] : [way],
  };
}
