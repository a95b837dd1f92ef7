/**
 * What `status` says of budgets that are spent: of which rule, and on whose word. Whoever reads it has to
 * know where to look: one source that reports nonsense is another fault than a fleet that runs wild.
 */
import type { SpentByRule } from '@waywarden/responder';

/** Named in the sentence; the number tells of the rest. */
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
