/**
 * What may truthfully be said about a command: `contained` only when every required receiver
 * applied it and nothing it left behind is still usable. A command without a required receiver is
 * never contained. Whether the subject really stopped (confirmed, leaked) and whether an issuer
 * could mint anew is not known here: this says what receivers claim and no more.
 */
import type { IssuedCommand } from './issued-command.ts';

const CONTAINMENT_STATES = [
  'issued',
  'accepted',
  'failed',
  'partly_applied',
  'applied_still_usable',
  'contained',
  'restored',
  'lapsed',
] as const;
export type ContainmentState = (typeof CONTAINMENT_STATES)[number];

export function containmentState(issued: IssuedCommand, nowMs: number): ContainmentState {
  if (issued.restored) return 'restored';
  if (issued.expiresMs <= nowMs) return 'lapsed';
  const said = Object.values(issued.receivers);
  const applied = said.filter((one) => one.state === 'applied');
  const isComplete =
    issued.required.length > 0 &&
    issued.required.every((id) => issued.receivers[id]?.state === 'applied');
  if (isComplete) {
    const isUsable = applied.some((one) => (one.usableUntilMs ?? 0) > nowMs);
    return isUsable ? 'applied_still_usable' : 'contained';
  }
  if (applied.length > 0 || said.some((one) => one.state === 'partial')) return 'partly_applied';
  if (said.some((one) => one.state !== 'accepted')) return 'failed';
  return said.length > 0 ? 'accepted' : 'issued';
}
