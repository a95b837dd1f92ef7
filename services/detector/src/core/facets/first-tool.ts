/** Has this agent called this tool before? The drop_db after a thousand reads. */
import { valueNovelty } from './value-novelty.ts';

export const firstTool = valueNovelty({
  name: 'first_tool',
  ruleId: 'first-tool',
  severity: 'medium',
  weight: 0.02,
  valueOf: (event) =>
    event.tool === undefined ? undefined : `${event.tool.server ?? ''}/${event.tool.name}`,
  describe: (_, event) => `called ${event.tool?.name ?? 'a tool'}`.slice(0, 60),
});
