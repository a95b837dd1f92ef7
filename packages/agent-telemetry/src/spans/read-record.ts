/** One record as observations: its place always, and what conventions and histories say. */
import { isRecord } from '../json/path.ts';
import type {
  AgentLabel,
  CallObservation,
  CallOutcome,
  Observation,
  ToolDefinition,
} from '../model/observation.ts';
import { firstValue, isClaimed, parsed } from '../model/place.ts';
import type { SpanRecord } from '../model/span-record.ts';
import { type Convention, type ConventionTable, conventionTable } from './convention-table.ts';
import { type Frame, SpanReading, short, spokenObservations, spokenOf } from './spoken.ts';

const ERROR_MAX = 4_096;

const REJECTIONS = /den|reject|block|refus|abort|cancel/iu;

function isOneOf(text: string, names: readonly string[]): boolean {
  return names.some((name) => {
    const at = text.indexOf(name);
    if (at < 0) return false;
    const before = at === 0 ? '\n' : text.charAt(at - 1);
    const after = text.charAt(at + name.length);
    return '\n.'.includes(before) && (after === '' || '(:'.includes(after));
  });
}

/** Convention, control flow, then span status. */
function outcomeOf(reading: SpanReading, args: unknown, result: unknown): CallOutcome | undefined {
  const { record, conventions, table } = reading;
  for (const { outcomes } of conventions) {
    const found = outcomes.find(({ when }) => when(record));
    if (found !== undefined) return found.is;
  }
  const errorValue = reading.value('errorType');
  const errorType = typeof errorValue === 'string' ? errorValue.slice(0, ERROR_MAX) : '';
  const errorText = errorType === '' ? record.statusText : errorType;
  if (isOneOf(errorText, table.controlFlow.success)) return 'success';
  // A result means it was carried out.
  if (!isClaimed(result)) {
    if (isOneOf(errorText, table.controlFlow.pending)) return 'pending';
    if (isOneOf(errorText, table.controlFlow.cancelled)) return 'cancelled';
  }
  if (record.isError || errorValue !== undefined) return 'error';
  if (isRecord(result) && (result['isError'] === true || result['is_error'] === true))
    return 'error';
  const lacksResult = isClaimed(args) && !isClaimed(result);
  if (lacksResult && conventions.some(({ resultAlways }) => resultAlways)) return undefined;
  return record.kind === 'span' ? 'success' : undefined;
}

function toolCall(reading: SpanReading): CallObservation | undefined {
  const tool = reading.toolName();
  const callId = reading.name('callId');
  if (tool === undefined && callId === undefined) return undefined;
  const result = parsed(reading.value('result'));
  const args = parsed(reading.value('args'));
  const to = reading.name('delegate');
  return {
    stage: 'executed',
    tool: tool ?? '',
    server: reading.name('server'),
    callId,
    args,
    result,
    outcome: outcomeOf(reading, args, result),
    ...(to !== undefined && { delegatesTo: { name: to } }),
  };
}

function decidedCall(reading: SpanReading): CallObservation | undefined {
  const decision = reading.name('decision');
  if (decision === undefined) return undefined;
  return {
    stage: 'decided',
    tool: reading.toolName() ?? '',
    server: reading.name('server'),
    callId: reading.name('callId'),
    outcome: REJECTIONS.test(decision) ? 'denied' : undefined,
  };
}

function handoffCall(reading: SpanReading): CallObservation | undefined {
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

/** And by whom, in a hand-over. */
function callOf(reading: SpanReading): { call?: CallObservation; from?: string | undefined } {
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

function agentOf(reading: SpanReading, isRun: boolean): AgentLabel | undefined {
  const id = reading.name('agentId');
  const name = reading.agentName('agent') ?? (isRun ? reading.agentName('run') : undefined);
  if (id !== undefined) return { id, ...(name !== undefined && { name }) };
  if (name !== undefined) return { name };
  const main = reading.conventions.find(({ mainAgent }) => mainAgent !== undefined)?.mainAgent;
  return main === undefined || reading.record.kind === 'span'
    ? undefined
    : { name: main, isMain: true };
}

function threadsOf(reading: SpanReading, session: string | undefined): readonly string[] {
  const threads = session === undefined ? [] : [`session:${session}`];
  for (const { threads: kinds } of reading.conventions) {
    for (const { kind, places } of kinds) {
      const id = short(firstValue(places, reading.record));
      if (id !== undefined) threads.push(`${kind}:${id}`);
    }
  }
  return threads;
}

/** Histories repeat earlier requests. */
function taskOf(reading: SpanReading, utterances: ReturnType<typeof spokenOf>): string | undefined {
  if (reading.has('request')) {
    const prompt = reading.name('task');
    return prompt?.startsWith('<task-notification>') === true ? undefined : prompt;
  }
  const task = utterances.findLast(({ spoken }) => spoken.is === 'task')?.spoken;
  return task?.is === 'task' ? task.text : undefined;
}

function factOf(reading: SpanReading): Observation['fact'] {
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

/** So that what hangs below finds its way up. */
export function readSpanRecord(
  record: SpanRecord,
  table: ConventionTable = conventionTable(),
): readonly Observation[] {
  const reading = new SpanReading(record, table);
  const isPlaced = record.trace !== '' || record.span !== '';
  if (reading.conventions.length === 0 && !(isPlaced && record.kind === 'span')) return [];
  const isAgentRun = reading.has('agent');
  const session = reading.name('session');
  const { call, from } = callOf(reading);
  const label = reading.agentName('label');
  // Its input may hold anything.
  const utterances = reading.has('tool') ? [] : spokenOf(reading);
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
    task: taskOf(reading, utterances),
  };
  return [own, ...spokenObservations(utterances, frame)];
}

export const DEFINITIONS_MAX = 256;

function definition(given: unknown): ToolDefinition | undefined {
  const node = parsed(given);
  if (!isRecord(node)) return undefined;
  const inner = isRecord(node.function) ? node.function : node;
  if (typeof inner.name !== 'string' || inner.name === '') return undefined;
  return {
    name: inner.name,
    description: typeof inner.description === 'string' ? inner.description : undefined,
    schema: inner.parameters ?? inner.inputSchema ?? inner.input_schema,
  };
}

/** The tools that a request offered. */
function readDefinitions(
  conventions: readonly Convention[],
  record: SpanRecord,
): readonly ToolDefinition[] | undefined {
  for (const { definitions } of conventions) {
    for (const place of definitions) {
      const list = parsed(place(record));
      if (!Array.isArray(list)) continue;
      return list.slice(0, DEFINITIONS_MAX).flatMap((one) => definition(one) ?? []);
    }
  }
  return undefined;
}
