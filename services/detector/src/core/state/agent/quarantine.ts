/** Work units that alarmed: for a week nothing in them is learnt. */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { dayOf } from '../../domain/day.ts';
import { isOn } from '../../domain/switched-off.ts';
import { type AgentRef, knownOf, storeKnown } from './agent-key.ts';
import { workOf } from './piece-of-work.ts';

export const QUARANTINED_MAX = 64;
const IN_HAND_DAYS = 7;

type Quarantined = readonly (readonly [chain: string, work: string, day: number])[];

const quarantinedOf = (transaction: Transaction, whose: AgentRef): Quarantined =>
  knownOf<Quarantined>(transaction, whose, 'quarantined') ?? [];

export function isQuarantined(transaction: Transaction, event: AuditEvent): boolean {
  const all = quarantinedOf(transaction, event);
  if (all.length === 0) return false;
  const work = shortPrint(workOf(event));
  return all.some(([, one, day]) => one === work && Math.abs(dayOf(event) - day) <= IN_HAND_DAYS);
}

export function quarantineChain(transaction: Transaction, event: AuditEvent): void {
  if (!isOn('quarantine')) return;
  const work = shortPrint(workOf(event));
  const all = quarantinedOf(transaction, event);
  const day = dayOf(event);
  if (all.some(([, one, since]) => one === work && since >= day)) return;
  const others = all.filter(([, one]) => one !== work);
  const own = [shortPrint(event.chain_id), work, day] as const;
  storeKnown(transaction, event, 'quarantined', [...others.slice(1 - QUARANTINED_MAX), own]);
}

export function releaseChain(transaction: Transaction, whose: AgentRef, chainId: string): void {
  const chain = shortPrint(chainId);
  const left = quarantinedOf(transaction, whose).filter(([one]) => one !== chain);
  storeKnown(transaction, whose, 'quarantined', left);
}
