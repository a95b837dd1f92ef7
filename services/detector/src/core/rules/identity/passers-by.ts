/** Evicts the state of unregistered agents with fewer than five calls: uids can be made up without end. */
import type { AuditEvent } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { NOVELTY_KINDS } from '../../baselines/novelty/kinds.ts';
import { agentPrint, keyAt } from '../../state/agent/agent-key.ts';
import { shownCalls } from '../composition/composition.ts';

/** The earliest with few calls makes room. */
export const PASSERS_MAX = 20_000;
const STAYING_CALLS_MIN = 5;

const NEXT = 'passing#next';

function partsInHand(transaction: Transaction, print: string): readonly string[] {
  const listOf = (name: string) => transaction.get<readonly string[]>(keyAt(print, name)) ?? [];
  const rows =
    transaction.get<readonly (readonly [task: string])[]>(keyAt(print, 'progress')) ?? [];
  const uses = transaction.get<readonly (readonly [chain: string])[]>(keyAt(print, 'chains')) ?? [];
  return [
    ...uses.map(([chain]) => keyAt(print, 'context', chain)),
    ...listOf('sighted').map((chain) => keyAt(print, 'sighted', chain)),
    ...rows.map(([task]) => keyAt(print, 'read', task)),
    ...listOf('tracked').map((alert) => keyAt(print, 'alert', alert)),
  ];
}

function forget(transaction: Transaction, print: string): void {
  for (const key of partsInHand(transaction, print)) transaction.delete(key);
  for (const name of [...KNOWN_NAMES, ...WORK_IN_HAND]) {
    transaction.delete(keyAt(print, name));
  }
}

export function notePasser(transaction: Transaction, event: AuditEvent, most = PASSERS_MAX): void {
  const position = (transaction.get<number>(NEXT) ?? 0) % most;
  const slot = `passing#${position}`;
  const earlier = transaction.get<string>(slot);
  const calls = earlier === undefined ? 0 : shownCalls(transaction.get(keyAt(earlier, 'composed')));
  if (earlier !== undefined && calls < STAYING_CALLS_MIN) forget(transaction, earlier);
  transaction.put(slot, agentPrint(event));
  transaction.put(NEXT, position + 1);
}

export const KNOWN_NAMES: readonly string[] = [
  ...NOVELTY_KINDS.map(({ name }) => `values|${name}`),
  'alive',
  'approved',
  'approved-earlier',
  'approving',
  'composed',
  'deciders',
  'expired-at',
  'verdicts',
  'quarantined',
  'leases',
  'lent',
  'noted',
  'overran',
  'places',
  'refused',
  'shown',
  'turns',
  'tasked',
  'unattended',
  'unregistered',
  'volume',
  'hours',
  'proven',
  'since',
  'instruction',
  'obeying',
  'standing',
  'clock',
  'pace',
  'reached',
  'ladder',
  'used',
  'hygiene',
  'approvals',
  'declared',
  'released',
  'effects',
  'rhythm',
  'sources',
];

export const WORK_IN_HAND: ReadonlySet<string> = new Set([
  'context',
  'chains',
  'planted',
  'sighted',
  'progress',
  'read',
  'alert',
  'tracked',
]);
