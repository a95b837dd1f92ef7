/**
 * The picture of an assembly, as places and not as pixels: a lane an agent, a column a step of
 * causal order, links named by what flows. It is a function of the alert and its stored calls; the
 * page only draws it.
 *
 * A call that an alert names but that is not stored (yet) still has its place, from the evidence
 * alone: the proof must never look shorter than it is.
 */
import { type Alert, type AuditEvent, epochMs, matchesGrant } from '@waywarden/schemas';
import { toEventRow } from '../event-row.ts';
import type {
  GrantRow,
  OtherFinishers,
  Picture,
  PictureAside,
  PictureCall,
  PictureLink,
} from '../picture-model.ts';
import type { EventRow } from '../view-model.ts';
import { listOf, neutraliseWords, residualWords, shortName, valueWords } from '../words.ts';
import { flowLabel } from './flow-label.ts';
import type { OutsideOrigin } from './outside-origin.ts';
import { type LaneParts, laneOf } from './picture-lanes.ts';

type Evidence = Alert['evidence'][number];

/** Lanes that are drawn; further agents are counted. */
const LANES_MAX = 32;

export interface PictureParts extends LaneParts {
  readonly alert: Alert;
  /** Stored calls of the proof, by event id. */
  readonly events: ReadonlyMap<string, AuditEvent>;
  /** Further calls of the chain that could do something. */
  readonly chain: readonly EventRow[];
  /** Outside text in which values of the proof stood before. */
  readonly origins: readonly OutsideOrigin[];
  readonly others: OtherFinishers | null;
}

interface Step {
  readonly id: string;
  readonly symbol: string;
  readonly eventId: string;
}

/** The combination's steps, in the order in which they were done. */
function stepsOf({ alert, assembly }: PictureParts): readonly Step[] {
  const proof = new Set(assembly.proof);
  const byRole = new Map<string, Evidence>();
  for (const one of alert.evidence) {
    if (one.capability !== undefined && proof.has(one.event_id) && !byRole.has(one.role)) {
      byRole.set(one.role, one);
    }
  }
  return [...byRole.values()].map((one) => ({
    id: one.role,
    symbol: one.capability ?? '',
    eventId: one.event_id,
  }));
}

function targetOf(event: AuditEvent | undefined): string | null {
  const target = event?.target;
  return target?.resource_id ?? target?.resource_type ?? null;
}

function proofCall(parts: PictureParts, one: Evidence, steps: readonly Step[]): PictureCall {
  const { alert, assembly } = parts;
  const event = parts.events.get(one.event_id);
  const position = steps.findIndex((step) => step.eventId === one.event_id);
  const step = steps[position];
  const last = steps.at(-1);
  return {
    event_id: one.event_id,
    agent_uid: one.agent_uid,
    column: 0,
    symbol: step?.symbol ?? one.capability ?? one.role,
    tool: event === undefined ? '' : toEventRow(event).tool,
    target: targetOf(event),
    at: event?.event_time ?? alert.last_event_time,
    role: step === undefined ? 'connecting' : 'proof',
    step: step === undefined ? null : position + 1,
    completing: last?.eventId === one.event_id && one.agent_uid === assembly.completed_by,
  };
}

/** A call beside the proof: before it, or after the order. */
function otherCall(row: EventRow, role: PictureCall['role']): PictureCall {
  return {
    event_id: row.event_id,
    agent_uid: row.agent_uid,
    column: 0,
    symbol: row.capabilities[0] ?? row.effect,
    tool: row.tool,
    target: null,
    at: row.at,
    role,
    step: null,
    completing: false,
  };
}

function callsOf(parts: PictureParts, steps: readonly Step[]): readonly PictureCall[] {
  const { alert, assembly } = parts;
  const proof = new Set(assembly.proof);
  const calls = new Map<string, PictureCall>();
  for (const one of alert.evidence) {
    if (proof.has(one.event_id)) calls.set(one.event_id, proofCall(parts, one, steps));
  }
  for (const { source } of parts.origins) {
    calls.set(source.event_id, otherCall(toEventRow(source), 'origin'));
  }
  for (const { denied, leaked } of parts.containments) {
    if (leaked !== null) calls.set(leaked.event_id, otherCall(leaked, 'leaked'));
    if (denied !== null) calls.set(denied.event_id, otherCall(denied, 'denied'));
  }
  return [...calls.values()];
}

