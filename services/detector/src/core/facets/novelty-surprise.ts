/**
 * Whether something that is new to an agent is a surprise, once its peers were asked: what is common to them is
 * none, unless it can't be undone, and of an agent too young to be judged alone it is one only if none of
 * many peers ever did it.
 */
import type { AuditEvent, Effect, RegistryAgent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { PEER_LEVELS, type Peers, peersOf } from '../peers/peer-snapshots.ts';
import { askPeers, knowsEnough, type PeerValue } from '../peers/peer-values.ts';

/** What peers that all do it never silence: it takes away, gives away or pays. */
const LASTING: ReadonlySet<Effect> = new Set(['delete', 'grant', 'pay']);

/** Whether what is new alarms, and what peers say of it. */
export interface Surprise {
  readonly alarms: boolean;
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

export interface AskedValue {
  readonly feature: string;
  readonly print: string;
  readonly isYoung: boolean;
  readonly registered: RegistryAgent | undefined;
}

/** Undefined of a young agent where peers know too little, or know it. */
export function surpriseByPeers(
  draft: Draft,
  event: AuditEvent,
  { feature, print, isYoung, registered }: AskedValue,
): Surprise | undefined {
  const peers = peersOf(draft, event, {
    registered,
    knows: (snapshot) => knowsEnough(snapshot, feature, isYoung),
  });
  const said = peers && askPeers(peers, feature, print);
  if (isYoung) {
    return said?.isUnheardOf === true ? { isYoung, alarms: true, peers, said } : undefined;
  }
  const isQuiet = said?.isCommon === true && !LASTING.has(event.effect);
  return { isYoung, alarms: !isQuiet, peers, said };
}
