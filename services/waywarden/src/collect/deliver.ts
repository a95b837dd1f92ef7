/** Hands records over until acknowledged; refusals are counted, never retried. */
import { setTimeout as wait } from 'node:timers/promises';
import { UsageError } from '../input/command-output.ts';

const FIRST_WAIT_MS = 500;
const WAIT_MS_MAX = 30_000;
const REQUEST_MS_MAX = 60_000;
const CLAIMED_MAX = 300;

export interface DeliverOptions {
  readonly url: string;
  readonly token: string;
  readonly form: 'records' | 'events';
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

export interface Delivered {
  readonly taken: number;
  readonly refused: number;
}

const ADDRESSES = {
  records: { path: '/v1/records', type: 'application/json' },
  events: { path: '/v1/events', type: 'application/x-ndjson' },
} as const;

function bodyOf(form: DeliverOptions['form'], records: readonly unknown[]): string {
  return form === 'records'
    ? JSON.stringify(records)
    : records.map((one) => JSON.stringify(one)).join('\n');
}

function refusedOf(answer: unknown): number {
  if (typeof answer !== 'object' || answer === null) return 0;
  const { rejected, dead_lettered: deadLettered } = { rejected: 0, dead_lettered: 0, ...answer };
  return Number(rejected) + Number(deadLettered);
}

async function once(records: readonly unknown[], options: DeliverOptions) {
  const { url, token, form, signal } = options;
  const { path, type } = ADDRESSES[form];
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    body: bodyOf(form, records),
    signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS_MAX)]),
  });
  const text = await response.text();
  return { status: response.status, text, after: Number(response.headers.get('retry-after')) };
}

/** UsageError: waiting won't help. */
export async function deliverRecords(
  records: readonly unknown[],
  options: DeliverOptions,
): Promise<Delivered> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, WAIT_MS_MAX)) {
    const answer = await once(records, options).catch((cause: unknown) => {
      options.signal.throwIfAborted();
      const reason = cause instanceof Error ? cause.message : String(cause);
      return { status: 503, text: reason, after: 0 };
    });
    const { status, text, after } = answer;
    if (status < 300) {
      const refused = Math.min(records.length, refusedOf(JSON.parse(text === '' ? '{}' : text)));
      if (refused > 0)
        options.say(`${refused} records were not understood: ${text.slice(0, CLAIMED_MAX)}`);
      return { taken: records.length - refused, refused };
    }
    if (status === 401 || status === 403 || status === 404) {
      throw new UsageError(`${options.url} answers ${status}: ${text.slice(0, CLAIMED_MAX)}`);
    }
    if (status < 500 && status !== 429) {
      options.say(`${records.length} records were refused: ${text.slice(0, CLAIMED_MAX)}`);
      return { taken: 0, refused: records.length };
    }
    options.say(`waiting for ${options.url}: ${text.slice(0, CLAIMED_MAX)}`);
    await wait(after > 0 ? after * 1_000 : waitMs, undefined, { signal: options.signal });
  }
}
