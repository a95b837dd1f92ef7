/**
 * How many bytes a call moved: what came back and what it handed over. Both, since what leaves stands in arguments
 * and what is hoarded in results; in one sum, since an agent that copies has as much of either.
 */
import type { AuditEvent } from '@waywarden/schemas';
import { counted } from '../short-text.ts';

export function byteCount({ args, result }: AuditEvent): number {
  return (args?.size ?? 0) + (result?.size ?? 0);
}

export const sayBytes = (sum: number): string => `${counted(sum, 'byte')} of arguments and results`;
