/** Pieces of work that alarmed: what comes in them for a week after teaches nothing, since it belongs to the same attack. */
import { type AuditEvent, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { dayOf } from '../../domain/day.ts';
import { isOn } from '../../domain/switched-off.ts';
import type { Whose } from './agent-key.ts';
import { keepKnown, knownOf } from './known-of-agent.ts';
import { workOf } from './piece-of-work.ts';

/** Who makes more alarms than these is not believed to be well. */
export const QUARANTINED_MAX = 64;
const HELD_DAYS = 7;

type Quarantined = readonly (readonly [chain: string, work: string, day: number])[];

const quarantinedOf = (draft: Draft, whose: Whose): Quarantined =>
  knownOf<Quarantined>(draft, whose, 'quarantined') ?? [];

export function isQuarantined(draft: Draft, event: AuditEvent): boolean {
  const all = quarantinedOf(draft, event);
  if (all.length === 0) return false;
  const work = shortPrint(workOf(event));
  return all.some(([, one, day]) => one === work && Math.abs(dayOf(event) - day) <= HELD_DAYS);
}

/** After an alarm. */
export function quarantineChain(draft: Draft, event: AuditEvent): void {
  if (!isOn('quarantine')) return;
  const work = shortPrint(workOf(event));
  const all = quarantinedOf(draft, event);
  const day = dayOf(event);
  if (all.some(([, one, since]) => one === work && since >= day)) return;
  const others = all.filter(([, one]) => one !== work);
  const own = [shortPrint(event.chain_id), work, day] as const;
  keepKnown(draft, event, 'quarantined', [...others.slice(1 - QUARANTINED_MAX), own]);
}

/** After a verdict. */
export function releaseChain(draft: Draft, whose: Whose, chainId: string): void {
  const chain = shortPrint(chainId);
  const left = quarantinedOf(draft, whose).filter(([one]) => one !== chain);
  keepKnown(draft, whose, 'quarantined', left);
}
