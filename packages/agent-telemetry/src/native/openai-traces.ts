/** OpenAI Agents SDK traces; a trace comes once, so session and person are remembered. */
import { isRecord } from '../json/path.ts';
import { RecentMap } from '../json/recent-map.ts';
import type { SpanRecord } from '../model/span-record.ts';

export const TRACES_MAX = 10_000;

type Json = Readonly<Record<string, unknown>>;

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function time(value: unknown): number {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) ? at : 0;
}

export class OpenAiTraces {
  readonly #traces = new RecentMap<Json>(TRACES_MAX);

  read(body: unknown): { readonly records: readonly SpanRecord[]; readonly rejected: number } {
    const list = isRecord(body) && Array.isArray(body.data) ? body.data : [body];
    const items = list.filter(isRecord);
    for (const item of items) if (item.object === 'trace') this.#traces.set(text(item.id), item);
    const spans = items.filter(({ object }) => object === 'trace.span');
    return {
      records: spans.map((span) => this.#record(span)),
      rejected: list.length - items.filter(({ object }) => text(object).startsWith('trace')).length,
    };
  }

  #record(span: Json): SpanRecord {
    const data = isRecord(span.span_data) ? span.span_data : {};
    const trace = this.#traces.get(text(span.trace_id)) ?? {};
    const attributes: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(data)) attributes[`openai.span.${key}`] = value;
    for (const key of ['group_id', 'metadata', 'workflow_name']) {
      if (trace[key] !== undefined) attributes[`openai.trace.${key}`] = trace[key];
    }
    const error = isRecord(span.error) ? span.error : undefined;
    if (error !== undefined) attributes['openai.span.error'] = error;
    return {
      kind: 'span',
      trace: text(span.trace_id),
      span: text(span.id),
      parent: text(span.parent_id),
      name: text(data.name) || text(data.type),
      start: time(span.started_at),
      end: time(span.ended_at),
      attributes,
      events: [],
      isError: error !== undefined,
      statusText: text(error?.message),
      resource: { 'service.name': text(trace.workflow_name) },
      scope: 'openai-agents',
    };
  }
}
