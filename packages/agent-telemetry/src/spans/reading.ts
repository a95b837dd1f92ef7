/** What a record's conventions say of it: the first place of each field. */

import { firstValue, isClaimed, parsed } from '../model/place.ts';
import type { SpanRecord } from '../model/span-record.ts';
import type { Convention, ConventionTable, FieldName, SpanRole } from './convention-table.ts';

export const NAME_MAX = 512;

/** JSON strings lose their quotes. */
export function short(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const text = value.startsWith('"') ? parsed(value.slice(0, NAME_MAX)) : value;
    return text === '' || typeof text !== 'string' ? undefined : text.slice(0, NAME_MAX);
  }
  return typeof value === 'number' ? String(value) : undefined;
}

export class SpanReading {
  readonly record: SpanRecord;
  readonly conventions: readonly Convention[];
  readonly table: ConventionTable;

  constructor(record: SpanRecord, table: ConventionTable) {
    this.record = record;
    this.table = table;
    this.conventions = table.of(record);
  }

  has(role: SpanRole): boolean {
    return this.conventions.some(({ roles }) =>
      (roles.get(role) ?? []).some((fits) => fits(this.record)),
    );
  }

  value(field: FieldName): unknown {
    for (const { fields } of this.conventions) {
      const value = firstValue(fields.get(field), this.record);
      if (isClaimed(value) && !this.table.withheld.has(value)) return value;
    }
    return undefined;
  }

  name(field: FieldName): string | undefined {
    return short(this.value(field));
  }

  agentName(field: 'agent' | 'run' | 'label'): string | undefined {
    for (const { fields } of this.conventions) {
      for (const place of fields.get(field) ?? []) {
        const name = short(place(this.record));
        if (name !== undefined && !this.table.placeholders.has(name)) return name;
      }
    }
    return undefined;
  }

  /** No placeholder. */
  toolName(): string | undefined {
    let placeholder: string | undefined;
    for (const { fields } of this.conventions) {
      for (const place of fields.get('tool') ?? []) {
        const name = short(place(this.record));
        if (name !== undefined && !this.table.placeholders.has(name)) return name;
        placeholder ??= name;
      }
    }
    return placeholder;
  }

  get convention(): string {
    return this.conventions[0]?.name ?? 'none';
  }
}
