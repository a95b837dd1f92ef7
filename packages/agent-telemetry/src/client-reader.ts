/** Which reader takes a request: by path, else by content. */

import { HookReader } from './hooks/hook-reader.ts';
import type { ClientRequest, ReadResult } from './model/observation.ts';
import type { SpanRecord } from './model/span-record.ts';
import { LangSmithRuns } from './native/langsmith-runs.ts';
import { readParts } from './native/multipart.ts';
import { OpenAiTraces } from './native/openai-traces.ts';
import { decodeOtlp, type Signal } from './otlp/decode.ts';
import { loadMappings, type Mapping, RecordReader } from './records/record-reader.ts';
import { readSpanRecord } from './spans/read-record.ts';
import { ExchangeReader } from './wire/exchange-reader.ts';

export const EXCHANGES_MAX = 10_000;
const QUERY_CHARS_MAX = 256;

const NOTHING: ReadResult = { observations: [], rejected: 0 };

function refused(problem: string): ReadResult {
  return { observations: [], rejected: 1, problem };
}

function observed(read: {
  readonly records: readonly SpanRecord[];
  readonly rejected: number;
}): ReadResult {
  const observations = read.records.flatMap((record) => readSpanRecord(record));
  if (read.rejected === 0) return { observations, rejected: 0 };
  return {
    observations,
    rejected: read.rejected,
    problem: `${read.rejected} records were not understood or too many in one body`,
  };
}

function json(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

export class ClientReader {
  readonly #openai = new OpenAiTraces();
  readonly #langsmith = new LangSmithRuns();
  readonly #exchanges = new ExchangeReader();
  readonly #hooks = new HookReader();
  readonly #records: RecordReader;

  /** Asked before the shipped ones. */
  constructor(mappings: readonly Mapping[] = []) {
    this.#records = new RecordReader([...mappings, ...loadMappings()]);
  }

  /**
   * `/v1/traces`, `/v1/logs`, `/api/public/otel/v1/traces`, `/otel/v1/traces`, `/v1/traces/ingest`,
   * `/runs/batch`, `/runs/multipart`, `/v1/hooks` (`?event=` where the payload does not name it,
   * `&agent=` who the main agent is, `&denied_by=` the order by which the call was refused),
   * `/v1/exchanges` (a proxy's observations of MCP and A2A).
   */
  read(request: ClientRequest): ReadResult {
    const [path = ''] = request.path.split('?');
    if (path.endsWith('/v1/traces/ingest')) return this.#openAi(request);
    if (path.endsWith('/v1/traces')) return this.#otlp('traces', request);
    if (path.endsWith('/v1/logs')) return this.#otlp('logs', request);
    if (/\/runs(?:\/|$)/u.test(path)) return this.#runs(path, request);
    if (/\/hooks(?:\/|$)/u.test(path)) return this.#hook(request);
    if (path.endsWith('/v1/exchanges')) return this.#exchange(request);
    if (path.endsWith('/v1/records')) return this.#records.read(json(request.body));
    return NOTHING;
  }

  #hook({ path, body, receivedAt }: ClientRequest): ReadResult {
    const payload = json(body);
    if (payload === undefined) return refused('the hook’s payload is not JSON');
    const query = new URLSearchParams(path.split('?')[1]);
    const queryValue = (name: string) => query.get(name)?.slice(0, QUERY_CHARS_MAX) || undefined;
    const deniedBy = query.get('denied_by')?.slice(0, QUERY_CHARS_MAX) ?? undefined;
    const sender = { event: queryValue('event'), agent: queryValue('agent'), deniedBy };
    return this.#hooks.read(payload, sender, receivedAt);
  }

  #exchange({ body, receivedAt }: ClientRequest): ReadResult {
    const lines = Buffer.from(body)
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
    const read = lines
      .slice(0, EXCHANGES_MAX)
      .map((line) => this.#exchanges.read(line, receivedAt));
    const beyond = Math.max(0, lines.length - EXCHANGES_MAX);
    const problem = read.find((one) => one.problem !== undefined)?.problem;
    return {
      observations: read.flatMap(({ observations }) => observations),
      rejected: beyond + read.reduce((sum, { rejected }) => sum + rejected, 0),
      ...(problem !== undefined && { problem }),
    };
  }

  #otlp(signal: Signal, { headers, body }: ClientRequest): ReadResult {
    const isJson = (headers['content-type'] ?? '').includes('json');
    const decoded = decodeOtlp(signal, body, isJson);
    return decoded.ok ? observed(decoded) : refused(decoded.problem);
  }

  #openAi({ body }: ClientRequest): ReadResult {
    const document = json(body);
    return document === undefined
      ? refused('the body is not JSON')
      : observed(this.#openai.read(document));
  }

  #runs(path: string, { headers, body }: ClientRequest): ReadResult {
    const type = headers['content-type'] ?? '';
    if (type.startsWith('multipart/')) {
      const parts = readParts(type, body);
      return parts === undefined
        ? refused('the body is not the multipart/form-data that its content-type says')
        : observed(this.#langsmith.readParts(parts));
    }
    const document = json(body);
    if (document === undefined) return refused('the body is not JSON');
    const id = /\/runs\/([^/]+)$/u.exec(path)?.[1] ?? '';
    return observed(this.#langsmith.readBatch(document, id === 'batch' ? '' : id));
  }
}
