/** Changes of what agents are made of: models, releases, prompts, tools and their names. */
import { DAY, HOUR, MINUTE } from '../calendar.ts';
import type { Agent } from '../fleet.ts';
import { ROLES, type Role } from '../roles.ts';
import { declaration, endOf, type Scene, uidsOf } from '../scene.ts';
import type { Fields } from '../simulated-event.ts';
import { turnTaken } from './turns.ts';
import { labelOf, type Report, someMoment, type Variation } from './variation.ts';

interface Declared {
  readonly agents: readonly Agent[];
  readonly from: number;
  readonly of: string;
  readonly says?: Fields;
}

/** Declared for each of these agents an hour before it holds. */
function declared(scene: Scene, { agents, from, of, says }: Declared): Pick<Variation, 'events'> {
  return {
    events: () =>
      agents.map((a, n) =>
        declaration(
          { uid: a.uid, of, at: from - HOUR + n * 1000, gateway: a.gateway, says },
          scene.random,
        ),
      ),
  };
}

/** Whom declared roll-outs befall; undeclared changes and silences are those of other roles. */
const CHANGING = [
  'desk',
  'exporter',
  'people',
  'operator',
  'reporter',
  'helper',
  'checker',
  'correspondent',
  'payees',
  'registrar',
] as const satisfies readonly Role[];
/** Roles of which each fleet changes the model undeclared in one. */
const UNDECLARED = ['analyst', 'triage', 'assistant'] as const satisfies readonly Role[];

const holding = ({ fleet }: Scene, roles: readonly Role[]): readonly Agent[] =>
  fleet.agents.filter((a) => roles.includes(a.role));

/** A few roles, drawn. */
function someRoles({ random }: Scene, least: number, most: number): readonly Role[] {
  const roles = new Set<Role>();
  for (const count = random.int(least, most); roles.size < count; )
    roles.add(random.pick(CHANGING));
  return [...roles];
}

/** All agents of some roles get a new model on one morning. */
export const declaredModelRollout: Report = (scene) => {
  const agents = holding(scene, someRoles(scene, 3, 5));
  const from = someMoment(scene, [4, 7]);
  if (from === undefined) return undefined;
  const model = scene.random.pick(['lumen-5', 'sonde-3']);
  return {
    agentChanges: [{ what: 'model', agents: uidsOf(agents), from, to: endOf(scene), model }],
    ...declared(scene, { agents, from, of: `model/${model}` }),
    label: labelOf('declared_model_rollout', [...uidsOf(agents)], from, from + 2 * DAY),
  };
};

export const declaredRelease: Report = (scene) => {
  const agents = holding(scene, someRoles(scene, 2, 5));
  const from = someMoment(scene, [4, 7]);
  if (from === undefined) return undefined;
  const version = scene.random.pick(['1.5.0', '1.6.1', '1.7.2']);
  return {
    agentChanges: [{ what: 'version', agents: uidsOf(agents), from, to: endOf(scene), version }],
    ...declared(scene, { agents, from, of: `release/${version}` }),
    label: labelOf('declared_release', [...uidsOf(agents)], from, from + 2 * DAY),
  };
};

/**
 * One role's model is changed for all at once, and nobody declared it. One alert that names the
 * common cause is right; one an agent is a storm.
 */
export const undeclaredRollout: Report = (scene) => {
  // Not one that a release changes too: its declaration would cover this.
  const { renamed } = scene.fleet.house;
  const able = UNDECLARED.filter((r) => !ROLES[r].tools.some((t) => t === renamed.tool));
  const role = able[scene.random.int(0, able.length - 1)] ?? 'analyst';
  const agents = holding(scene, [role]);
  const from = someMoment(scene, [4, 7]);
  if (from === undefined) return undefined;
  const model = scene.random.pick(['lumen-5-mini', 'sonde-2-mini']);
  return {
    agentChanges: [{ what: 'model', agents: uidsOf(agents), from, to: endOf(scene), model }],
    label: labelOf('undeclared_rollout', [...uidsOf(agents)], from, from + 2 * DAY, {
      kinds: ['undeclared_change', 'behavior_deviation'],
      alerts: 1,
    }),
  };
};

/** A prompt is declared anew, and what it makes its agents do besides: they do just that. */
export const declaredPromptChange: Report = (scene) => {
  const { random } = scene;
  const { role, also, says } = random.pick(turnTaken);
  const agents = holding(scene, [role]);
  const from = someMoment(scene, [4, 7]);
  if (from === undefined) return undefined;
  const prompt = `prompt/${role}-${random.int(20, 29)}`;
  const inHand = { agents: uidsOf(agents), from, to: endOf(scene) };
  return {
    agentChanges: [{ what: 'prompt', ...inHand, prompt, also }],
    ...declared(scene, { agents, from, of: prompt, says }),
    label: labelOf('declared_prompt_change', [...uidsOf(agents)], from, from + 3 * DAY),
  };
};

/** The days on which a change of everybody's tools is covered by its declaration. */
const covered = (from: number): readonly number[] => {
  const day = Math.floor(from / DAY);
  return [day - 1, day, day + 1];
};

/** A server's tools get new definitions for all who use it at once. */
export const toolRollout: Report = (scene) => {
  const server = scene.random.pick(['atlassian', 'github', 'postgres']);
  const agents = scene.fleet.agents.filter((a) => a.tools.some((t) => t.startsWith(`${server}/`)));
  const from = someMoment(scene, [3, 6]);
  if (from === undefined) return undefined;
  return {
    sharedChanges: [{ what: 'definition', server, definition: 'v2', from, to: endOf(scene) }],
    events: () =>
      [1, 2, 3].map((n) =>
        declaration(
          {
            uid: `spiffe://acme.example/gateway/${n}`,
            of: `tool/${server}`,
            at: from - 30 * MINUTE,
            gateway: `gateway-${n}`,
          },
          scene.random,
        ),
      ),
    covered: covered(from),
    label: labelOf('tool_rollout', [...uidsOf(agents)], from, from + 2 * DAY),
  };
};

/** A release renames a tool: the same work under another name. */
export const toolRename: Report = (scene) => {
  const { tools, renamed } = scene.fleet.house;
  const tool = `${tools[renamed.tool].server}/${tools[renamed.tool].name}`;
  const agents = scene.fleet.agents.filter((a) => a.tools.includes(tool));
  const from = someMoment(scene, [3, 6]);
  if (from === undefined) return undefined;
  const to = endOf(scene);
  return {
    sharedChanges: [{ what: 'name', tool, name: renamed.name, from, to }],
    ...declared(scene, { agents, from, of: 'release/2.0.0' }),
    agentChanges: [{ what: 'version', agents: uidsOf(agents), from, to, version: '2.0.0' }],
    covered: covered(from),
    label: labelOf('tool_rename', [...uidsOf(agents)], from, from + 2 * DAY),
  };
};
