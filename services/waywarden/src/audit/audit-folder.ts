/** `audit verify` of a data folder: by its owner, else from log and state. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ChainHead, storedHead } from '@waywarden/responder';
import { z } from 'zod';
import { UsageError } from '../input/command-output.ts';
import { askToWork } from '../owner/ask-to-work.ts';
import { dataPaths, ownerOf } from '../runtime/data-folder.ts';
import { openLogToRead } from '../runtime/log-identity.ts';
import type { Pipeline } from '../runtime/pipeline.ts';
import { type AuditReport, verifyAudit } from './verify-audit.ts';

export const AUDIT_PATH = '/v1/audit/verify';
const headSchema = z.object({
  seq: z.number().int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
const bodySchema = z.object({ head: headSchema.optional() }).nullish();

/** `SEQ:HASH`; else UsageError. */
export function readHead(text: string): ChainHead {
  const [seq, hash] = text.split(':');
  const head = headSchema.safeParse({ seq: Number(seq), hash });
  if (head.success) return head.data;
  throw new UsageError(
    `--head ${text}: write the number and the hash that an earlier "audit verify" has printed, as 17:0a1b…`,
  );
}

type OnProgress = (progress: { readonly what: string; readonly records: number }) => void;
const counted = (onProgress: OnProgress) => (records: number) =>
  onProgress({ what: 'decisions', records });

export async function auditRunning(
  { log, responder }: Pipeline,
  body: unknown,
  onProgress: OnProgress,
): Promise<AuditReport> {
  const retainedHead = bodySchema.parse(body)?.head;
  const stateHead = await responder.chainHead();
  return verifyAudit({ log, stateHead, retainedHead, onProgress: counted(onProgress) });
}

export async function auditFolder(
  folder: string,
  retainedHead: ChainHead | undefined,
  onProgress: OnProgress,
): Promise<AuditReport> {
  const paths = dataPaths(folder);
  if (!existsSync(paths.log)) {
    throw new UsageError(
      `${paths.root} holds no data (there is no ${paths.log}). Name the folder that "up" or "replay" used.`,
    );
  }
  const owner = ownerOf(paths);
  if (owner !== undefined) {
    const { url } = owner;
    if (url !== null) {
      const body = retainedHead === undefined ? {} : { head: retainedHead };
      return askToWork({ ...owner, url }, { path: AUDIT_PATH, body, onProgress });
    }
    throw new UsageError(
      `${paths.root} is in use by "waywarden ${owner.command}" (process ${owner.pid}), which answers no questions. Wait until it has ended.`,
    );
  }
  const log = await openLogToRead(paths);
  try {
    const stateHead = await storedHead(log, join(paths.state, 'responder'));
    return await verifyAudit({ log, stateHead, retainedHead, onProgress: counted(onProgress) });
  } finally {
    await log.close();
  }
}
