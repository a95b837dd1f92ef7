/**
 * Who had a secret in a result, and which of these explains a call with it: its own first, else the earliest other
 * that was meant to fetch it; proven before claimed.
 */
import { epochMs, type PrivilegeStep, shortPrint } from '@waywarden/schemas';
import { NOTES } from '../../alerting/shared-note.ts';
import { digits, PRINT_48, print, recordTable } from '../../domain/record-table.ts';
import {
  byFirst,
  firstOf,
  inOrder,
  isDelegated,
  isProvenStep,
  mergedUse,
  type Use,
} from './step-proof.ts';

export const FINDS_MAX = 8;
/** The first left out is forgotten. */
export const SIGHTS_MAX = 256;
/** Agent and kind, and when. */
const SIGHTS = recordTable({ who: print(PRINT_48), ms: digits(7) }, SIGHTS_MAX);

export interface Finds {
  readonly finds: readonly Use[];
  readonly sights?: string;
}

export interface Explained {
  readonly find: PrivilegeStep;
  readonly ownMs?: number;
  readonly exemption?: PrivilegeStep;
}

const printOf = (uid: string, kind: string) => shortPrint(`${kind}|${uid}`, PRINT_48);

function sightMs(sights: string, uid: string, kind: string): number | undefined {
  return SIGHTS.find(sights, printOf(uid, kind))?.ms;
}

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
  // The three earliest stay.
  const out = all.length > FINDS_MAX ? all[3] : undefined;
  if (out === undefined) return { ...known, finds: all };
  const sight = {
    who: printOf(out.agent_uid, out.activity),
    ms: epochMs(firstOf(out).event_time),
  };
  return { finds: all.filter((one) => one !== out), sights: SIGHTS.add(sights, sight) };
}

const isFetch = (one: PrivilegeStep) => one.activity === NOTES.secretFetched;

const sightsOf = (one: Use): readonly PrivilegeStep[] =>
  one.claimed === undefined ? [one] : [one.claimed, one];

const bestOf = (some: readonly PrivilegeStep[]) => some.find(isProvenStep) ?? some[0];

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

export function explainedBy(known: Finds, use: Use): Explained | undefined {
  const explained = findOf(known, use);
  const { claimed } = use;
  if (explained === undefined || claimed === undefined) return explained;
  if (findOf(known, claimed) !== undefined) return explained;
  return isProvenStep(explained.find) ? { ...explained, exemption: claimed } : undefined;
}
