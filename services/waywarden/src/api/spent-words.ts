/** What `status` says of spent budgets, and on whose word. */
import type { SpentByRule } from '@waywarden/responder';

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
