/**
 * Labels of benign variations: who and when fit, and a declared change was declared. "a declaration
 * covers what changes within 24 h after it" (contracts).
 */
import type { Registry } from '@waywarden/schemas';
import { DAY_MS, type Told } from './behavior-scene.ts';
import { type OtherLabel, textOf, textsOf } from './label.ts';

/** Variations that need a declaration, and of what. */
const DECLARED: ReadonlyMap<string, string> = new Map([
  ['declared_model_rollout', 'model/'],
  ['declared_release', 'release/'],
  ['declared_prompt_change', 'prompt/'],
  ['tool_rollout', 'tool/'],
  ['tool_rename', 'tool/'],
]);

/**
 * Each agent's own declaration, of this or of a release: "a release covers model, prompt and tools of
 * that agent". For a tool also that of a gateway, "a gateway's uid for a tool change on the server".
 */
function undeclared(
  prefix: string,
  agents: readonly string[],
  { told, fromMs, toMs }: { told: readonly Told[]; fromMs: number; toMs: number },
): readonly string[] {
  const declared = told.filter(({ event, timeMs }) => {
    const what = event.target?.resource_id ?? '';
    const covers = what.startsWith(prefix) || what.startsWith('release/');
    const inTime = timeMs >= fromMs - DAY_MS && timeMs <= toMs;
    return event.activity === 'config_change' && covers && inTime;
  });
  const own = new Set(declared.map(({ event }) => event.agent.uid));
  const byGateway = declared.some(
    ({ event }) =>
      prefix === 'tool/' &&
      (event.target?.resource_id ?? '').startsWith(prefix) &&
      !agents.includes(event.agent.uid),
  );
  return agents
    .filter((agent) => !byGateway && !own.has(agent))
    .map((agent) => `${agent} declares no change of ${prefix} from a day before it to its end`);
}

export function benignProblems(
  label: OtherLabel,
  told: readonly Told[],
  registry: Registry,
): readonly string[] {
  const problems: string[] = [];
  const agents = textsOf(label.fields.get('agents')) ?? [];
  const fromMs = Date.parse(textOf(label.fields.get('from')) ?? '');
  const toMs = Date.parse(textOf(label.fields.get('to')) ?? '');
  if (textOf(label.fields.get('verdict')) !== 'quiet') problems.push('verdict is not quiet');
  if (!(fromMs < toMs)) problems.push('from and to are no times in order');
  const seen = new Set(told.map(({ event }) => event.agent.uid));
  const known = new Set(registry.agents.map((one) => one.uid));
  for (const agent of agents) {
    if (!known.has(agent) && !seen.has(agent)) problems.push(`${agent} is nowhere`);
  }
  const prefix = DECLARED.get(textOf(label.fields.get('variation')) ?? '');
  if (prefix !== undefined) problems.push(...undeclared(prefix, agents, { told, fromMs, toMs }));
  return problems;
}
