/**
 * One alert an outage: agents of a source that fell silent within an hour, with whose credentials are in use
 * (`count-silence.ts`). Limit: nothing tells which fell silent by themselves.
 */
import { type Alert, epochMs, type PrivilegeStep } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { NOTES } from '../../alerting/shared-note.ts';
import { restate } from '../../alerting/standing-alert.ts';
import { HOUR_MS } from '../../domain/day.ts';
import { rememberInRing } from '../../state/agent/bounded-lists.ts';
import type { SilentAgent } from '../../wording/silence.ts';
import type { SignalOutcome } from './count-silence.ts';
import { silenceAlert } from './count-silence.ts';

export const OUTAGE_SOURCES_MAX = 10_000;
const OUTAGES_MAX = 8;
const SILENT_MAX = 256;
const USES_MAX = 4;
const REPORTED_ONE_BY_ONE = 16;
const RING = 'outages';

interface Silent extends SilentAgent {
  readonly counts: Readonly<Record<string, number>>;
}

interface Outage {
  readonly sinceMs: number;
  readonly agents: readonly Silent[];
  readonly last?: Alert;
  readonly reportedCount: number;
}

const isOf = (uid: string) => (one: Silent) => one.silence.agent_uid === uid;

function begun(outages: readonly Outage[], step: PrivilegeStep): readonly Outage[] {
  const ms = epochMs(step.event_time);
  const fresh: Silent = { silence: step, uses: [], count: 0, counts: {} };
  const at = outages.findIndex(({ sinceMs }) => Math.abs(ms - sinceMs) <= HOUR_MS);
  if (at < 0) {
    return [...outages, { sinceMs: ms, agents: [fresh], reportedCount: 0 }].slice(-OUTAGES_MAX);
  }
  return outages.map((one, n) =>
    n !== at || one.agents.length >= SILENT_MAX || one.agents.some(isOf(step.agent_uid))
      ? one
      : { ...one, agents: [...one.agents, fresh] },
  );
}

function ended(outages: readonly Outage[], uid: string): readonly Outage[] {
  return outages.flatMap((one) => {
    const agents = one.agents.filter((agent) => !isOf(uid)(agent));
    return agents.length === 0
      ? []
      : [agents.length === one.agents.length ? one : { ...one, agents }];
  });
}

function withUse(agent: Silent, step: PrivilegeStep): Silent {
  const token = step.credential_uid ?? '';
  const counts = {
    ...agent.counts,
    [token]: Math.max(agent.counts[token] ?? 0, step.noted_count ?? 1),
  };
  const time = step.noted_since_ms ?? epochMs(step.event_time);
  const uses = [...agent.uses, step]
    .sort((a, b) => (a.noted_since_ms ?? time) - (b.noted_since_ms ?? time))
    .slice(0, USES_MAX);
  return {
    ...agent,
    uses,
    counts,
    count: Object.values(counts).reduce((sum, one) => sum + one, 0),
  };
}

function conclude(outage: Outage, source: string, at: string): { outage: Outage; alert?: Alert } {
  const used = outage.agents.filter(({ count }) => count > 0);
  const others = outage.agents.filter(({ count }) => count === 0);
  const found = { silent: used, others: others.map(({ silence }) => silence.agent_uid), source };
  const fresh = silenceAlert(found, at);
  const { last, reportedCount: reported } = outage;
  const isMore =
    used.length > reported && (used.length <= REPORTED_ONE_BY_ONE || used.length >= reported * 2);
  const alert = restate(last, fresh, isMore);
  if (alert === undefined) return { outage };
  return { outage: { ...outage, last: alert, reportedCount: used.length }, alert };
}

export function countOutage(
  transaction: Transaction,
  step: PrivilegeStep,
  at: string,
): SignalOutcome {
  const source = (step.workload ?? '').slice('outage/'.length);
  const key = `outage/${JSON.stringify([step.tenant_id, source])}`;
  const known = transaction.get<readonly Outage[]>(key);
  if (known === undefined) rememberInRing(transaction, RING, key, OUTAGE_SOURCES_MAX);
  const before = known ?? [];
  if (step.activity === NOTES.silenceBegun) transaction.put(key, begun(before, step));
  if (step.activity === NOTES.silenceEnded) transaction.put(key, ended(before, step.agent_uid));
  if (step.activity !== NOTES.usedWhileSilent) return {};
  const uid = step.noted_agent_uid ?? '';
  const place = before.findIndex(({ agents }) => agents.some(isOf(uid)));
  const outage = before[place];
  if (outage === undefined) return {};
  const agents = outage.agents.map((one) => (isOf(uid)(one) ? withUse(one, step) : one));
  const concluded = conclude({ ...outage, agents }, source, at);
  transaction.put(
    key,
    before.map((one, n) => (n === place ? concluded.outage : one)),
  );
  return concluded.alert === undefined ? {} : { alert: concluded.alert };
}
