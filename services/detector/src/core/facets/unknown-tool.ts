/**
 * A tool of which nothing is known: no catalogue entry, no annotation and no word of its name says what it does. It
 * may delete a database in a language that the lexicon lacks, so the first call of it by an agent that for long
 * called nothing new is told, and as low: mostly it is a roll-out.
 *
 * So that roll-outs stay quiet it asks more of a history than a known effect does: a week and 200 calls, or 1,000
 * calls, one in a hundred of which brought a tool at most; and nobody else in the tenant may have called it. Where
 * settled agents came to such tools on three days of a month, their newness says little and only ranks (on one day
 * they may be one attack, and are told together, `../profile/common-cause.ts`). Rejected: to take unknown for an effect like others. Tools without a telling name are common, and the first calls of
 * young agents would alarm wherever a fleet begins.
 *
 * Who called which is noted for each tenant of a partition, of agents whose name is proven apart from the rest, so
 * that nobody who only claims a name makes a tool usual for these. Where the registry names agents, what others did is
 * noted apart too and excuses these alone: else a throwaway agent's call would silence the first one of an agent that
 * somebody answers for. Limits: each partition knows its own agents,
 * and beyond them those that snapshots tell of (`../peers/peer-snapshots.ts`); once such tools were told on
 * three days, further ones of the month are not.
 */
import { type AuditEvent, assuranceAtLeast, epochMs, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { isUnregistered, registryIndex } from '../profile/tenant-control.ts';
import type { Excusable, Excuse, History } from './novelty-excuse.ts';
import { UNKNOWN_NEW_CHANCE } from './novelty-words.ts';

/** Tools of a tenant that are remembered; the longest known makes room. */
export const UNKNOWN_TOOLS_MAX = 64;
/** On so many days of a month did settled agents come to one, and one more is nothing odd. */
const USUAL_DAYS_MIN = 3;
const MONTH_DAYS = 30;
/** How long a history says that an agent comes to nothing new: so many days and calls, or calls alone. */
const DAYS_MIN = 7;
const CALLS_MIN = 200;
const CALLS_ALONE_MIN = 1000;
const DAY_MS = 86_400_000;
const PRINT = 8;
/** What only looks harms nobody by itself. */
const LOOKING = /^(read|ingest|browse):/;

/** Whose call of it came first, on which day, whether that agent was settled, and whether others call it. */
type Used = readonly [tool: string, agent: string, day: number, settled: 0 | 1, shared: 0 | 1];

const keyOf = ({ tenant_id: tenant, agent }: AuditEvent) =>
  `unknown-tools|${tenant}${assuranceAtLeast(agent.assurance, 'authenticated') ? '' : '|asserted'}`;
/** Where it is noted what nobody registered did. */
const strangersKeyOf = (event: AuditEvent) => `${keyOf(event)}|unregistered`;
const isStranger = (draft: Draft, { tenant_id: tenant, agent }: AuditEvent) =>
  isUnregistered(registryIndex(draft, tenant), agent.uid);
const toolOf = ({ tool }: AuditEvent) =>
  shortPrint(`${tool?.server ?? ''}/${tool?.name ?? ''}`, PRINT);
const agentOf = ({ agent }: AuditEvent) => shortPrint(agent.uid, PRINT);
const dayOf = (event: AuditEvent) => Math.floor(epochMs(event.event_time) / DAY_MS);

const usedAt = (draft: Draft, key: string) => draft.get<readonly Used[]>(key) ?? [];

/** What others called, as far as it says something of this agent: what registered ones do is usual for all. */
function usedBefore(draft: Draft, event: AuditEvent): readonly Used[] {
  const used = usedAt(draft, keyOf(event));
  return isStranger(draft, event) ? [...used, ...usedAt(draft, strangersKeyOf(event))] : used;
}

/** Whether nothing says what a call's tool does. */
export function isUnknownTool({ effect, tool, capabilities }: AuditEvent): boolean {
  if (effect !== 'unknown' || tool === undefined) return false;
  return capabilities.length === 0 || !capabilities.every(({ symbol }) => LOOKING.test(symbol));
}

function isSettled({ calls, values, sinceDay }: History, event: AuditEvent): boolean {
  if (values / (calls + values) > UNKNOWN_NEW_CHANCE) return false;
  const isOld = calls >= CALLS_MIN && dayOf(event) - sinceDay >= DAYS_MIN;
  return isOld || calls >= CALLS_ALONE_MIN;
}

/** It is no surprise of an agent that still comes to new tools, where others call it, or where such tools are usual. */
export function excusedAsUnknown({ draft, event, history, peersHave }: Excusable) {
  if (!isUnknownTool(event)) return undefined;
  const quiet: Excuse = 'quiet';
  if (!isSettled(history, event) || (peersHave ?? 0) > 0) return quiet;
  const [tool, agent, day] = [toolOf(event), agentOf(event), dayOf(event)];
  const used = usedBefore(draft, event);
  const isOthers = ([one, by, , , shared]: Used) => one === tool && (by !== agent || shared === 1);
  if (used.some(isOthers)) return quiet;
  const others = used.filter(
    ([one, , since, settled]) =>
      one !== tool && settled === 1 && since < day && day - since < MONTH_DAYS,
  );
  return new Set(others.map(([, , since]) => since)).size >= USUAL_DAYS_MIN ? quiet : undefined;
}

/** Notes who called a tool that is new to it and of which nothing is known; asked of no call that had no effect. */
export function noteUnknownTool(draft: Draft, event: AuditEvent, history: History): void {
  if (!isUnknownTool(event)) return;
  const key = isStranger(draft, event) ? strangersKeyOf(event) : keyOf(event);
  const used = usedAt(draft, key);
  const [tool, agent] = [toolOf(event), agentOf(event)];
  const known = used.find(([one]) => one === tool);
  if (known === undefined) {
    const settled = isSettled(history, event) ? 1 : 0;
    const one: Used = [tool, agent, dayOf(event), settled, 0];
    draft.put(key, [...used, one].slice(-UNKNOWN_TOOLS_MAX));
  } else if (known[1] !== agent && known[4] === 0) {
    const [, first, day, settled] = known;
    const shared: Used = [tool, first, day, settled, 1];
    draft.put(
      key,
      used.map((one) => (one === known ? shared : one)),
    );
  }
}
