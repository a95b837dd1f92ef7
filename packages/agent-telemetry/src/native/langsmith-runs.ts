/** LangSmith's runs as records; posted and patched parts, in any order, are joined first. */
import { isRecord } from '../json/path.ts';
import { RecentMap } from '../json/recent-map.ts';
import type { SpanRecord } from '../model/span-record.ts';

export const RUNS_MAX = 20_000;

type Json = Readonly<Record<string, unknown>>;

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function time(value: unknown): number {
  if (typeof value === 'number') return value;
  const zoned =
    typeof value === 'string' && !/(?:Z|[+-]\d\d:?\d\d)$/u.test(value) ? `${value}Z` : value;
  const at = typeof zoned === 'string' ? Date.parse(zoned) : Number.NaN;
  return Number.isFinite(at) ? at : 0;
}

/** An empty half takes nothing away. */
function merged(known: Json, news: Json): Json {
  const result: Record<string, unknown> = { ...known };
  for (const [key, value] of Object.entries(news)) {
    const isEmpty =
      value === undefined || value === null || (isRecord(value) && Object.keys(value).length === 0);
    if (!isEmpty || result[key] === undefined) result[key] = value;
  }
  return result;
}

function record(run: Json): SpanRecord {
  const extra = isRecord(run.extra) ? run.extra : {};
  const metadata = isRecord(extra.metadata) ? extra.metadata : {};
  const error = text(run.error);
  const attributes: Record<string, unknown> = { 'langsmith.run_type': text(run.run_type) };
  for (const [key, value] of Object.entries(metadata)) {
    attributes[`langsmith.metadata.${key}`] = value;
  }
  if (text(extra.tool_call_id) !== '')
    attributes['langsmith.extra.tool_call_id'] = extra.tool_call_id;
  for (const key of ['inputs', 'outputs'] as const) {
    const value = run[key];
    if (isRecord(value) && Object.keys(value).length > 0) attributes[`langsmith.${key}`] = value;
  }
  if (error !== '') attributes['langsmith.error'] = error;
  if (text(run.end_time) === '' && time(run.end_time) === 0)
    attributes['langsmith.is_running'] = true;
  return {
    kind: 'span',
    trace: text(run.trace_id),
    span: text(run.id),
    parent: text(run.parent_run_id),
    name: text(run.name),
    start: time(run.start_time),
    end: time(run.end_time),
    attributes,
    events: [],
    isError: error !== '',
    statusText: error.slice(0, 4_096),
    resource: { 'service.name': text(run.session_name) },
    scope: 'langsmith',
  };
}

export class LangSmithRuns {
  readonly #runs = new RecentMap<Json>(RUNS_MAX);

  readBatch(
    body: unknown,
    id = '',
  ): { readonly records: readonly SpanRecord[]; readonly rejected: number } {
    if (!isRecord(body)) return { records: [], rejected: 1 };
    const { post, patch } = body;
    const lists = [post, patch].filter(Array.isArray);
    const runs: readonly unknown[] = lists.length === 0 ? [{ id, ...body }] : lists.flat();
    return this.#take(runs);
  }

  /** Parts by name: `post.<id>`, `patch.<id>.inputs`, … */
  readParts(parts: readonly (readonly [name: string, value: unknown])[]) {
    const runs = new Map<string, Json>();
    for (const [name, value] of parts) {
      const [, id = '', field] = name.split('.');
      const whole = field === undefined && isRecord(value) ? value : {};
      const piece = field === undefined ? { id, ...whole } : { id, [field]: value };
      runs.set(id, merged(runs.get(id) ?? {}, piece));
    }
    return this.#take([...runs.values()]);
  }

  #take(runs: readonly unknown[]) {
    const records: SpanRecord[] = [];
    let rejected = 0;
    for (const run of runs) {
      if (!isRecord(run) || text(run.id) === '') {
        rejected += 1;
        continue;
      }
      const id = text(run.id);
      const whole = merged(this.#runs.get(id) ?? {}, run);
      this.#runs.set(id, whole);
      if (text(whole.run_type) !== '') records.push(record(whole));
    }
    return { records, rejected };
  }
}
