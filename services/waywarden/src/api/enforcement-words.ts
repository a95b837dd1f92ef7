/** What `status` says of a pause and what it held back, and of spent budgets, on whose word. */
import type { AllWithheldByPause, PauseState, SpentByRule } from '@waywarden/responder';

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

const NAMED_MAX = 3;

function whose({ of, source }: SpentByRule): string {
  if (of === 'source') return ` for source ${source}`;
  return of === 'shared' ? ' for what no one source tells' : '';
}

export function spentWords(spent: readonly SpentByRule[]): string {
  if (spent.length === 0) return '';
  const named = spent
    .slice(-NAMED_MAX)
    .reverse()
    .map((one) => `of rule ${one.ruleId}${whose(one)} (${one.max} ${one.counted})`);
  const more = spent.length > NAMED_MAX ? ` and ${spent.length - NAMED_MAX} more` : '';
  return `Spent, so that step-ups are asked instead: the budget ${named.join(', ')}${more}. `;
}
