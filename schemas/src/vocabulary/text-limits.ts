/** Text bounds in UTF-16 units; ingest dead-letters the rest. */
import { z } from 'zod';

/** SPIFFE-ID.md, 2.3. */
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

/** `|` joins keys. */
export const tenantId = z
  .string()
  .min(1)
  .max(TENANT_ID_LENGTH_MAX)
  .regex(/^[^|]+$/);

const TIME_WORDS = 'a time such as 2026-11-24T09:00:00Z';
export const timestamp = z
  .string(TIME_WORDS)
  .max(40, TIME_WORDS)
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/, TIME_WORDS);

/** The canary's tenant: nothing in it is about anybody. */
export const CANARY_TENANT = 'waywarden.canary';
