/**
 * How a source of telemetry is named where its events are gone: `kind/instance`, as its token has them.
 *
 * A text and no object: it is compared and shown, never taken apart. Nobody chooses it but who gives
 * out tokens, so a source cannot pass for another one or for many.
 */
import { z } from 'zod';
import { ID_LENGTH_MAX, NAME_LENGTH_MAX } from '../vocabulary/text-limits.ts';
import type { AuditEvent } from './audit-event.ts';

/** Sources that an alert names; one that rests on more names none. */
export const ALERT_SOURCES_MAX = 8;

export const sourceName = z
  .string()
  .min(1)
  .max(NAME_LENGTH_MAX + 1 + ID_LENGTH_MAX);

export function sourceNameOf({ source }: Pick<AuditEvent, 'source'>): string {
  return `${source.kind}/${source.instance}`;
}

/** The sources of several events, in order of their names. */
export function allSources(sources: Iterable<string | undefined>): readonly string[] | undefined {
  const named = new Set<string>();
  for (const one of sources) {
    if (one === undefined) return undefined;
    named.add(one);
  }
  if (named.size === 0 || named.size > ALERT_SOURCES_MAX) return undefined;
  return [...named].sort();
}
