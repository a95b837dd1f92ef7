/**
 * One span or log record as observations, by the alias table: its place in the tree always, a call,
 * a decision, a hand-over or a request where a convention says so, and what a model's history tells.
 */
import { readMessages, type Spoken } from '../messages/read-messages.ts';
import { unflatten } from '../messages/unflatten.ts';
import type { AgentLabel, CallObservation, Observation, Outcome } from '../observation.ts';
import {
  type Convention,
  type ConventionTable,
  conventionTable,
  type FieldName,
  type Role,
} from './convention-table.ts';
import { readDefinitions } from './definitions.ts';
import { firstOf, isSaid, parsed } from './place.ts';
import type { SpanRecord } from './span-record.ts';

/** Characters of a name or an id that is kept. */
export const NAME_MAX = 512;

function short(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value.slice(0, NAME_MAX);
  return typeof value === 'number' ? String(value) : undefined;
}

/** What the conventions of one record say, the first that says it. */
class Reading {
  readonly record: SpanRecord;
  readonly conventions: readonly Convention[];
  readonly table: ConventionTable;

  constructor(record: SpanRecord, table: ConventionTable) {
    this.record = record;
    this.table = table;
    this.conventions = table.of(record);
  }

  has(role: Role): boolean {
    return this.conventions.some(({ roles }) =>
      (roles.get(role) ?? []).some((fits) => fits(this.record)),
    );
  }

  value(field: FieldName): unknown {
    for (const { fields } of this.conventions) {
      const value = firstOf(fields.get(field), this.record);
      if (isSaid(value)) return value;
    }
    return undefined;
  }

  name(field: FieldName): string | undefined {
    return short(this.value(field));
  }

  agentName(field: 'agent' | 'label'): string | undefined {
    for (const { fields } of this.conventions) {
      for (const place of fields.get(field) ?? []) {
        const name = short(place(this.record));
        if (name !== undefined && !this.table.placeholders.has(name)) return name;
      }
    }
    return undefined;
  }

  get convention(): string {
    return this.conventions[0]?.name ?? 'none';
  }
}

const REJECTIONS = /den|reject|block|refus|abort|cancel/iu;

function endsWithOne(text: string, names: readonly string[]): boolean {
  return names.some((name) => text.endsWith(name) || text.includes(`${name}(`));
}

/** How the call ended: by the convention's own words, by control flow, by the span's status. */
function outcomeOf(reading: Reading, hasResult: boolean): Outcome | undefined {
  const { record, conventions, table } = reading;
  for (const { outcomes } of conventions) {
    const found = outcomes.find(({ when }) => when(record));
    if (found !== undefined) return found.is;
  }
  const errorType = reading.name('errorType') ?? '';
  const said = errorType === '' ? record.statusText : errorType;
  if (endsWithOne(said, table.controlFlow.success)) return 'success';
  if (endsWithOne(said, table.controlFlow.pending)) return 'pending';
  if (record.isError || errorType !== '') return 'error';
  if (!hasResult && conventions.some(({ resultAlways }) => resultAlways)) return 'pending';
  return record.kind === 'span' ? 'success' : undefined;
}

function toolCall(reading: Reading): CallObservation | undefined {
  const tool = reading.name('tool');
  if (tool === undefined) return undefined;
  const result = parsed(reading.value('result'));
  const to = reading.name('to');
  return {
    stage: 'executed',
    tool,
    server: reading.name('server'),
    callId: reading.name('callId'),
    args: parsed(reading.value('args')),
    result,
    outcome: outcomeOf(reading, isSaid(result)),
    ...(to !== undefined && { delegatesTo: { name: to } }),
  };
}

function decidedCall(reading: Reading): CallObservation | undefined {
  const decision = reading.name('decision');
  if (decision === undefined) return undefined;
  return {
    stage: 'decided',
    tool: reading.name('tool') ?? '',
    server: reading.name('server'),
    callId: reading.name('callId'),
    outcome: REJECTIONS.test(decision) ? 'denied' : undefined,
  };
}

function handoffCall(reading: Reading): CallObservation | undefined {
  const to = reading.name('to');
  if (to === undefined || reading.table.placeholders.has(to)) return undefined;
  return {
    stage: 'executed',
    tool: `transfer_to_${to}`,
    args: {},
    outcome: 'success',
    isHandoff: true,
    delegatesTo: { name: to },
  };
}

/** Which call the record itself is, and who made it where a hand-over names both sides. */
function callOf(reading: Reading): { call?: CallObservation; from?: string | undefined } {
  if (reading.has('handoff')) {
    const call = handoffCall(reading);
    return call === undefined ? {} : { call, from: reading.name('from') };
  }
  if (reading.has('tool')) {
    const call = toolCall(reading);
    return call === undefined ? {} : { call };
  }
  if (!reading.has('decision')) return {};
  const call = decidedCall(reading);
  return call === undefined ? {} : { call };
}

