/**
 * Who had a secret in a result, and which of these sights explains that an agent calls with it. Its own comes first:
 * what it fetched by its grant is its own, and what it found itself it need not have from anybody. Of others the
 * earliest explains it, if it is none that handed it work, as provably as who both are, and was meant to fetch it. A
 * sight that is proven goes before one that is only said.
 */
import { epochMs, type PrivilegeStep, shortPrint } from '@waywarden/schemas';
import { NOTES } from '../../alerting/shared-note.ts';
import { fromDigits, toDigits } from '../../domain/print-table.ts';
import { inOrder } from './step-order.ts';
import { byFirst, firstOf, isDelegated, isProvenStep, mergedUse, type Use } from './step-proof.ts';

/** Sights that are kept whole. */
export const FINDS_MAX = 8;
const EARLIEST = 3;
/** Sights beyond those of which agent and time are remembered; the one that was left out first is forgotten. */
export const SIGHTS_MAX = 256;
const PRINT_LENGTH = 8;
/** Milliseconds in seven digits reach to the year 2109. */
const TIME_LENGTH = 7;
const WIDTH = PRINT_LENGTH + TIME_LENGTH;

export interface Finds {
  /** The first sight of each agent and kind, in order, and the first proven one. */
  readonly finds: readonly Use[];
  /** Those that are not kept whole: a print of agent and kind, and when. */
  readonly sights?: string;
}

export interface Explained {
  readonly find: PrivilegeStep;
  /** When it stood in a result of who calls with it, where that is not what is named. */
  readonly ownMs?: number;
  /** A call before it, which nothing explains and nothing proves, of one that is proven to have found it. */
  readonly exemption?: PrivilegeStep;
}

const printOf = (uid: string, kind: string) => shortPrint(`${kind}|${uid}`, PRINT_LENGTH);

/** When one that is not kept whole had it. */
function sightMs(sights: string, uid: string, kind: string): number | undefined {
  const print = printOf(uid, kind);
  for (let at = 0; at < sights.length; at += WIDTH) {
    if (sights.startsWith(print, at))
      return fromDigits(sights.slice(at + PRINT_LENGTH, at + WIDTH));
  }
  return undefined;
}

/** The earliest of each agent and kind, and the earliest proven one. */
function withFirst(known: readonly Use[], step: PrivilegeStep): readonly Use[] {
  const isSame = (one: Use) => one.agent_uid === step.agent_uid && one.activity === step.activity;
  const before = known.find(isSame);
  const now = before === undefined ? step : mergedUse(step, before);
  return now === before ? known : [...known.filter((one) => one !== before), now].sort(byFirst);
}

export function withFind(known: Finds, step: PrivilegeStep): Finds {
  const { sights = '' } = known;
  if (sightMs(sights, step.agent_uid, step.activity) !== undefined) return known;
  const all = withFirst(known.finds, step);
  const out = all.length > FINDS_MAX ? all[EARLIEST] : undefined;
  if (out === undefined) return { ...known, finds: all };
  const record =
    printOf(out.agent_uid, out.activity) + toDigits(epochMs(firstOf(out).event_time), TIME_LENGTH);
  return {
    finds: all.filter((one) => one !== out),
    sights: (sights + record).slice(-SIGHTS_MAX * WIDTH),
  };
}

const isFetch = (one: PrivilegeStep) => one.activity === NOTES.secretFetched;

const sightsOf = (one: Use): readonly PrivilegeStep[] =>
  one.claimed === undefined ? [one] : [one.claimed, one];

const bestOf = (some: readonly PrivilegeStep[]) => some.find(isProvenStep) ?? some[0];

/** The sight that explains a call with it and should not have led to one. */
function findOf({ finds, sights = '' }: Finds, use: PrivilegeStep): Explained | undefined {
  const before = finds.flatMap(sightsOf).filter((one) => inOrder(one, use) < 0);
  before.sort(inOrder);
  const own = before.filter((one) => one.agent_uid === use.agent_uid);
  const since = (kind: string) => {
    const ms = sightMs(sights, use.agent_uid, kind);
    return ms !== undefined && ms <= epochMs(use.event_time) ? ms : undefined;
  };
  if (own.some(isFetch) || since(NOTES.secretFetched) !== undefined) return undefined;
  const find =
    bestOf(own) ?? bestOf(before.filter((one) => !(isFetch(one) && isDelegated(one, use))));
  const ownMs = own.length > 0 ? undefined : since(NOTES.secretFound);
  return find === undefined ? undefined : { find, ...(ownMs === undefined ? {} : { ownMs }) };
}

/** The same of all calls of an agent, of which the first may be only said. */
export function explainedBy(known: Finds, use: Use): Explained | undefined {
  const explained = findOf(known, use);
  const { claimed } = use;
  if (explained === undefined || claimed === undefined) return explained;
  if (findOf(known, claimed) !== undefined) return explained;
  return isProvenStep(explained.find) ? { ...explained, exemption: claimed } : undefined;
}
