/**
 * Labels of benign variations: who and when fit, a declared change was declared, and it is what it is
 * called. "a declaration covers what changes within 24 h after it" (contracts).
 */
import { DAY_MS, HOUR_MS, type Reported } from './behavior-scene.ts';
import { CHANGES } from './benign-change.ts';
import { CIRCUMSTANCES } from './benign-circumstance.ts';
import type { BenignScene } from './benign-scene.ts';
import { type OtherLabel, textOf, textsOf } from './label.ts';

/** "`acceptable_kinds` stand at two": kinds, and how many alerts of them are right. */
const RIGHT: ReadonlyMap<string, string> = new Map([
  ['source_outage', 'telemetry_gap 1'],
  ['undeclared_rollout', 'behavior_deviation undeclared_change 1'],
]);

/** How long false alarms are to be expected; of what is not here it is not fixed. */
const HOURS: ReadonlyMap<string, number> = new Map([
  ['declared_model_rollout', 48],
  ['declared_release', 48],
  ['declared_prompt_change', 72],
  ['undeclared_rollout', 48],
  ['tool_rollout', 48],
  ['tool_rename', 48],
  ['incident', 24],
  ['late_delivery', 4],
  ['redelivery', 2],
  ['cohort_growth', 120],
  ['holiday', 24],
  ['month_end', 24],
  ['quarter_end', 24],
]);

function tableProblems(label: OtherLabel, variation: string, lastedMs: number): readonly string[] {
  const kinds = textsOf(label.fields.get('acceptable_kinds')) ?? [];
  const alerts = label.fields.get('acceptable_alerts');
  const right = [...[...kinds].sort(), ...(alerts === undefined ? [] : [alerts])].join(' ');
  const wanted = RIGHT.get(variation) ?? '';
  const hours = HOURS.get(variation);
  return [
    ...(right === wanted ? [] : [`right are “${right}”, by the table “${wanted}”`]),
    ...(hours === undefined || lastedMs === hours * HOUR_MS
      ? []
      : [`lasts ${lastedMs / HOUR_MS} hours, by the table ${hours}`]),
  ];
}

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
  { told, fromMs, toMs }: { told: readonly Reported[]; fromMs: number; toMs: number },
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
  told: readonly Reported[],
  {
    lines,
    registry,
    attacks,
    holidays,
  }: Pick<BenignScene, 'lines' | 'registry' | 'attacks' | 'holidays'>,
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
  const variation = textOf(label.fields.get('variation')) ?? '';
  const fact = CHANGES.get(variation) ?? CIRCUMSTANCES.get(variation);
  const scene = { agents, fromMs, toMs, told, lines, registry, attacks, holidays };
  problems.push(...(fact === undefined ? [`${variation} is no variation`] : fact(scene)));
  problems.push(...tableProblems(label, variation, toMs - fromMs));
  const prefix = DECLARED.get(variation);
  if (prefix !== undefined) problems.push(...undeclared(prefix, agents, { told, fromMs, toMs }));
  return problems;
}
