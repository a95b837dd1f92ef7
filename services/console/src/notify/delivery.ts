/** What became of one try, and the POST that several kinds of receivers share. */
export const TIMEOUT_MS = 10_000;
/** Also what a person mends: a token that expired, an address that moved. */
const AGAIN: ReadonlySet<number> = new Set([401, 403, 404, 408, 425, 429]);

/** `sent`, `again` (it may take it later) or `refused` (it never will), with why. */
export interface SendOutcome {
  readonly outcome: 'sent' | 'again' | 'refused';
  readonly why: string;
}

export async function post(
  url: string,
  body: string,
  headers: Record<string, string>,
): Promise<SendOutcome> {
  try {
    const response = await fetch(url, {
      ...{ method: 'POST', body, redirect: 'error' },
      headers: { 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return { outcome: 'sent', why: '' };
    const isLater = response.status >= 500 || AGAIN.has(response.status);
    return { outcome: isLater ? 'again' : 'refused', why: `answered ${response.status}` };
  } catch (error) {
    return { outcome: 'again', why: error instanceof Error ? error.message : String(error) };
  }
}
