/** Records in: JSON, then the validator compiled from the contract, by the record's type. */
import type { LogRecord } from '@waywarden/event-log';
import {
  baselineControlSchema,
  controlRecordSchema,
  HEADERS,
  validateAuditEvent,
  validateBaselinePartial,
  validatePrivilegeLink,
  validatePrivilegeStep,
  validateValueFlow,
  verdictControlSchema,
  watermarkSchema,
} from '@waywarden/schemas';
import { type Parsed, parseJson } from '@waywarden/stage';

type Validator = (value: unknown) => boolean;

function parseWith(record: LogRecord, validateEvent: Validator): Parsed {
  const parsed = parseJson(record);
  if ('refused' in parsed) return parsed;
  switch (record.headers[HEADERS.type]) {
    case 'watermark':
      return watermarkSchema.safeParse(parsed.value).success
        ? parsed
        : { refused: 'watermark_invalid' };
    case 'control': {
      const control = controlRecordSchema.safeParse(parsed.value);
      return control.success ? { value: control.data } : { refused: 'control_invalid' };
    }
    default:
      return validateEvent(parsed.value) ? parsed : { refused: 'record_invalid' };
  }
}

export function parseEventRecord(record: LogRecord): Parsed {
  if (record.headers[HEADERS.type] !== 'control') return parseWith(record, validateAuditEvent);
  const parsed = parseJson(record);
  if ('refused' in parsed) return parsed;
  const snapshot = baselineControlSchema.safeParse(parsed.value);
  if (snapshot.success) return { value: snapshot.data };
  return parseVerdict(record) ?? parseWith(record, validateAuditEvent);
}

function parseVerdict(record: LogRecord): Parsed | undefined {
  const parsed = parseJson(record);
  if ('refused' in parsed) return parsed;
  const verdict = verdictControlSchema.safeParse(parsed.value);
  return verdict.success ? { value: verdict.data } : undefined;
}

export function parsePartialRecord(record: LogRecord): Parsed {
  return parseWith(record, validateBaselinePartial);
}

export function parseFlowRecord(record: LogRecord): Parsed {
  return parseWith(record, validateValueFlow);
}

export function parseLinkRecord(record: LogRecord): Parsed {
  return parseWith(record, validatePrivilegeLink);
}

/** Links stand among the steps (`decide-link.ts`). */
function validateStepOrLink(value: unknown): boolean {
  const isLink = typeof value === 'object' && value !== null && 'from_event' in value;
  return isLink ? validatePrivilegeLink(value) : validatePrivilegeStep(value);
}

export function parseStepRecord(record: LogRecord): Parsed {
  if (record.headers[HEADERS.type] !== 'control') return parseWith(record, validateStepOrLink);
  return parseVerdict(record) ?? parseWith(record, validateStepOrLink);
}
