/** Declared changes of what agents are made of: models, releases, prompts, tools and their names. */
import { DAY, HOUR, MINUTE } from '../calendar.ts';
import type { Agent } from '../fleet.ts';
import type { Role } from '../roles.ts';
import { declaration, endOf, momentOf, type Scene, uidsOf } from '../scene.ts';
import { labelOf, type Tell, type Variation } from './variation.ts';

/** Declared for each of these agents an hour before it holds. */
function declared(
  scene: Scene,
  agents: readonly Agent[],
  from: number,
  of: string,
): Pick<Variation, 'events'> {
  return {
    events: () =>
      agents.map((a, n) => declaration(a.uid, of, from - HOUR + n * 1000, scene.random, a.gateway)),
  };
}

const holding = (scene: Scene, ...roles: readonly Role[]): readonly Agent[] =>
  scene.fleet.agents.filter((a) => roles.includes(a.role));

/** All agents of some roles get a new model on one morning. */
export const declaredModelRollout: Tell = (scene) => {
  const agents = holding(scene, 'coder', 'reviewer', 'planner', 'seller', 'triage');
  const from = momentOf(scene, 0.5, 5);
  const to = endOf(scene);
  return {
    agentChanges: [{ what: 'model', agents: uidsOf(agents), from, to, model: 'lumen-5' }],
    ...declared(scene, agents, from, 'model/lumen-5'),
    label: labelOf('declared_model_rollout', [...uidsOf(agents)], from, from + 2 * DAY),
  };
};

export const declaredRelease: Tell = (scene) => {
  const agents = holding(scene, 'intake', 'payer', 'clerk', 'desk');
  const from = momentOf(scene, 0.35, 5);
  return {
    agentChanges: [
      { what: 'version', agents: uidsOf(agents), from, to: endOf(scene), version: '1.5.0' },
    ],
    ...declared(scene, agents, from, 'release/1.5.0'),
    label: labelOf('declared_release', [...uidsOf(agents)], from, from + 2 * DAY),
  };
};

/** A prompt is declared anew: from then on those agents' work takes other turns. */
export const declaredPromptChange: Tell = (scene) => {
  const agents = holding(scene, 'researcher');
  const from = momentOf(scene, 0.62, 5);
  return {
    sharedChanges: [
      { what: 'busy', workflows: new Set(['research']), factor: 1.6, from, to: endOf(scene) },
    ],
    ...declared(scene, agents, from, 'prompt/research-7'),
    label: labelOf('declared_prompt_change', [...uidsOf(agents)], from, from + 3 * DAY),
  };
};

/** A server's tools get new definitions for all who use it at once. */
export const toolRollout: Tell = (scene) => {
  const agents = scene.fleet.agents.filter((a) => a.tools.some((t) => t.startsWith('atlassian/')));
  const from = momentOf(scene, 0.55, 4);
  return {
    sharedChanges: [
      { what: 'definition', server: 'atlassian', definition: 'v2', from, to: endOf(scene) },
    ],
    events: () =>
      [1, 2, 3].map((n) =>
        declaration(
          `spiffe://acme.example/gateway/${n}`,
          'tool/atlassian',
          from - 30 * MINUTE,
          scene.random,
          `gateway-${n}`,
        ),
      ),
    label: labelOf('tool_rollout', [...uidsOf(agents)], from, from + 2 * DAY),
  };
};

/** A release renames tools: the same work under other names. */
export const toolRename: Tell = (scene) => {
  const agents = scene.fleet.agents.filter((a) => a.tools.includes('zendesk/update_ticket'));
  const from = momentOf(scene, 0.7, 4);
  const to = endOf(scene);
  return {
    sharedChanges: [
      { what: 'name', tool: 'zendesk/update_ticket', name: 'update_ticket_v2', from, to },
    ],
    ...declared(scene, agents, from, 'release/2.0.0'),
    agentChanges: [{ what: 'version', agents: uidsOf(agents), from, to, version: '2.0.0' }],
    label: labelOf('tool_rename', [...uidsOf(agents)], from, from + 2 * DAY),
  };
};
