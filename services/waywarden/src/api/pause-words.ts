/** What `status` says of a pause and of what it held back. */
import type { AllWithheldByPause, PauseState } from '@waywarden/responder';

export function pauseWords(
  { paused, by, reason }: Pick<PauseState, 'paused' | 'by' | 'reason'>,
  { decisions, more }: AllWithheldByPause,
  waiting = 0,
): string {
  const orders = waiting === 1 ? 'An order given' : `${waiting} orders given`;
  const waits =
    waiting === 0
      ? ''
      : `${orders} before it and not answered by everybody will be handed out over HTTP when enforcement goes on, unless taken back ("waywarden restore"). `;
  const pause = paused
    ? `Enforcement is PAUSED by ${by.join(' and ')}; the reason: “${reason}”. ${waits}`
    : '';
  const count = decisions.length + more;
  const [first] = decisions;
  if (first === undefined) return pause;
  const inHand = count === 1 ? 'An order was' : `${count} orders were`;
  const what = `${first.action ?? 'an order'} of ${first.agentUid}, decision ${first.decisionId}`;
  return `${pause}${inHand} held back by a pause and wait for a person (GET /v1/enforcement, then "waywarden approve"); the first: ${what}. `;
}
