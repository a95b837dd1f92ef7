/**
 * Asking the running owner of a folder over HTTP (its URL and token file stand in `owner.json`), for
 * the commands that can't open what it holds.
 */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from '../input/command-output.ts';
import { dataPaths, type Owner, ownerOf } from '../runtime/data-folder.ts';

const refusal = z.object({
  message: z.string(),
  what_to_do: z.string().optional(),
  problems: z.array(z.object({ path: z.string(), expected: z.string() })).optional(),
});

/** A refusal as a person reads it: what is wrong, what to do, and each problem on a line. */
export function claimedIn(body: unknown): string {
  const { data } = refusal.safeParse(body);
  if (data === undefined) return 'nothing that is understood.';
  const advice = data.what_to_do === undefined ? '' : ` ${data.what_to_do}`;
  const problems = data.problems?.map(({ path, expected }) => `\n  ${path}: ${expected}`) ?? [];
  return `${data.message}${advice}${problems.join('')}`;
}

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
export async function ownerRefusal(url: string, response: Response): Promise<UsageError> {
  const body: unknown = await response.json().catch(() => ({}));
  return new UsageError(`${url} answered ${response.status}: ${claimedIn(body)}`);
}

/** The header by which the owner lets its own person change or ask more; UsageError without. */
export function controlHeader(url: string, owner: Owner): { readonly authorization: string } {
  const file = owner.control_token_file;
  if (file === undefined || !existsSync(file)) {
    throw new UsageError(`${url} names no control token, so it can't be told what to do.`);
  }
  return { authorization: `Bearer ${readFileSync(file, 'utf8').trim()}` };
}

/**
 * For reading where an account is demanded: whoever may read the owner's files is its person. Only to the owner of this
 * very folder, so that the token goes nowhere else.
 */
export function readerHeader(url: string, folder: string): { readonly authorization?: string } {
  const owner = ownerOf(dataPaths(folder));
  const file = owner?.control_token_file;
  const isOurs = owner?.url != null && new URL(url).origin === new URL(owner.url).origin;
  if (owner === undefined || !isOurs || file === undefined || !existsSync(file)) return {};
  return controlHeader(url, owner);
}
