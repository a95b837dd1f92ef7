// Reads events and labels as a stranger would, and says in plain words what is wrong with them.
import { DAY, HOUR } from './clock.ts';

export interface Finding {
  what: string;
  where: string;
}

interface Seen {
  uid: string;
  t: number;
  role: string;
  records: number;
  tokens: number;
  approval: string;
  latency: number;
  ip: string;
  tool: string;
  made: string;
}

interface Label {
  stream: string;
  incident_id: string;
  family: string;
  strength: string;
  agent_uid: string;
  onset: string;
  end: string;
  task_ids: string[];
  native_ids: string[];
}

type Json = Record<string, unknown>;

function obj(x: unknown): Json {
  return typeof x === 'object' && x !== null ? (x as Json) : {};
}

function num(x: unknown): number {
  return typeof x === 'number' ? x : 0;
}

function see(e: Json): Seen {
  const model = obj(e.model);
  const size = num(obj(e.result).size);
  const approval = obj(e.approval);
  return {
    uid: String(obj(e.agent).uid ?? ''),
    t: Date.parse(String(e.event_time)),
    role:
      e.activity === 'tool_call' && obj(e.source).kind !== 'cloudtrail'
        ? 'call'
        : String(e.activity),
    records: num(obj(obj(e.result).features).records) || Math.round(size / 180),
    tokens: num(model.tokens_in),
    approval: String(approval.mode ?? ''),
    latency: num(approval.latency_ms),
    ip: String(obj(e.src).ip ?? ''),
    tool: `${obj(e.tool).server}/${obj(e.tool).name}`,
    made: `${model.name}/${obj(e.agent).version}`,
  };
}

function required(e: Json): string | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(String(e.event_time)))
    return 'event_time';
  if (typeof e.activity !== 'string' || e.activity === '') return 'activity';
  if (!obj(e.agent).uid) return 'agent.uid';
  if (e.activity === 'tool_call' && !obj(e.tool).name) return 'tool.name';
  const source = obj(e.source);
  return source.kind && source.instance ? undefined : 'source';
}

function busiest(seen: readonly Seen[], span: number, value: (s: Seen) => number): number {
  const counts = new Map<number, number>();
  for (const s of seen) {
    const k = Math.floor(s.t / span);
    counts.set(k, (counts.get(k) ?? 0) + value(s));
  }
  let best = 0;
  for (const n of counts.values()) if (n > best) best = n;
  return best;
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? 0;
}

function usually(seen: readonly Seen[], span: number, value: (s: Seen) => number): number {
  const spans = new Set(seen.map((s) => Math.floor(s.t / span)));
  return seen.reduce((sum, s) => sum + value(s), 0) / Math.max(1, spans.size);
}

/** What an obvious case must show against the agent's own earlier life; the text says what it lacks. */
export function obviousLacks(
  l: Label,
  before: readonly Seen[],
  own: readonly Seen[],
  during: readonly Seen[],
): string | undefined {
  const ratio = (span: number, value: (s: Seen) => number): number =>
    busiest(own, span, value) / Math.max(1, busiest(before, span, value));
  const calls = (): number => 1;
  const usual = (span: number, value: (s: Seen) => number): number => usually(before, span, value);
  const length = Date.parse(l.end) - Date.parse(l.onset);
  const days = new Set(own.map((s) => Math.floor(s.t / DAY))).size;
  const tests: Record<string, () => boolean> = {
    rate_burst: () =>
      busiest(during, HOUR, calls) >= 38 * usual(HOUR, calls) &&
      busiest(during, HOUR, calls) >= 3 * busiest(before, HOUR, calls),
    data_hoarding: () =>
      Math.max(...own.map((s) => s.records)) >= 4 * Math.max(1, ...before.map((s) => s.records)),
    resource_abuse: () =>
      ratio(HOUR, (s) => s.tokens) >= 3 &&
      busiest(own, HOUR, (s) => s.tokens) >= 45 * usual(HOUR, (s) => s.tokens),
    slow_climb: () => busiest(during, DAY, calls) >= 10 * usual(DAY, calls) && length >= 6 * DAY,
    tool_misuse: () => own.length >= 4 && own.every((s) => before.every((b) => b.tool !== s.tool)),
    undeclared_change: () =>
      own.length >= 30 && own.every((s) => before.every((b) => b.made !== s.made)),
    hijack: () => own.length >= 4,
    low_and_slow: () => days >= 8,
    class_drift: () => days >= 4 && own.every((s) => s.approval !== 'human'),
    approval_bypass: () =>
      own.filter((s) => s.approval === 'none' || s.approval === 'bypassed').length >= 10,
    rubber_stamping: () => own.length >= 20 && median(own.map((s) => s.latency)) < 2000,
    telemetry_silence: () =>
      length >= 10 * HOUR && during.every((s) => s.role !== 'call') && own.length >= 3,
    stolen_credential: () =>
      own.length >= 30 && !before.some((s) => s.ip !== '' && s.ip === own[0]?.ip),
    night_chain: () => own.length >= 10 && quietBefore(before, own),
  };
  return (tests[l.family]?.() ?? true)
    ? undefined
    : `${l.family} is not obvious against the agent's own history`;
}

