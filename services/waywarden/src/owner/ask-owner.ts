/**
 * Asking the running owner of a folder over HTTP (its URL and token file stand in `owner.json`), for
 * the commands that can't open what it holds.
 */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from '../commands/command-output.ts';
import type { Owner } from '../embedded/data-folder.ts';

const refusal = z.object({ message: z.string() });

/** UsageError when it does not answer. */
export async function askOwner(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const why = error instanceof Error ? (error.cause ?? error) : error;
    throw new UsageError(`${url} does not answer (${String(why)}). Does "waywarden up" still run?`);
  }
}

/** What it said when it refused. */
export async function refusalOf(url: string, response: Response): Promise<UsageError> {
  const body: unknown = await response.json().catch(() => ({}));
  const said = refusal.safeParse(body).data?.message ?? 'nothing that is understood.';
  return new UsageError(`${url} answered ${response.status}: ${said}`);
}

/** The header by which the owner lets its own person change or ask more; UsageError without. */
export function controlHeader(url: string, owner: Owner): { readonly authorization: string } {
  const file = owner.control_token_file;
  if (file === undefined || !existsSync(file)) {
    throw new UsageError(`${url} names no control token, so it can't be told what to do.`);
  }
  return { authorization: `Bearer ${readFileSync(file, 'utf8').trim()}` };
}
