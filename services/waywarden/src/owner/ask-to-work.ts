/** Asks the owner of a folder to do what only it can (work-route.ts), and waits for its report. */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { UsageError } from '../input/command-output.ts';
import type { Owner } from '../runtime/data-folder.ts';
import { askOwner, controlHeader, ownerRefusal } from './ask-owner.ts';

const line = z.union([
  z.object({ progress: z.object({ what: z.string(), records: z.number() }) }),
  z.object({ report: z.looseObject({ ok: z.boolean() }) }),
  z.object({ failed: z.string() }),
]);

export interface WorkAsked {
  readonly path: string;
  readonly body?: object;
  readonly onProgress: (progress: { readonly what: string; readonly records: number }) => void;
}

/** The owner is this program of the same machine: its report has the shape that it says. */
export async function askToWork<T>(owner: Owner & { url: string }, asked: WorkAsked): Promise<T> {
  const { path, body, onProgress } = asked;
  const at = `${owner.url}${path}`;
  const headers = controlHeader(owner.url, owner);
  const given =
    body === undefined
      ? { headers }
      : {
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        };
  const response = await askOwner(at, { method: 'POST', ...given });
  if (!response.ok || response.body === null) throw await ownerRefusal(at, response);
  for await (const text of createInterface({ input: Readable.fromWeb(response.body) })) {
    const parsed = line.parse(JSON.parse(text));
    if ('progress' in parsed) onProgress(parsed.progress);
    else if ('failed' in parsed) throw new UsageError(`${at} failed: ${parsed.failed}`);
    else return parsed.report as unknown as T;
  }
  throw new UsageError(`${at} ended before it was done. Does "waywarden up" still run?`);
}