function quietBefore(before: readonly Seen[], own: readonly Seen[]): boolean {
  const hours = new Set(
    before.filter((s) => s.role === 'call').map((s) => Math.floor(s.t / HOUR) % 24),
  );
  return own.every((s) => !hours.has(Math.floor(s.t / HOUR) % 24));
}

function checkLabel(l: Label, byId: ReadonlyMap<string, Seen>, calls: readonly Seen[]): string[] {
  const out: string[] = [];
  const onset = Date.parse(l.onset);
  const end = Date.parse(l.end);
  if (!(onset <= end)) out.push('ends before it begins');
  if (l.native_ids.length === 0) out.push('names no event');
  const own: Seen[] = [];
  for (const id of l.native_ids) {
    const seen = byId.get(id);
    if (!seen) out.push(`names the event ${id}, which does not exist`);
    else if (seen.uid !== l.agent_uid) out.push(`names an event of ${seen.uid}`);
    else own.push(seen);
  }
  if (own.some((s, i) => i > 0 && s.t < (own[i - 1]?.t ?? 0)))
    out.push('its events are not in order');
  if (own.some((s) => s.t < onset - 1000 || s.t > end + 1000))
    out.push('an event lies outside its times');
  const before = calls.filter((s) => s.t < onset);
  const during = calls.filter((s) => s.t >= onset && s.t < end);
  const lacks = l.strength === 'obvious' ? obviousLacks(l, before, own, during) : undefined;
  if (lacks) out.push(lacks);
  return out;
}

export function checkLines(events: Iterable<string>, labels: Iterable<string>): Finding[] {
  const out: Finding[] = [];
  const byId = new Map<string, Seen>();
  const bodies = new Map<string, number>();
  const calls = new Map<string, Seen[]>();
  let line = 0;
  for (const text of events) {
    line++;
    const e = JSON.parse(text) as Json;
    const lack = required(e);
    if (lack) out.push({ what: `lacks ${lack}`, where: `event line ${line}` });
    const id = String(e.native_id);
    const size = bodies.get(id);
    if (size !== undefined) {
      if (size !== text.length) out.push({ what: 'one id, two bodies', where: id });
      continue;
    }
    bodies.set(id, text.length);
    const seen = see(e);
    byId.set(id, seen);
    if (seen.role !== 'call') continue;
    const list = calls.get(seen.uid);
    if (list) list.push(seen);
    else calls.set(seen.uid, [seen]);
  }
  for (const text of labels) {
    const l = JSON.parse(text) as Label;
    if (l.stream !== 'behavior') continue;
    for (const what of checkLabel(l, byId, calls.get(l.agent_uid) ?? []))
      out.push({ what, where: l.incident_id });
  }
  return out;
}
