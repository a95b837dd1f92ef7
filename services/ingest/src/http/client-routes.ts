/** The addresses to which real clients send, behind any prefix; the longest that fits counts. */

type ClientAnswer = 'otlp' | 'langsmith' | 'hook' | 'plain';
export type ClientForm = 'protobuf' | 'json' | 'lines' | 'multipart';

export interface ClientRoute {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly answer: ClientAnswer;
  readonly forms: readonly ClientForm[];
  readonly counted?: 'Spans' | 'LogRecords' | 'DataPoints';
  /** Measurements say nothing of calls: taken, counted, not read. */
  readonly isDropped?: true;
}

const OTLP_FORMS = ['protobuf', 'json'] as const;
const spans = (path: string): ClientRoute => ({
  method: 'POST',
  path,
  answer: 'otlp',
  forms: OTLP_FORMS,
  counted: 'Spans',
});
const langsmith = (method: 'POST' | 'PATCH', path: string, form: ClientForm): ClientRoute => ({
  method,
  path,
  answer: 'langsmith',
  forms: [form],
});

export const CLIENT_ROUTES: readonly ClientRoute[] = [
  spans('/v1/traces'),
  { ...spans('/v1/logs'), counted: 'LogRecords' },
  { ...spans('/v1/metrics'), counted: 'DataPoints', isDropped: true },
  spans('/api/public/otel/v1/traces'),
  spans('/otel/v1/traces'),
  { method: 'POST', path: '/v1/traces/ingest', answer: 'plain', forms: ['json'] },
  langsmith('POST', '/runs/batch', 'json'),
  langsmith('POST', '/runs/multipart', 'multipart'),
  langsmith('POST', '/runs', 'json'),
  langsmith('PATCH', '/runs/:id', 'json'),
  { method: 'POST', path: '/v1/hooks', answer: 'hook', forms: ['json'] },
  { method: 'POST', path: '/hooks/*', answer: 'hook', forms: ['json'] },
  { method: 'POST', path: '/v1/exchanges', answer: 'plain', forms: ['lines', 'json'] },
  { method: 'POST', path: '/v1/records', answer: 'plain', forms: ['json'] },
];

export const INFO_PATH = '/info';
export const SEEN_PATH = '/v1/sources/seen';

interface Pattern {
  readonly method: string;
  readonly parts: readonly string[];
}

const patterns: readonly Pattern[] = [
  ...CLIENT_ROUTES.map(({ method, path }) => ({ method, parts: path.split('/').slice(1) })),
  { method: 'GET', parts: INFO_PATH.split('/').slice(1) },
].sort((a, b) => b.parts.length - a.parts.length);

const fits = (pattern: readonly string[], parts: readonly string[]): boolean =>
  pattern.every((one, at) => one === parts[at] || one === '*' || one.startsWith(':'));

export function clientPath(
  method: string | undefined,
  url: string | undefined,
): string | undefined {
  const [path = '', ...query] = (url ?? '').split('?');
  const parts = path.split('/').slice(1);
  for (const pattern of patterns) {
    const from = parts.length - pattern.parts.length;
    if (pattern.method !== method || from < 0) continue;
    const own = parts.slice(from);
    if (fits(pattern.parts, own)) return ['/'.concat(own.join('/')), ...query].join('?');
  }
  return undefined;
}
