import type { AuditEvent, Severity } from '@waywarden/schemas';
import { ACT_ACTIVITIES } from '../../domain/acts.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/day.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import type { MeasureName, Span } from '../../wording/volume.ts';

export interface Measure {
  readonly name: MeasureName;
  /** 0 or undefined: nothing. */
  readonly amountOf: (event: AuditEvent) => number | undefined;
  readonly severity: Severity;
  readonly alike: string;
  readonly floors: Readonly<Partial<Record<Span, number>>>;
  readonly taxonomy: {
    readonly owasp: string[];
    readonly atlas?: string[];
    readonly attack?: string[];
  };
}

/** A day is a calendar day (UTC). */
export const SPAN_MS: Readonly<Partial<Record<Span, number>>> = {
  minutes: 10 * MINUTE_MS,
  hour: HOUR_MS,
};
const FAILED: ReadonlySet<string> = new Set(['tool_error', 'protocol_error']);

/** Started or completed. */
const isAct = ({ activity }: AuditEvent) => ACT_ACTIVITIES.has(activity);

function wholeNumber(count: unknown): number | undefined {
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : undefined;
}

/** Undefined: neither is reported. */
export function recordCountOf({ args, result }: AuditEvent): number | undefined {
  const asked = wholeNumber(args?.features?.['records']);
  const got = wholeNumber(result?.features?.['records']);
  if (asked === undefined) return got;
  return got === undefined ? asked : Math.max(asked, got);
}

export const MEASURES: readonly Measure[] = [
  {
    name: 'calls',
    amountOf: (event) => (isAct(event) ? 1 : 0),
    severity: RULE_SEVERITIES['volume of calls'].plain,
    alike: 'calls',
    floors: { minutes: 40, hour: 50, day: 80, task: 15 },
    taxonomy: { owasp: ['ASI02'], atlas: ['AML.T0029'] },
  },
  {
    name: 'failed_calls',
    amountOf: ({ outcome }) => (FAILED.has(outcome) ? 1 : 0),
    severity: RULE_SEVERITIES['volume of failed_calls'].plain,
    alike: 'calls',
    floors: { hour: 30 },
    taxonomy: { owasp: ['ASI08'], attack: ['T1499'] },
  },
  {
    name: 'denied_calls',
    amountOf: ({ outcome }) => (outcome === 'denied' ? 1 : 0),
    severity: RULE_SEVERITIES['volume of denied_calls'].plain,
    alike: 'denials',
    floors: { hour: 15 },
    taxonomy: { owasp: ['ASI02'], attack: ['T1110'] },
  },
  {
    name: 'records',
    amountOf: (event) => (isAct(event) ? recordCountOf(event) : 0),
    severity: RULE_SEVERITIES['volume of records'].plain,
    alike: 'data',
    floors: { hour: 500, day: 1000 },
    taxonomy: { owasp: ['ASI02'], attack: ['T1213'] },
  },
  {
    name: 'bytes',
    amountOf: (event) => (isAct(event) ? (event.args?.size ?? 0) + (event.result?.size ?? 0) : 0),
    severity: RULE_SEVERITIES['volume of bytes'].plain,
    alike: 'data',
    floors: { hour: 5_000_000, day: 20_000_000 },
    taxonomy: { owasp: ['ASI02'], attack: ['T1213'] },
  },
  {
    name: 'tokens',
    amountOf: ({ model }) => (model?.tokens_in ?? 0) + (model?.tokens_out ?? 0),
    severity: RULE_SEVERITIES['volume of tokens'].plain,
    alike: 'tokens',
    floors: { hour: 150_000, day: 800_000 },
    taxonomy: { owasp: ['ASI08'], atlas: ['AML.T0034'] },
  },
];

export const COUNTED: ReadonlySet<string> = new Set([...ACT_ACTIVITIES, 'model_call']);
