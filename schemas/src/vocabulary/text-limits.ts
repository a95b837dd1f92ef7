/**
 * The longest that a text field of each kind may be, in UTF-16 units. Attackers choose what stands
 * in telemetry, so every string on the wire has a bound; ingest dead-letters what exceeds it.
 */
import { z } from 'zod';

/** SPIFFE IDs MUST be supported up to 2,048 bytes (SPIFFE-ID.md, section 2.3). */
export const AGENT_UID_LENGTH_MAX = 2048;
export const ID_LENGTH_MAX = 512;
export const NAME_LENGTH_MAX = 256;
export const TEXT_LENGTH_MAX = 4096;
export const TENANT_ID_LENGTH_MAX = 128;

export const agentUid = z.string().min(1).max(AGENT_UID_LENGTH_MAX);
export const id = z.string().min(1).max(ID_LENGTH_MAX);
export const name = z.string().min(1).max(NAME_LENGTH_MAX);
export const text = z.string().max(TEXT_LENGTH_MAX);
/** A fingerprint or token hash: base64url of a truncated HMAC. */
export const hash = z.string().min(1).max(128);

/** `|` joins the parts of keys and derived ids, so a tenant id may not hold it. */
export const tenantId = z
  .string()
  .min(1)
  .max(TENANT_ID_LENGTH_MAX)
  .regex(/^[^|]+$/);

/** RFC 3339 with a zone, up to nanoseconds. */
const TIME_WORDS = 'a time such as 2026-11-24T09:00:00Z';
export const timestamp = z
  .string(TIME_WORDS)
  .max(40, TIME_WORDS)
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/, TIME_WORDS);
