/** What was done, and how it ended. */
import type { AuditEvent, Effect } from '@waywarden/schemas';
import { isModelCall } from '../domain/acts.ts';
import { callEnding } from '../domain/call-ending.ts';
import { SHOWN_NAME_LENGTH_MAX, shortAgentName, shorten } from '../domain/short-text.ts';

export type Names<Role extends string> = Readonly<Record<Role, string>>;
export type NameLists<Role extends string> = Readonly<Record<Role, readonly string[]>>;
export type Numbers<Of extends string> = Readonly<Record<Of, number>>;
export type Flags<Is extends string> = Readonly<Record<Is, boolean>>;
export type Maybe<Role extends string> = Readonly<Record<Role, string | undefined>>;

const ATTEMPTS: Readonly<Record<Effect, string>> = {
  read: 'to read',
  create: 'to create something',
  update: 'to change something',
  delete: 'to delete something',
  execute: 'to run something',
  send: 'to send something',
  grant: 'to grant access',
  pay: 'to move money',
  configure: 'to change configuration',
  unknown: 'to act',
};

/** `to delete something`: an effect as what was tried. */
export const effectAttempt = (effect: Effect): string => ATTEMPTS[effect];

export function endingWords(event: AuditEvent): string {
  if (callEnding(event) === 'open') return 'which timed out';
  return event.outcome === 'cancelled' ? 'which was cancelled' : `which failed (${event.outcome})`;
}

function endedAs(event: AuditEvent): string {
  if (event.args?.features?.['dry_run'] === true) return 'a dry run';
  if (callEnding(event) === 'open') return 'timed out';
  const { outcome } = event;
  return outcome === 'denied' || outcome === 'cancelled' ? outcome : `failed: ${outcome}`;
}

const DEEDS: Readonly<Record<Effect, string>> = {
  read: 'read',
  create: 'created something',
  update: 'changed something',
  delete: 'deleted something',
  execute: 'ran something',
  send: 'sent something',
  grant: 'granted access',
  pay: 'moved money',
  configure: 'changed configuration',
  unknown: 'acted',
};

export const effectDeed = (effect: Effect): string => DEEDS[effect];

/** `sent something by send_email in prod`. */
export function deedOf(event: AuditEvent): string {
  const { effect } = event;
  const deed = callEnding(event) === 'done' ? DEEDS[effect] : `tried ${effectAttempt(effect)}`;
  const tool =
    event.tool === undefined ? '' : ` by ${shorten(event.tool.name, SHOWN_NAME_LENGTH_MAX)}`;
  const where = event.target?.environment;
  return `${deed}${tool}${where === undefined ? '' : ` in ${shorten(where, 16)}`}`;
}

/** The same, with how the call ended. */
export function deedInFull(event: AuditEvent): string {
  const deed = deedOf(event);
  return callEnding(event) === 'done' ? deed : `${deed} (${endedAs(event)})`;
}

export const modelDeed = (event: AuditEvent) =>
  isModelCall(event) ? ({ did: 'called its model', does: 'calls its model' } as const) : undefined;

export const shortAgent = (uid: string): string =>
  shorten(shortAgentName(uid), SHOWN_NAME_LENGTH_MAX);

/** `2026-03-01 10:00:00 UTC`. */
export const timeText = (time: string): string => `${time.slice(0, 19).replace('T', ' ')} UTC`;
