/** Recordings of real clients through the HTTP routes of ingest, one after the other. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentLabel, Call } from '@waywarden/agent-telemetry';
import type { EventLog } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { issueToken, type SourceSeen, startIngest } from '@waywarden/ingest';
import { HEADERS, loadOrCreateKeyFile, TOPICS } from '@waywarden/schemas';
import { pino } from 'pino';
import { Progress, UsageError } from '../input/command-output.ts';
import { readLines } from '../input/read-lines.ts';
import { ensureTopics } from '../runtime/topic-plan.ts';
import { type CaptureRequest, captureRequest, parseCaptureLine } from './capture-line.ts';

/** Nothing is over before its end. */
const NEVER_MS = 86_400_000;
const TENANT = 'default';
const CLAIMED_LENGTH_MAX = 500;
const LETTERS_CLAIMED_MAX = 1_000;

export interface CapturesReport {
  readonly captures: number;
  readonly requests: number;
  readonly refused: number;
  readonly calls: number;
  readonly hand_overs: number;
  readonly events: number;
  readonly dead_lettered: number;
  /** By reason. */
  readonly unresolved: Readonly<Record<string, number>>;
}

interface Outputs {
  readonly calls: object[];
  readonly handOvers: object[];
  readonly refused: object[];
  readonly unresolved: Record<string, number>;
  requests: number;
}

const PARTIAL = /"partialSuccess"|"problem"/;

function complaintOf(status: number, type: string, body: Uint8Array): string | undefined {
  const answerText = Buffer.from(body).toString('utf8');
  const isPartial = type.includes('protobuf') ? body.length > 0 : PARTIAL.test(answerText);
  if (status < 300 && !isPartial) return undefined;
  return answerText.replace(/[^\x20-\x7e]+/g, ' ').slice(0, CLAIMED_LENGTH_MAX);
}

