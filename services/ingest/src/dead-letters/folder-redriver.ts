/** Sends dead letters again in a log that no running ingest has: as ingest would after a start. */
import type { EventLog } from '@waywarden/event-log';
import { newRecentIds } from '../accept-events.ts';
import { recallEvents } from '../adapters/recall-events.ts';
import { readTokens } from '../adapters/token-store.ts';
import { Tenants, type TenantsOptions } from '../tenants.ts';
import { tokenAcceptor } from '../token-acceptor.ts';
import { Redriver } from './redrive.ts';

export interface FolderRedriverOptions extends TenantsOptions {
  readonly log: EventLog;
  readonly tokensPath: string;
  readonly nowMs: () => number;
}

export async function folderRedriver(options: FolderRedriverOptions): Promise<Redriver> {
  const { log, keyFile, tokensPath, nowMs } = options;
  const tenants = new Tenants(options, nowMs);
  const recent = newRecentIds();
  await recallEvents(log, (id, body) => recent.set(id, body));
  return new Redriver({
    log,
    keyFile,
    tokens: () => readTokens(tokensPath),
    acceptorFor: (token) => tokenAcceptor(token, tenants.parts(token.tenant), recent),
    nowMs,
  });
}
