/**
 * Which workloads bring a new uid with every run, so that none of their agents ever has a history to be judged by.
 *
 * By days: a workload of agents that nobody registered, where new ones came on three days of the last thirty and
 * where an agent is at work on fewer days than a history takes. Where agents come back, each is judged by itself, and
 * what one of them is new at says nothing of the rest. Workload and issuer are those by which first values are noted
 * (`newcomer-notes.ts`). Each partition counts the agents that it sees.
 */
import {
  AGENT_UID_LENGTH_MAX,
  type AuditEvent,
  epochMs,
  ID_LENGTH_MAX,
  PRINT_LENGTH,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { notePath } from '../governance/path-workload.ts';
import { hasProvenPath, workloadOf } from '../governance/unregistered-agent.ts';
import { agentKeyOf } from '../kept/agent-key.ts';
import { eachRecord } from '../kept/print-table.ts';
import { BLOCKS_MIN } from '../volume/day-score.ts';

/** Workloads of a partition whose agents are counted; the one that was counted first begins anew. */
export const CHURNING_MAX = 1000;
const DAYS_MAX = 30;
const NEW_DAYS_MIN = 3;
const DAY_MS = 86_400_000;
const NAME_LENGTH_MAX = 28;
const LABEL = /^([\w.-]+):/;
const SCHEMES: ReadonlySet<string> = new Set(['hmac', 'hmac-sha256', 'sha256']);

/** Of each day, the latest last: agents that came first, and all that were at work. */
type AgentDays = readonly (readonly [day: number, fresh: number, all: number])[];

/** The workload of an event, and who issued its credential, where its fingerprint has a label that says so. */
export function workloadAndIssuer(draft: Draft, event: AuditEvent): string {
  const workload = workloadOf(draft, event);
  const fp = event.credential?.fp;
  const label = fp === undefined ? undefined : LABEL.exec(fp)?.[1];
  if (label === undefined || SCHEMES.has(label)) return workload;
  return `${workload}|${label}`.slice(0, ID_LENGTH_MAX);
}

/** Under which its agents together are kept: longer than any that an event may have, so that no agent has it. */
export const workloadUid = (workload: string) => workload.padStart(AGENT_UID_LENGTH_MAX + 1);

/** How people call it. */
export function workloadName(workload: string): string {
  const tail =
    workload.length > NAME_LENGTH_MAX ? `…${workload.slice(1 - NAME_LENGTH_MAX)}` : workload;
  return `workload ${tail}`;
}

type Place = readonly [tenant: string, workload: string];
const placeOf = (draft: Draft, event: AuditEvent): Place => [
  event.tenant_id,
  workloadAndIssuer(draft, event),
];
/** Of the latest place: the calls of a workload follow one another. */
let keyed: { readonly place: Place; readonly key: string } | undefined;

function keyOf(place: Place): string {
  if (keyed?.place[1] === place[1] && keyed.place[0] === place[0]) return keyed.key;
  const key = `churn|${JSON.stringify(place)}`;
  keyed = { place, key };
  return key;
}

const dayOf = (time: string) => Math.floor(epochMs(time) / DAY_MS);

/** What `workload-volumes.ts` and `../governance/stolen-credential.ts` keep of it beside its alerts. */
const KEPT = ['volumes', 'burst', 'tracked', 'standing', 'places', 'stolen'];

function forget(draft: Draft, [tenant, workload]: Place): void {
  const uid = workloadUid(workload);
  const tracked = draft.get<string>(agentKeyOf(tenant, uid, 'tracked')) ?? '';
  for (const print of eachRecord(tracked, PRINT_LENGTH)) {
    draft.delete(agentKeyOf(tenant, uid, 'alert', print));
  }
  for (const name of KEPT) draft.delete(agentKeyOf(tenant, uid, name));
  draft.delete(keyOf([tenant, workload]));
}

/** Takes the place of the workload that was counted first. */
function takePlace(draft: Draft, place: Place): void {
  const position = (draft.get<number>('churn#next') ?? 0) % CHURNING_MAX;
  const slot = `churn#${position}`;
  const forgotten = draft.get<Place>(slot);
  if (forgotten !== undefined) forget(draft, forgotten);
  draft.put(slot, place);
  draft.put('churn#next', position + 1);
}

/** Notes that an agent that nobody registered was at work on another day than before, or for the first time. */
export function noteUid(
  draft: Draft,
  event: AuditEvent,
  { before, now }: { readonly before: string | undefined; readonly now: string },
): void {
  const day = dayOf(now);
  if (before !== undefined && dayOf(before) >= day) return;
  if (hasProvenPath(event)) notePath(draft, event.tenant_id, event.agent.uid, day);
  const place = placeOf(draft, event);
  const key = keyOf(place);
  const known = draft.get<AgentDays>(key);
  if (known === undefined) takePlace(draft, place);
  const [, fresh, all] = known?.find(([one]) => one === day) ?? [day, 0, 0];
  const one = [day, fresh + (before === undefined ? 1 : 0), all + 1] as const;
  const others = (known ?? []).filter(([of]) => of !== day);
  const days = [...others, one].sort(([a], [b]) => a - b).slice(-DAYS_MAX);
  draft.put(key, days satisfies AgentDays);
}

/** Whether its agents are gone before any has a history of its own. */
export function isChurning(draft: Draft, event: AuditEvent): boolean {
  const days = draft.get<AgentDays>(keyOf(placeOf(draft, event))) ?? [];
  const fresh = days.reduce((sum, [, one]) => sum + one, 0);
  const all = days.reduce((sum, [, , one]) => sum + one, 0);
  return days.filter(([, one]) => one > 0).length >= NEW_DAYS_MIN && all < fresh * BLOCKS_MIN;
}
