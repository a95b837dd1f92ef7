/**
 * When a value stood in too many chains to link by, and for whom: what an agent showed does not count towards its
 * own uses.
 */
import { epochMs, formatLogTime, type HubTimes } from '@waywarden/schemas';

/** `from` exclusive, `until` inclusive. */
export interface Times {
  readonly from: number;
  readonly until: number;
}

export interface HubSpan extends Times {
  readonly except: Readonly<Record<string, Times>>;
}

const covers = ({ from, until }: Times, ms: number): boolean => ms > from && ms <= until;

function timesFor(span: HubSpan, agent: string): Times {
  return Object.hasOwn(span.except, agent) ? (span.except[agent] ?? span) : span;
}

export function isHubAt(spans: readonly HubSpan[], ms: number, agent: string): boolean {
  return spans.some((span) => covers(timesFor(span, agent), ms));
}

const isEmpty = ({ from, until }: Times) => from >= until;

function joined(a: Times, b: Times): Times {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return { from: Math.min(a.from, b.from), until: Math.max(a.until, b.until) };
}

function joinedSpans(a: HubSpan, b: HubSpan): HubSpan {
  const all = joined(a, b);
  const except: Record<string, Times> = {};
  for (const agent of [...Object.keys(a.except), ...Object.keys(b.except)]) {
    const own = joined(timesFor(a, agent), timesFor(b, agent));
    if (own.from !== all.from || own.until !== all.until) except[agent] = own;
  }
  return { ...all, except };
}

export function unionOf(
  a: readonly HubSpan[],
  b: readonly HubSpan[],
  max: number,
): readonly HubSpan[] {
  const merged: HubSpan[] = [];
  for (const span of [...a, ...b].sort((x, y) => x.from - y.from)) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.until)
      merged.splice(-1, 1, joinedSpans(last, span));
    else merged.push(span);
  }
  return merged.slice(-max);
}

const onWire = ({ from, until }: Times) => ({
  from: formatLogTime({ ms: from, ns: 0 }),
  until: formatLogTime({ ms: until, ns: 0 }),
});

export function toHubTimes({ except, ...times }: HubSpan): HubTimes {
  const others = Object.entries(except).map(([agent_uid, own]) => ({ agent_uid, ...onWire(own) }));
  return { ...onWire(times), ...(others.length === 0 ? {} : { except: others }) };
}

const offWire = ({ from, until }: { readonly from: string; readonly until: string }): Times => ({
  from: epochMs(from),
  until: epochMs(until),
});

export function toHubSpan({ except = [], ...times }: HubTimes): HubSpan {
  return {
    ...offWire(times),
    except: Object.fromEntries(except.map(({ agent_uid, ...own }) => [agent_uid, offWire(own)])),
  };
}
