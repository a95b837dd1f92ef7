/**
 * What an agent is made of (model, provider, version, framework, prompt, tool definitions), and when that changes.
 * Judged after twenty calls.
 */
import { type AuditEvent, assuranceAtLeast, epochMs } from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { NOTES, type Note, noteOutput } from '../../alerting/shared-note.ts';
import { DAYS_KNOWN_MIN, HOUR_MS, HOURS_A_DAY } from '../../domain/day.ts';
import { declaredTool } from '../../domain/registry/declared-tools.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { declare, isChangeDeclared, noteReleased } from '../../state/agent/declarations.ts';
import { type KnownTool, metTool } from './tool-definitions.ts';

/** Shared by all sorts; the one with most forgets its oldest. Versions have a share of their own. */
const VALUES_MAX = 32;
const VERSIONS_MAX = 8;
const WARMED_UP_MIN = 20;

interface Parts {
  readonly n: number;
  /** An hour number. */
  readonly shownHour: number;
  readonly models: readonly string[];
  readonly versions: readonly string[];
  readonly prompts: readonly string[];
  readonly providers?: readonly string[] | undefined;
  readonly frameworks?: readonly string[] | undefined;
  /** Not yet known. */
  readonly tried?: readonly Tried[] | undefined;
  readonly tools: readonly KnownTool[];
}

const NO_PARTS: Parts = { n: 0, shownHour: 0, models: [], versions: [], prompts: [], tools: [] };

const partsKey = (event: AuditEvent) => agentStateKey(event, 'composed');

/** Whether that is news. */
function met(known: readonly string[], value: string | undefined) {
  if (value === undefined || known.includes(value)) return { known, isNew: false };
  return { known: [...known, value], isNew: known.length > 0 };
}

const SORTS = {
  model: 'models',
  provider: 'providers',
  release: 'versions',
  framework: 'frameworks',
  prompt: 'prompts',
} as const;
type Sort = keyof typeof SORTS;
const SORT_NAMES = Object.keys(SORTS) as readonly Sort[];

function withValues(parts: Parts, sort: Sort, values: readonly string[]): Parts {
  if (sort === 'release') return { ...parts, versions: values.slice(-VERSIONS_MAX) };
  const now: Parts = { ...parts, [SORTS[sort]]: values };
  const lists = SORT_NAMES.filter((one) => one !== 'release').map(
    (one) => [SORTS[one], now[SORTS[one]] ?? []] as const,
  );
  if (lists.reduce((sum, [, list]) => sum + list.length, 0) <= VALUES_MAX) return now;
  const [most, list] = lists.reduce((a, b) => (b[1].length > a[1].length ? b : a));
  return { ...now, [most]: list.slice(1) };
}

function shownPart({ activity, model, agent, target }: AuditEvent, sort: Sort): string | undefined {
  switch (sort) {
    case 'model':
      return model?.name;
    case 'provider':
      return model?.provider;
    case 'release':
      return agent.version;
    case 'framework':
      return agent.framework;
    case 'prompt':
      return activity === 'prompt_get' && target?.resource_type === 'prompt'
        ? target.resource_id
        : undefined;
  }
}

/** As declared. */
function changeOf(sort: Sort, value: string): string {
  return value.startsWith(`${sort}/`) && sort === 'prompt' ? value : `${sort}/${value}`;
}

type Change = readonly [change: string, since: number];

interface Met {
  readonly parts: Parts;
  /** As declared, with the hour in which it was last as before. */
  readonly own: readonly Change[];
  /** Tried before, and now part of it. */
  readonly again: readonly Change[];
  readonly tools: readonly Change[];
}

function seenAgain(before: Parts, hour: number, tools: Parts['tools']): Parts {
  const n = Math.min(WARMED_UP_MIN, before.n + 1);
  const isSame = n === before.n && hour <= before.shownHour && tools === before.tools;
  return isSame ? before : { ...before, n, shownHour: Math.max(before.shownHour, hour), tools };
}

