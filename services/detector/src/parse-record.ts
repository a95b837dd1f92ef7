/** Records in: JSON, then the validator compiled from the contract, by the record's type. */
import type { LogRecord } from '@waywarden/event-log';
import {
  controlRecordSchema,
  HEADERS,
  validateAuditEvent,
  validatePrivilegeStep,
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
  return parseWith(record, validateAuditEvent);
}

export function parseStepRecord(record: LogRecord): Parsed {
  return parseWith(record, validatePrivilegeStep);
}
