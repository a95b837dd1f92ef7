/**
 * The calls that are measured, as the bytes that a source would send: one JSON input event a call,
 * with arguments, result and request in clear. AgentDojo's runs where they are at hand; otherwise a
 * generated stream, which says nothing of real texts, and the report says so.
 */
import { existsSync } from 'node:fs';
import { FormatReader } from '@waywarden/ingest';
import { type InputEvent, shiftTime } from '@waywarden/schemas';
import { UsageError } from '@waywarden/waywarden/input/command-output';
import { readLines } from '@waywarden/waywarden/input/read-lines';

export interface Calls {
  readonly lines: readonly string[];
  readonly origin: 'agentdojo' | 'generated';
  /** How many of the lines are different runs; the rest repeats them under other ids. */
  readonly distinct: number;
}

const GENERATED_DEFAULT = 20_000;
const CALLS_PER_RUN = 6;
const HOUR_MS = 3_600_000;

async function readAgentDojo(file: string): Promise<InputEvent[]> {
  const reader = new FormatReader('trajectories');
  const inputs: InputEvent[] = [];
  for await (const line of readLines(file)) {
    for (const item of reader.read(line.text, line.number)) {
      if (item.problem !== undefined) {
        throw new UsageError(`${file}, line ${line.number}: ${item.problem.detail}`);
      }
      inputs.push(item.input as InputEvent);
    }
  }
  return inputs;
}

/** The same call of another run, hours later: no duplicate, and no chain that is already open. */
function again(input: InputEvent, round: number): InputEvent {
  if (round === 0) return input;
  return {
    ...input,
    native_id: `${input.native_id}#${round}`,
    event_time: shiftTime(input.event_time, round * 24 * HOUR_MS),
    ...(input.task !== undefined && { task: { ...input.task, id: `${input.task.id}#${round}` } }),
  };
}

/** A run that reads a list and answers by mail: shapes only, no claim to be like real traffic. */
function generated(at: number): InputEvent {
  const run = Math.floor(at / CALLS_PER_RUN);
  const reads = at % CALLS_PER_RUN !== CALLS_PER_RUN - 1;
  const rows = Array.from(
    { length: 12 },
    (_, row) => `- id: ${run * 12 + row}\n  from: person${row}@example.com\n  subject: Note ${row}`,
  );
  return {
    native_id: `generated/${at}`,
    event_time: shiftTime('2026-01-01T00:00:00Z', at * 1000),
    activity: 'tool_call',
    agent: { uid: `generated-agent-${run % 20}` },
    task: { id: `run-${run}`, request: `Read my list ${run % 50} and send a summary to Kim.` },
    tool: { name: reads ? 'get_list' : 'send_email' },
    args: {
      value: reads ? { list: `list-${run % 50}` } : { to: 'kim@example.com', body: 'Done.' },
    },
    result: { value: reads ? rows.join('\n') : 'sent' },
    outcome: 'success',
  };
}

/** `calls` lines, or as many as there are; more than there are repeats the runs. */
export async function loadCalls(file: string, calls: number | undefined): Promise<Calls> {
  if (!existsSync(file)) {
    const count = calls ?? GENERATED_DEFAULT;
    const lines = Array.from({ length: count }, (_, at) => JSON.stringify(generated(at)));
    return { lines, origin: 'generated', distinct: count };
  }
  const inputs = await readAgentDojo(file);
  const lines: string[] = [];
  for (let at = 0; at < (calls ?? inputs.length); at++) {
    const input = inputs[at % inputs.length];
    if (input === undefined) break;
    lines.push(JSON.stringify(again(input, Math.floor(at / inputs.length))));
  }
  return { lines, origin: 'agentdojo', distinct: Math.min(lines.length, inputs.length) };
}
