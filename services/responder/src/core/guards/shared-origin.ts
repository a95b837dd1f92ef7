/**
 * Several agents misled by one text: from the second in a day the text is stopped instead. Tasks of one agent are
 * one.
 */
import type { Alert, Target } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';

/** The earliest are forgotten. */
const ORIGINS_MAX = 10_000;
/** Beyond, they are several anyway. */
const SUBJECTS_MAX = 64;
const DAY_MS = 86_400_000;

interface Victims {
  readonly target: Target;
  readonly agents?: readonly string[];
  readonly lastMs: number;
}

const NEXT = 'origins';

function rememberNew(transaction: Transaction, key: string): void {
  const next = transaction.get<number>(NEXT) ?? 0;
  const slot = `${NEXT}|${next % ORIGINS_MAX}`;
  const evicted = transaction.get<string>(slot);
  if (evicted !== undefined && evicted !== key) transaction.delete(evicted);
  transaction.put(slot, key);
  transaction.put(NEXT, next + 1);
}

function note(transaction: Transaction, key: string, fresh: Victims, agentUid: string): Victims {
  const known = transaction.get<Victims>(key);
  if (known === undefined) rememberNew(transaction, key);
  const isOld = known === undefined || fresh.lastMs - known.lastMs > DAY_MS;
  const before = isOld ? fresh : { ...known, lastMs: Math.max(known.lastMs, fresh.lastMs) };
  const { agents = [] } = before;
  const isNoted = agents.includes(agentUid) || agents.length >= SUBJECTS_MAX;
  const next = isNoted ? before : { ...before, agents: [...agents, agentUid] };
  transaction.put(key, next);
  return next;
}

export function sharedOrigin(
  transaction: Transaction,
  alert: Alert,
  { subjectsMin, nowMs }: { readonly subjectsMin: number; readonly nowMs: number },
): Target | undefined {
  const { tenant_id: tenantId, subject } = alert;
  let shared: Target | undefined;
  for (const origin of alert.origins ?? []) {
    const key = `origin|${tenantId}|${origin.fp ?? ''}|${origin.resource_id ?? ''}|${origin.sender ?? ''}`;
    const target = {
      level: 'origin',
      tenant_id: tenantId,
      agent_uid: subject.agent_uid,
      ...origin,
    };
    const victims = note(transaction, key, { target, lastMs: nowMs }, subject.agent_uid);
    if ((victims.agents?.length ?? 0) >= subjectsMin) shared ??= victims.target;
  }
  return shared;
}
