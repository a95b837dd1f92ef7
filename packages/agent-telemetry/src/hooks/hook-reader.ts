/** Reads coding agents' hooks by their client's table. A hook before a call says only that it was asked for. */
import { boundedValue, contentOfResult } from '../json/bounded-value.ts';
import { firstAt, idAt, idOf, isRecord, textOf, timeOf, unwrapped, valueAt } from '../json/path.ts';
import { RecentMap } from '../json/recent-map.ts';
import type { AgentFact, AgentLabel, Observation, ReadResult } from '../model/observation.ts';
import { traceParentOf } from '../model/place.ts';
import { HookCalls } from './hook-calls.ts';
import { type HookEntry, hookEntry } from './hook-entry.ts';
import { agentResultOf, type HookOutcome, hookOutcomeOf } from './hook-outcome.ts';
import { type HookEvent, type HookFields, type HookTable, loadHookTables } from './hook-table.ts';

const AGENTS_MAX = 20_000;
const CALLS_PER_EVENT_MAX = 1000;
const KEYS_NAMED_MAX = 12;

export interface HookSender {
  /** The event, where the payload does not name it. */
  readonly event?: string | undefined;
  /** Of the main agent, as believed as the sender. */
  readonly agent?: string | undefined;
  /** Empty: by none. */
  readonly deniedBy?: string | undefined;
}

interface HookReading extends HookEntry {
  readonly payload: unknown;
  readonly session: string | undefined;
  readonly agent: AgentLabel | undefined;
  readonly mainAgent: AgentLabel | undefined;
  readonly deniedBy: string | undefined;
  readonly at: number;
}

export class HookReader {
  readonly #tables: readonly HookTable[];
  readonly #calls = new HookCalls();
  /** By id: some use it as a session. */
  readonly #agents = new RecentMap<string | undefined>(AGENTS_MAX);

  constructor(tables: readonly HookTable[] = loadHookTables()) {
    this.#tables = tables;
  }

  /** Unlisted events give nothing; unknown clients are refused. */
  read(payload: unknown, sender: HookSender, receivedAt: number): ReadResult {
    const entry = hookEntry(this.#tables, payload, sender.event);
    if (entry === 'unknown') return refusal(payload, sender.event);
    if (entry === undefined) return { observations: [], rejected: 0 };
    const { table, fields } = entry;
    const agent = this.#agentOf(table, fields, payload);
    const mainAgent =
      sender.agent === undefined ? undefined : { name: sender.agent, isAuthenticated: true };
    const reading: HookReading = {
      ...entry,
      payload,
      session: idAt(payload, fields.session),
      agent: agent?.isMain === true ? (mainAgent ?? agent) : agent,
      mainAgent,
      deniedBy: sender.deniedBy,
      at: timeOf(firstAt(payload, fields.time)) ?? receivedAt,
    };
    return { observations: this.#observations(reading), rejected: 0 };
  }

  get evicted(): number {
    return this.#calls.evicted;
  }

  #observations(reading: HookReading): readonly Observation[] {
    const { event, table, session } = reading;
    if (
      event.only_without !== undefined &&
      this.#calls.sends(table.name, session, event.only_without)
    ) {
      return [];
    }
    this.#calls.noteEvent(table.name, session, reading.eventName);
    if (event.task === true) return this.#readPrompt(reading);
    if (event.fact === true) return this.#readFact(reading);
    if (event.each === undefined) return this.#readCall(reading, reading.payload);
    const calls = valueAt(reading.payload, event.each);
    if (!Array.isArray(calls)) return [];
    return calls.slice(0, CALLS_PER_EVENT_MAX).flatMap((call) => this.#readCall(reading, call));
  }

  #agentOf(table: HookTable, fields: HookFields, payload: unknown): AgentLabel | undefined {
    const id = idAt(payload, fields.agent_id);
    const name = idAt(payload, fields.agent_name);
    if (id !== undefined || name !== undefined) return { id, name };
    const session = idAt(payload, fields.session) ?? '';
    if (this.#agents.has(session)) return { id: session, name: this.#agents.get(session) };
    return table.main_agent === undefined ? undefined : { name: table.main_agent, isMain: true };
  }

  #readFact(reading: HookReading): readonly Observation[] {
    const observations = factObservation(reading);
    for (const { fact } of observations)
      if (fact !== undefined) this.#agents.set(fact.id, fact.name);
    return observations;
  }

  #readPrompt(reading: HookReading): readonly Observation[] {
    const { table, session } = reading;
    const prompt = firstAt(reading.payload, reading.fields.prompt);
    const text = textOf(Array.isArray(prompt) ? prompt.at(-1) : prompt);
    if (text === undefined) return [];
    const result = agentResultOf(table, text);
    if (result === undefined) return [{ ...base(reading), task: text }];
    const { callId, tool, agentId, outcome } = result;
    const delegatesTo = agentId === undefined ? undefined : { id: agentId };
    const known = this.#calls.toolOf(table.name, session, callId);
    const call = { stage: 'executed', tool: known ?? tool, callId, outcome } as const;
    return [{ ...base(reading), call: { ...call, result: result.result, delegatesTo } }];
  }

