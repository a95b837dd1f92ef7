/** What these calls used, as the store says it of stored ones: for calls that stand only in the log. */
import type { EventRow, UsedTool } from './view-model.ts';

/** The most used first, then by name. */
export function usedTools(calls: readonly EventRow[]): readonly UsedTool[] {
  return [...new Set(calls.map((one) => one.tool))]
    .map((tool) => {
      const used = calls.filter((one) => one.tool === tool);
      const times = used.map((one) => one.at).toSorted();
      return {
        tool,
        capabilities: [...new Set(used.flatMap((one) => one.capabilities))].toSorted(),
        calls: used.length,
        denied: used.filter((one) => one.outcome === 'denied').length,
        first: times[0] ?? '',
        last: times.at(-1) ?? '',
      };
    })
    .toSorted((a, b) => b.calls - a.calls || (a.tool < b.tool ? -1 : 1));
}
