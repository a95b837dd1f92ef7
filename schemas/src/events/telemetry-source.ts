/** A telemetry source as `kind/instance`, of its token. */
import { z } from 'zod';
import { ID_LENGTH_MAX, NAME_LENGTH_MAX } from '../vocabulary/text-limits.ts';
import type { AuditEvent } from './audit-event.ts';

/** Beyond, none is named. */
export const ALERT_SOURCES_MAX = 8;

export const sourceName = z
  .string()
  .min(1)
  .max(NAME_LENGTH_MAX + 1 + ID_LENGTH_MAX);

export function sourceNameOf({ source }: Pick<AuditEvent, 'source'>): string {
  return `${source.kind}/${source.instance}`;
}

export function allSources(sources: Iterable<string | undefined>): readonly string[] | undefined {
  const named = new Set<string>();
  for (const one of sources) {
    if (one === undefined) return undefined;
    named.add(one);
  }
  if (named.size === 0 || named.size > ALERT_SOURCES_MAX) return undefined;
  return [...named].sort();
}
