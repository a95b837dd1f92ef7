/**
 * Whether several agents were misled by one text: from the second within a day, the text is stopped
 * instead of them, by one order. Several tasks of one agent are one.
 */
import type { Alert, Target } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';

/** Origins remembered at once; of more, the earliest are forgotten. */
const ORIGINS_MAX = 10_000;
/** Agents remembered of one origin; of more it is known anyway that they are several. */
const SUBJECTS_MAX = 64;
const DAY_MS = 86_400_000;

interface Victims {
  readonly target: Target;
  /** Absent in state of an earlier version, which counted tasks. */
  readonly agents?: readonly string[];
  readonly lastMs: number;
}

const NEXT = 'origins';

function rememberNew(draft: Draft, key: string): void {
  const next = draft.get<number>(NEXT) ?? 0;
  const slot = `${NEXT}|${next % ORIGINS_MAX}`;
  const evicted = draft.get<string>(slot);
  if (evicted !== undefined && evicted !== key) draft.delete(evicted);
  draft.put(slot, key);
  draft.put(NEXT, next + 1);
}

function note(draft: Draft, key: string, fresh: Victims, agentUid: string): Victims {
  const known = draft.get<Victims>(key);
  if (known === undefined) rememberNew(draft, key);
  const isOld = known === undefined || fresh.lastMs - known.lastMs > DAY_MS;
  const before = isOld ? fresh : { ...known, lastMs: Math.max(known.lastMs, fresh.lastMs) };
  const { agents = [] } = before;
  const isNoted = agents.includes(agentUid) || agents.length >= SUBJECTS_MAX;
  const next = isNoted ? before : { ...before, agents: [...agents, agentUid] };
  draft.put(key, next);
  return next;
}

/** Notes whom the alert's origins have reached. */
export function sharedOrigin(
  draft: Draft,
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
    const victims = note(draft, key, { target, lastMs: nowMs }, subject.agent_uid);
    if ((victims.agents?.length ?? 0) >= subjectsMin) shared ??= victims.target;
  }
  return shared;
}