function meet(before: Parts, event: AuditEvent): Met {
  const { tool } = event;
  const hour = Math.floor(epochMs(event.event_time) / HOUR_MS);
  const tools = metTool(before.tools, event, hour);
  const own: Change[] = [];
  const changes: string[] = [];
  let parts = seenAgain(before, hour, tools.tools);
  for (const sort of SORT_NAMES) {
    const value = shownPart(event, sort);
    if (value === undefined) continue;
    const { known, isNew } = met(parts[SORTS[sort]] ?? [], value);
    if (known !== parts[SORTS[sort]]) parts = withValues(parts, sort, known);
    if (before.tried !== undefined) changes.push(changeOf(sort, value));
    if (isNew) own.push([changeOf(sort, value), before.shownHour]);
  }
  const { tried, again } = watchTried(before.tried ?? [], { changes, hour });
  if (before.tried !== undefined && tried !== before.tried) parts = { ...parts, tried };
  return {
    parts,
    own,
    again,
    tools: tools.isNew ? [[`tool/${tool?.server ?? tool?.name ?? ''}`, tools.since]] : [],
  };
}

/** A gateway uses no tools: its declarations are for all. */
function noteDeclared(
  transaction: Transaction,
  event: AuditEvent,
  policyVersion: string,
): readonly Output[] {
  const of = declare(transaction, event);
  const { server, name } = (of === undefined ? undefined : declaredTool(of)) ?? {};
  if (server === undefined) return [];
  const stored = transaction.get<Parts>(partsKey(event));
  const isGateway = stored === undefined || stored.tools.length === 0;
  const kind = isGateway ? NOTES.changeDeclared : NOTES.ownChangeDeclared;
  const note = { kind, about: `tool/${server}`, time: event.event_time };
  const tool = name === undefined ? {} : { tool: { name, server } };
  return [noteOutput(event, { ...note, ...tool, policyVersion })];
}

function isCovered(transaction: Transaction, event: AuditEvent, [change, since]: Change): boolean {
  const sinceMs = since * HOUR_MS;
  if (isChangeDeclared(transaction, event, change, sinceMs)) return true;
  const model = event.model?.name;
  if (model === undefined || !change.startsWith('provider/')) return false;
  return isChangeDeclared(transaction, event, `model/${model}`, sinceMs);
}

export function shownCalls(stored: unknown): number {
  return (stored as Parts | undefined)?.n ?? 0;
}

/** What is to be noted of this event's composition; also learns it. */
export function noteChanges(
  transaction: Transaction,
  event: AuditEvent,
  policyVersion: string,
): readonly Output[] {
  if (event.activity === 'config_change') return noteDeclared(transaction, event, policyVersion);
  if (event.activity === 'heartbeat' || event.phase !== 'completed') return [];
  const stored = transaction.get<Parts>(partsKey(event));
  const before = stored === undefined ? NO_PARTS : stored;
  const met = meet(before, event);
  const isWarmedUp = before.n >= WARMED_UP_MIN;
  const isNews = isWarmedUp && met.own.length + met.again.length + met.tools.length > 0;
  if (isNews) return noteNews(transaction, event, met, policyVersion);
  if (met.parts !== before) transaction.put(partsKey(event), met.parts);
  return [];
}

function noteNews(
  transaction: Transaction,
  event: AuditEvent,
  { parts, own, again, tools }: Met,
  policyVersion: string,
): readonly Output[] {
  const isUndeclared = (one: Change) => !isCovered(transaction, event, one);
  const fresh = own.filter(isUndeclared);
  const isProven = assuranceAtLeast(event.agent.assurance, 'authenticated');
  const tried = fresh.reduce(
    (all, [change]) => withTried(all, change, { hour: parts.shownHour, isProven }),
    parts.tried ?? [],
  );
  transaction.put(partsKey(event), fresh.length === 0 ? parts : { ...parts, tried });
  noteReleased(
    transaction,
    event,
    own.map(([change]) => change),
  );
  const news = [...fresh, ...again.filter(isUndeclared)];
  const together: readonly Change[] =
    news.length === 0
      ? []
      : [[news.map(([change]) => change).join(' + '), Math.min(...news.map(([, since]) => since))]];
  const { tool, event_time: time } = event;
  const noted = ([about, since]: Change): Note => {
    return { kind: NOTES.changeSeen, time, policyVersion, about, sinceMs: since * HOUR_MS };
  };
  return [
    ...together.map((one) => noteOutput(event, noted(one))),
    ...tools.filter(isUndeclared).map((one) => noteOutput(event, { tool, ...noted(one) })),
  ];
}