function agentOf(reading: Reading, isRun: boolean): AgentLabel | undefined {
  const id = reading.name('agentId');
  const isTool = reading.has('tool') || reading.has('step');
  const name = isRun || !isTool ? reading.agentName('agent') : ownAgent(reading);
  if (id !== undefined) return { id, ...(name !== undefined && { name }) };
  if (name !== undefined) return { name };
  const main = reading.conventions.find(({ mainAgent }) => mainAgent !== undefined)?.mainAgent;
  return main === undefined || reading.record.kind === 'span' ? undefined : { name: main };
}

/** Of a tool's span only what an attribute says is the agent; its own name is the tool's. */
function ownAgent(reading: Reading): string | undefined {
  const name = reading.agentName('agent');
  const { record } = reading;
  return name === record.name || name === reading.name('tool') ? undefined : name;
}

function threadsOf(reading: Reading, session: string | undefined): readonly string[] {
  const threads = session === undefined ? [] : [`session:${session}`];
  for (const { threads: kinds } of reading.conventions) {
    for (const { kind, places } of kinds) {
      const id = short(firstOf(places, reading.record));
      if (id !== undefined) threads.push(`${kind}:${id}`);
    }
  }
  return threads;
}

function spokenOf(reading: Reading): readonly Spoken[] {
  const { record } = reading;
  const spoken: Spoken[] = [];
  const role = /^gen_ai\.(\w+)\.message$/u.exec(record.name)?.[1];
  for (const { messages, flatMessages } of reading.conventions) {
    for (const place of messages) {
      const value = place(record);
      if (!isSaid(value)) continue;
      const isBody = role !== undefined && typeof value === 'object';
      spoken.push(...readMessages(isBody ? { role, ...value } : value));
    }
    for (const prefix of flatMessages) {
      spoken.push(...readMessages(unflatten(record.attributes, prefix)));
    }
  }
  return spoken;
}

function spokenCall(one: Spoken): CallObservation | undefined {
  if (one.is === 'requested') {
    return { stage: 'requested', tool: one.tool, callId: one.callId, args: one.args };
  }
  if (one.is === 'answered') {
    const { tool = '', callId, result, outcome } = one;
    return { stage: 'requested', tool, callId, result: result ?? '', outcome };
  }
  if (one.is === 'approval') {
    const outcome = one.approved ? undefined : 'denied';
    return { stage: 'decided', tool: '', callId: one.callId, outcome };
  }
  return undefined;
}

type Frame = Omit<Observation, 'call' | 'task' | 'channel'>;

function spokenObservations(reading: Reading, frame: Frame): readonly Observation[] {
  const { isAgentRun: _run, isStep: _step, fact: _fact, definitions: _defs, ...plain } = frame;
  const seen = new Set<string>();
  return spokenOf(reading).flatMap((one): readonly Observation[] => {
    const call = spokenCall(one);
    if (call === undefined) return [];
    const key = `${one.is}|${call.callId}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ ...plain, channel: 'message', call }];
  });
}

function firstTask(reading: Reading): string | undefined {
  if (reading.has('request')) {
    const prompt = reading.name('task');
    return prompt?.startsWith('<task-notification>') === true ? undefined : prompt;
  }
  const task = spokenOf(reading).find((one) => one.is === 'task');
  return task?.is === 'task' ? task.text : undefined;
}

function factOf(reading: Reading): Observation['fact'] {
  if (!reading.has('born')) return undefined;
  const id = reading.name('agentId');
  const parent = reading.name('parent');
  if (id === undefined) return undefined;
  return {
    id,
    name: reading.agentName('agent'),
    ...(parent !== undefined && { parent: { id: parent } }),
  };
}

/** Every record gives at least its place, so that what hangs below it finds its way up. */
export function readRecord(
  record: SpanRecord,
  table: ConventionTable = conventionTable(),
): readonly Observation[] {
  const reading = new Reading(record, table);
  const isPlaced = record.trace !== '' || record.span !== '';
  if (reading.conventions.length === 0 && !(isPlaced && record.kind === 'span')) return [];
  const isAgentRun = reading.has('agent');
  const session = reading.name('session');
  const { call, from } = callOf(reading);
  const label = reading.agentName('label');
  const frame: Frame = {
    convention: reading.convention,
    at: record.start === 0 ? undefined : record.start,
    until: record.end === 0 ? undefined : record.end,
    ...(isPlaced && {
      place: {
        trace: record.trace,
        span: record.span === '' ? undefined : record.span,
        parent: record.parent === '' ? undefined : record.parent,
      },
    }),
    name: record.name,
    threads: threadsOf(reading, session),
    session,
    user: reading.name('user'),
    service: short(record.resource['service.name']),
    agent: from === undefined ? agentOf(reading, isAgentRun) : { name: from },
    label,
    isAgentRun,
    isStep: reading.has('step'),
    fact: factOf(reading),
    definitions: readDefinitions(reading.conventions, record),
  };
  const own: Observation = {
    ...frame,
    channel: record.kind,
    call,
    task: firstTask(reading),
  };
  return [own, ...spokenObservations(reading, frame)];
}