/** What else the chain did, between the columns: counted by lane, so that it never hides the proof. */
function asidesOf(
  chain: readonly EventRow[],
  placed: readonly PictureCall[],
): readonly PictureAside[] {
  const shown = new Set(placed.map((call) => call.event_id));
  const groups = new Map<string, EventRow[]>();
  for (const row of chain) {
    if (shown.has(row.event_id) || row.outcome !== 'success') continue;
    const before = placed.filter((call) => epochMs(call.at) <= epochMs(row.at)).length;
    const key = JSON.stringify([row.agent_uid, before]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.entries()].map(([key, rows]) => ({
    agent_uid: rows[0]?.agent_uid ?? '',
    before: Number((JSON.parse(key) as readonly [string, number])[1]),
    calls: rows.length,
    symbols: [...new Set(rows.flatMap((row) => row.capabilities[0] ?? row.effect))],
  }));
}

function linksOf({ assembly, events, origins }: PictureParts): readonly PictureLink[] {
  const proof = assembly.links.map((link) => ({
    from: link.from_event,
    to: link.to_event,
    via: link.via,
    label: flowLabel(link.via, events.get(link.from_event), events.get(link.to_event)),
    strength: link.strength,
    in_proof: true,
  }));
  const before = origins.map(({ source, user, kind }) => ({
    from: source.event_id,
    to: user.event_id,
    via: 'data_flow',
    label: valueWords(kind),
    strength: 0,
    in_proof: false,
  }));
  return [...before, ...proof];
}

/** Agents in the order of their first part, so that lanes read downwards as time goes right. */
function agentsOf(
  parts: PictureParts,
  calls: readonly PictureCall[],
  asides: readonly PictureAside[],
): readonly string[] {
  const inProof = calls
    .filter((call) => call.role === 'proof' || call.role === 'connecting')
    .toSorted((a, b) => a.column - b.column || epochMs(a.at) - epochMs(b.at));
  return [
    ...new Set([
      ...inProof.map((call) => call.agent_uid),
      ...parts.assembly.contributors.map((one) => one.agent_uid),
      ...calls.map((call) => call.agent_uid),
      ...asides.map((one) => one.agent_uid),
    ]),
  ];
}

function grantRows({ assembly }: PictureParts, steps: readonly Step[]): readonly GrantRow[] {
  return assembly.contributors.map((one) => ({
    agent_uid: one.agent_uid,
    granted:
      one.granted === null
        ? null
        : steps.map(
            (step) => one.granted?.some((pattern) => matchesGrant(pattern, step.symbol)) ?? false,
          ),
    exercised: steps.map((step) => one.exercised.includes(step.symbol)),
    completes: one.agent_uid === assembly.completed_by,
  }));
}

/** Things left behind, one line a kind, with the agents that left it. */
function residualOf({ alert, assembly }: PictureParts): Picture['residual'] {
  const byWhat = new Map<
    string,
    { readonly things: Set<string>; readonly by: Set<string>; readonly neutralise: string }
  >();
  for (const left of assembly.residual_access) {
    const found = alert.evidence.find((one) => one.event_id === left.event_id);
    const known = byWhat.get(left.what) ?? {
      things: new Set<string>(),
      by: new Set<string>(),
      neutralise: listOf(left.neutralise.map(neutraliseWords)),
    };
    known.things.add(residualWords(left.what, found?.capability));
    if (found !== undefined) known.by.add(shortName(found.agent_uid));
    byWhat.set(left.what, known);
  }
  return [...byWhat.values()].map(({ things, by, neutralise }) => ({
    what: listOf([...things]),
    by: listOf([...by]),
    neutralise,
  }));
}

export function pictureOf(parts: PictureParts): Picture {
  const steps = stepsOf(parts);
  const links = linksOf(parts);
  const placed = causalColumns(callsOf(parts, steps), links);
  const asides = asidesOf(parts.chain, placed.calls);
  const agents = agentsOf(parts, placed.calls, asides);
  const shown = agents.slice(0, LANES_MAX);
  const inLane = new Set(shown);
  return {
    lanes: shown.map((uid) => laneOf(parts, uid)),
    lanes_folded: agents.length - shown.length,
    calls: placed.calls.filter((call) => inLane.has(call.agent_uid)),
    asides: asides.filter((one) => inLane.has(one.agent_uid)),
    links,
    columns: placed.columns,
    steps: steps.map(({ id, symbol }) => ({ id, symbol })),
    grants: grantRows(parts, steps),
    residual: residualOf(parts),
    others: parts.others,
  };
}

/**
 * Columns of a picture: causal order first (a call stands right of every call that leads to it), time
 * for what no link orders. One call a column: a lane then reads like a line of text, and two labels
 * never share a place.
 */

interface Placed {
  readonly calls: readonly PictureCall[];
  readonly columns: number;
}

function earliest(calls: readonly PictureCall[]): PictureCall | undefined {
  return calls.toSorted(
    (a, b) => epochMs(a.at) - epochMs(b.at) || (a.event_id < b.event_id ? -1 : 1),
  )[0];
}

/** Links that make a circle can't order anything: then time decides, and every call has its place. */
function causalColumns(calls: readonly PictureCall[], links: readonly PictureLink[]): Placed {
  const waiting = new Map(calls.map((call) => [call.event_id, call]));
  const ordered: PictureCall[] = [];
  while (waiting.size > 0) {
    const rest = [...waiting.values()];
    const free = rest.filter(
      (call) => !links.some((link) => link.to === call.event_id && waiting.has(link.from)),
    );
    const next = earliest(free.length > 0 ? free : rest);
    if (next === undefined) break;
    waiting.delete(next.event_id);
    ordered.push({ ...next, column: ordered.length });
  }
  return { calls: ordered, columns: ordered.length };
}