const ROW_MIN = 5;
/** The oldest counts as known, unless asserted. */
const TRIED_MAX = 8;

/**
 * Undeclared parts told once: shown five times in a row they are told again, and known after three such days. One
 * odd call must not silence a later change.
 */
export type Tried = readonly [
  change: string,
  /** At most as many as make one. */
  row: number,
  isReported: 0 | 1,
  days: number,
  /** And the hour in which another was last shown. */
  day: number,
  since: number,
];

interface Shown {
  readonly changes: readonly string[];
  readonly hour: number;
}

const NOTHING_AGAIN: Watched['again'] = [];

export function withTried(
  tried: readonly Tried[],
  change: string,
  { hour, isProven }: { readonly hour: number; readonly isProven: boolean },
): readonly Tried[] {
  if (!isProven && tried.length >= TRIED_MAX) return tried;
  return [...tried, [change, 1, 1, 0, 0, hour] as const].slice(-TRIED_MAX);
}

interface Watched {
  readonly tried: readonly Tried[];
  readonly again: readonly (readonly [change: string, since: number])[];
}

/** Undefined once it is known. */
function shownAgain(one: Tried, today: number): Tried | undefined {
  const [change, before, wasReported, days, day, since] = one;
  const row = Math.min(ROW_MIN, before + 1);
  const isRow = row === ROW_MIN;
  const isNewDay = isRow && today > day;
  if (row === before && !isNewDay) return one;
  if (isNewDay && days + 1 >= DAYS_KNOWN_MIN) return undefined;
  const reported = isRow ? 1 : wasReported;
  return [change, row, reported, isNewDay ? days + 1 : days, isNewDay ? today : day, since];
}

function shownOther(one: Tried, hour: number): Tried {
  const [change, , , days, day, since] = one;
  return [change, 0, 0, days, day, Math.max(since, hour)];
}

/** Mostly it was shown this hour already. */
const mayChange = (one: Tried, hour: number) => one[1] !== 0 || one[5] < hour;

function isOtherShown([change]: Tried, changes: readonly string[]): boolean {
  const sort = change.slice(0, change.indexOf('/') + 1);
  return changes.some((other) => other.startsWith(sort));
}

function watchTried(tried: readonly Tried[], { changes, hour }: Shown): Watched {
  if (tried.length === 0) return { tried, again: NOTHING_AGAIN };
  const today = Math.floor(hour / HOURS_A_DAY);
  let again = NOTHING_AGAIN;
  /** Copied at the first change. */
  let retained: Tried[] | undefined;
  for (let at = 0; at < tried.length; at += 1) {
    const one = tried[at];
    if (one === undefined) continue;
    const isShown = changes.includes(one[0]);
    const next = isShown
      ? shownAgain(one, today)
      : mayChange(one, hour) && isOtherShown(one, changes)
        ? shownOther(one, hour)
        : one;
    if (next !== one) retained ??= tried.slice(0, at);
    if (next !== undefined) retained?.push(next);
    if (!isShown) continue;
    const isRowNow = (next?.[1] ?? ROW_MIN) === ROW_MIN;
    if (one[2] === 0 && one[1] < ROW_MIN && isRowNow) again = [...again, [one[0], one[5]]];
  }
  return { tried: retained ?? tried, again };
}