async function post(url: string, { method, path, headers, body }: CaptureRequest) {
  const response = await fetch(url + path, {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
  const answer = new Uint8Array(await response.arrayBuffer());
  const { status } = response;
  return {
    status,
    detail: complaintOf(status, response.headers.get('content-type') ?? '', answer),
  };
}

interface Target {
  readonly url: string;
  /** Clients reuse ids. */
  readonly tokens: ReadonlyMap<string, string>;
}

async function postCapture({ name, file }: Capture, { url, tokens }: Target, outputs: Outputs) {
  const token = tokens.get(name) ?? '';
  for await (const { text, number } of readLines(file)) {
    if (text.trim() === '') continue;
    const line = parseCaptureLine(text);
    if (line === undefined) {
      outputs.refused.push({ capture: name, line: number, detail: 'no line of a recording' });
      continue;
    }
    const request = captureRequest(line, token);
    const { status, detail } = await post(url, request);
    outputs.requests += 1;
    if (detail === undefined) continue;
    outputs.refused.push({ capture: name, n: line.n, path: request.path, status, detail });
  }
}

function noteCall(outputs: Outputs, capture: string, call: Call): void {
  const into = isDelegation(call) ? outputs.handOvers : outputs.calls;
  into.push(callLine(capture, call));
  for (const reason of call.unresolved) {
    outputs.unresolved[reason] = (outputs.unresolved[reason] ?? 0) + 1;
  }
}

function writeOutputs(folder: string, outputs: Outputs): void {
  mkdirSync(folder, { recursive: true });
  const files = {
    captures: outputs.calls,
    delegations: outputs.handOvers,
    refused: outputs.refused,
  };
  for (const [name, values] of Object.entries(files)) {
    const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
    writeFileSync(join(folder, `${name}.ndjson`), text);
  }
}

async function recordsOf(log: EventLog, topic: string): Promise<number> {
  return (await log.endOffsets(topic)).reduce((sum, end) => sum + end, 0);
}

async function setAside(log: EventLog): Promise<readonly object[]> {
  const { name } = TOPICS.auditDeadletter;
  const records = await log.read(name, 0, 0, LETTERS_CLAIMED_MAX);
  return records.map(({ headers }) => ({
    dead_letter: headers[HEADERS.deadReason],
    detail: headers[HEADERS.deadDetail],
  }));
}

async function startTarget(
  folder: string,
  captures: readonly Capture[],
  onCall: (call: Call) => void,
) {
  const log = await openLmdbLog({ path: join(folder, 'log'), durable: false });
  await ensureTopics(log, 1);
  const tokensPath = join(folder, 'tokens.json');
  const issue = (name: string, at: number) => {
    const source = { kind: 'captures', instance: name };
    return issueToken(tokensPath, { id: `capture-${at}`, tenant: TENANT, source });
  };
  const tokens = new Map(captures.map(({ name }, at) => [name, issue(name, at)]));
  const ingest = await startIngest({
    log,
    tokensPath,
    keyFile: loadOrCreateKeyFile(join(folder, 'ingest.json'), {
      service: 'ingest',
      uses: ['fingerprint'],
      createdAt: new Date().toISOString(),
    }),
    logger: pino({ level: 'error' }, pino.destination(2)),
    join: { quietMs: NEVER_MS, waitMsMax: NEVER_MS },
    onCall,
  });
  return { log, ingest, target: { url: ingest.url, tokens } };
}

/** UsageError without recordings. */
export async function replayCaptures(
  roots: readonly string[],
  out: string | undefined,
  onSeen?: (seen: readonly SourceSeen[]) => void,
): Promise<CapturesReport> {
  const captures = roots.flatMap(capturesIn);
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-captures-'));
  const progress = new Progress('Posting');
  const outputs: Outputs = { calls: [], handOvers: [], refused: [], unresolved: {}, requests: 0 };
  let current = '';
  const { log, ingest, target } = await startTarget(folder, captures, (call) =>
    noteCall(outputs, current, call),
  );
  try {
    for (const [at, capture] of captures.entries()) {
      current = capture.name;
      progress.show(`${at} of ${captures.length} recordings, ${outputs.requests} requests`);
      await postCapture(capture, target, outputs);
      await ingest.concludeCalls();
    }
    progress.done(`${captures.length} recordings, ${outputs.requests} requests`);
    const refused = outputs.refused.length;
    outputs.refused.push(...(await setAside(log)));
    if (out !== undefined) writeOutputs(out, outputs);
    onSeen?.(ingest.sourcesSeen(TENANT));
    return {
      captures: captures.length,
      requests: outputs.requests,
      refused,
      calls: outputs.calls.length,
      hand_overs: outputs.handOvers.length,
      events: await recordsOf(log, TOPICS.auditEvents.name),
      dead_lettered: await recordsOf(log, TOPICS.auditDeadletter.name),
      unresolved: outputs.unresolved,
    };
  } finally {
    await ingest.close();
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A message to an agent delegates. */
const HAND_OVERS: ReadonlySet<string> = new Set(['', 'SendMessage', 'SendStreamingMessage']);

/** A concluded call as a line of `captures.ndjson`: what a scorer reads, then what explains it. */
const isDelegation = ({ tool }: Pick<Call, 'tool'>): boolean => HAND_OVERS.has(tool);

const nameOf = (agent: AgentLabel | undefined): string | null => agent?.name ?? agent?.id ?? null;

function callLine(capture: string, call: Call): object {
  return {
    capture,
    agent: nameOf(call.agent),
    tool: call.tool,
    args: call.args ?? null,
    result: call.result ?? null,
    outcome: call.outcome,
    delegates_to: nameOf(call.delegatesTo),
    task: call.task ?? null,
    session: call.session ?? null,
    id: call.id,
    call_id: call.callId,
    server: call.server,
    agent_source: call.agentSource,
    parent_agent: nameOf(call.parentAgent),
    user: call.user,
    trace: call.trace,
    at: call.at,
    until: call.until,
    observed: call.observed,
    channels: call.channels,
    conventions: call.conventions,
    unresolved: call.unresolved,
  };
}

const REQUESTS = 'requests.ndjson.gz';

/** Recordings `<client>/<scenario>/requests.ndjson.gz`, by name. */
interface Capture {
  readonly name: string;
  readonly file: string;
}

const foldersOf = (path: string): readonly string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

export function capturesIn(root: string): readonly Capture[] {
  if (!existsSync(root)) throw new UsageError(`${root}: there is no such folder.`);
  const captures = foldersOf(root).flatMap((client) =>
    foldersOf(join(root, client)).map((scenario) => ({
      name: `${client}/${scenario}`,
      file: join(root, client, scenario, REQUESTS),
    })),
  );
  const found = captures.filter(({ file }) => existsSync(file));
  if (found.length === 0) {
    throw new UsageError(`${root}: holds no <client>/<scenario>/${REQUESTS}.`);
  }
  return found;
}
