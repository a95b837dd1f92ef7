/**
 * Whether something that is new to an agent is a surprise, once its peers were asked: what is common to them is
 * none, unless it can't be undone, and of an agent too young to be judged alone it is one only if none of
 * many peers ever did it and these bring next to nothing of their own. What none of many did and can't be undone is
 * told of a young agent whatever else its peers do, as less grave.
 */
import type { AuditEvent, Effect, RegistryAgent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { PEER_LEVELS, type Peers, peersOf } from '../peers/peer-snapshots.ts';
import { askPeers, knowsEnough, type PeerValue, UNHEARD_CHANCE } from '../peers/peer-values.ts';
import { effectRank } from './novelty-chance.ts';

/** What peers that all do it never silence: it takes away, gives away or pays. */
export const LASTING: ReadonlySet<Effect> = new Set(['delete', 'grant', 'pay']);

/** Whether what is new alarms, and what peers say of it. */
export interface Surprise {
  readonly alarms: boolean;
  /** Not as grave as it would be: peers all do it, or its newness alone says little. */
  readonly isMild: boolean;
  /** Its own history is too short, so that peers decide. */
  readonly isYoung: boolean;
  readonly peers?: Peers | undefined;
  readonly said?: PeerValue | undefined;
}

export function saidOf({ peers, said }: Partial<Surprise> = {}): string {
  if (peers === undefined || said === undefined) return '';
  const whose = peers.level === PEER_LEVELS.tenant ? 'agents of its tenant' : 'of its peers';
  return `; ${said.have} of ${said.agents} ${whose} ${said.have === 1 ? 'has' : 'have'}`;
}

/** What the reason says where peers decide: what they do, how often one brings something new, and from where on. */
export function surprisedPeers(
  { isYoung, isMild, peers, said }: Partial<Surprise> = {},
  effect?: Effect,
) {
  if (isYoung !== true || peers === undefined || said === undefined) return undefined;
  const { agents, newChance } = said;
  const whose = peers.level === PEER_LEVELS.tenant ? 'agents of its tenant' : 'peers';
  return {
    expected: `something that one of ${agents} ${whose} has done`,
    observed: `never before, and by none of ${agents} ${whose}`,
    // With an effect as rare among what one more agent brings; of what each has its own that says nothing.
    p_value: Number((newChance * (effect === undefined ? 1 : effectRank(effect))).toPrecision(6)),
    baseline_n: agents,
    level: peers.level,
    // What can't be undone is told whatever the chance.
    ...(isMild === true ? {} : { threshold: UNHEARD_CHANCE }),
  };
}

export interface AskedValue {
  readonly feature: string;
  readonly print: string;
  readonly isYoung: boolean;
  /** Each agent has such values of its own: that others have one makes nothing quiet. */
  readonly isOwn: boolean;
  /** It says what kind of agent it is: that somebody in the tenant has it makes nothing quiet. */
  readonly isOfKind: boolean;
  readonly registered: RegistryAgent | undefined;
}

/** Undefined of a young agent where peers know too little, or know it. */
export function surpriseByPeers(
  draft: Draft,
  event: AuditEvent,
  { feature, print, isYoung, isOwn, isOfKind, registered }: AskedValue,
): Surprise | undefined {
  const peers = peersOf(draft, event, {
    registered,
    knows: (snapshot) => knowsEnough(snapshot, feature, isYoung),
  });
  const said = peers && askPeers(peers, feature, print);
  if (isYoung) {
    const isLasting = said?.isLacking === true && LASTING.has(event.effect) && !isOwn;
    if (said?.isUnheardOf !== true && !isLasting) return undefined;
    return { isYoung, alarms: true, isMild: said?.isUnheardOf !== true, peers, said };
  }
  const isOther = isOfKind && peers?.level === PEER_LEVELS.tenant;
  const isCommon = said?.isCommon === true && !isOther;
  const isQuiet = isCommon && !isOwn && !LASTING.has(event.effect);
  return { isYoung, alarms: !isQuiet, isMild: isCommon, peers, said };
}