  #readCall(reading: HookReading, source: unknown): readonly Observation[] {
    const { event, fields, table, session } = reading;
    const tool = idAt(source, fields.tool) ?? event.tool;
    if (tool === undefined || event.stage === undefined) return [];
    const args = argsOf(event, fields, source);
    const ownId = idAt(source, fields.call_id);
    const before =
      ownId === undefined ? undefined : this.#calls.stageOf(table.name, session, ownId);
    const isDenied = reading.deniedBy !== undefined && event.stage === 'requested';
    const outcome: HookOutcome | undefined = isDenied
      ? { stage: 'decided', outcome: 'denied' }
      : hookOutcomeOf(table, event, fields, {
          source,
          tool,
          before,
          sendsResults: this.#calls.everSends(table.name, resultEvents(table)),
        });
    if (outcome === undefined) return [];
    const callId =
      event.concludes === true
        ? ownId
        : this.#calls.note({
            convention: table.name,
            session,
            tool,
            args,
            callId: ownId,
            stage: outcome.stage,
            asks: event.asks === true,
            payload: reading.payload,
          });
    return [callOf(reading, source, { tool, args, callId, outcome })];
  }
}

function argsOf(event: HookEvent, fields: HookFields, source: unknown): unknown {
  if (event.args_of === undefined) return boundedValue(unwrapped(firstAt(source, fields.args)));
  const pairs = event.args_of.map((key) => [key, boundedValue(valueAt(source, key))] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

function resultEvents(table: HookTable): readonly string[] {
  return Object.entries(table.events)
    .filter(([, event]) => event.stage === 'executed' && event.concludes !== true)
    .map(([name]) => name);
}

function base(reading: HookReading): Observation {
  const { table, session, payload, fields } = reading;
  return {
    channel: 'hook',
    convention: table.name,
    at: reading.at,
    name: reading.eventName,
    place: traceParentOf(firstAt(payload, fields.traceparent)),
    threads: session === undefined ? undefined : [`session:${session}`],
    session,
    user: idAt(payload, fields.user),
    agent: reading.agent,
    ...(reading.mainAgent !== undefined && { mainAgent: reading.mainAgent }),
  };
}

function factObservation(reading: HookReading): readonly Observation[] {
  const { payload, fields } = reading;
  const id = idAt(payload, fields.agent_id);
  if (id === undefined) return [];
  const parent = idAt(payload, fields.parent_id);
  const fact: AgentFact = {
    id,
    name: idAt(payload, fields.agent_name),
    parent: parent === undefined ? undefined : { id: parent },
    startedBy: idAt(payload, fields.call_id),
  };
  return [{ ...base(reading), fact }];
}

interface CallParts {
  readonly tool: string;
  readonly args: unknown;
  readonly callId: string | undefined;
  readonly outcome: HookOutcome;
}

function callOf(reading: HookReading, source: unknown, parts: CallParts): Observation {
  const { event, fields, table } = reading;
  const { tool, args, callId, outcome } = parts;
  const delegation = table.delegation?.tools.includes(tool) === true ? table.delegation : undefined;
  const to: AgentLabel = {
    name: idAt(source, delegation?.to_name),
    id: idAt(source, delegation?.to_id),
  };
  const isDelegation = delegation !== undefined && (to.name ?? to.id) !== undefined;
  const isEnd = event.stage === 'executed' && event.concludes !== true;
  const duration = firstAt(source, fields.duration_ms);
  const launched = delegation?.launched_by;
  const isLaunch = launched?.values.includes(idAt(source, launched.at) ?? '') === true;
  const value = firstAt(source, fields.result) ?? firstAt(source, fields.error);
  const lasted = isEnd && typeof duration === 'number' && duration > 0 ? duration : 0;
  return {
    ...base(reading),
    at: reading.at - lasted,
    until: isEnd && !isLaunch ? reading.at : undefined,
    call: {
      stage: outcome.stage,
      tool,
      server: idAt(source, fields.server),
      callId,
      args,
      result: isLaunch || event.stage === 'requested' ? undefined : contentOfResult(value),
      outcome: isLaunch ? 'pending' : outcome.outcome,
      deniedBy: outcome.outcome === 'denied' ? reading.deniedBy : undefined,
      delegatesTo: isDelegation ? to : undefined,
    },
    fact:
      to.id === undefined
        ? undefined
        : { id: to.id, name: to.name, parent: reading.agent, startedBy: callId },
  };
}

function refusal(payload: unknown, event: string | undefined): ReadResult {
  const keys = isRecord(payload) ? Object.keys(payload).slice(0, KEYS_NAMED_MAX) : [];
  const what = isRecord(payload)
    ? `with the fields ${keys.map((key) => idOf(key)?.slice(0, 40) ?? '').join(', ')}`
    : 'that is no JSON object';
  return {
    observations: [],
    rejected: 1,
    problem: `A hook's payload ${what}${event === undefined ? '' : ` (event ${event.slice(0, 80)})`} is of no known client. Send what the client gives its hook unchanged, with ?event= where the payload does not name its event.`,
  };
}
