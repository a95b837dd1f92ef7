/**
 * Variations in which something of agents or tools changes: that it really did, for all of them, and
 * from `from` on. Whether it was declared is `benign-check.ts`'s.
 */
import { CLOCK_SLACK_MS, DAY_MS, HOUR_MS, type Reported } from './behavior-scene.ts';
import {
  agentFaults,
  type BenignFact,
  type BenignScene,
  roleOf,
  usesServer,
} from './benign-scene.ts';
import { isDeclared, type Part, partsOf } from './declared-change.ts';

type Kind = Part['kind'];

/** What an agent had of this kind last before, and first after; undefined: not told. */
function beforeAndAfter(scene: BenignScene, agent: string, kind: Kind) {
  const own = scene.told.filter(({ event }) => event.agent.uid === agent);
  const shown = own.flatMap((told) =>
    partsOf(told).flatMap((part) => (part.kind === kind ? [{ told, value: part.value }] : [])),
  );
  const before = shown.filter(({ told }) => told.timeMs < scene.fromMs - CLOCK_SLACK_MS).at(-1);
  const after = shown.find(({ told }) => told.timeMs >= scene.fromMs && told.timeMs < scene.toMs);
  return { before, after };
}

const rolesOf = ({ agents, registry }: BenignScene) =>
  new Set(agents.map((uid) => roleOf(uid, registry)));

/** "all agents of three to five roles get another …". */
function changed(kind: Kind, roles: readonly [number, number]): BenignFact {
  return (scene) => {
    const found = rolesOf(scene);
    const [least, most] = roles;
    const states = scene.agents.map((agent) => ({ agent, ...beforeAndAfter(scene, agent, kind) }));
    const shown = states.filter(({ before, after }) => before !== undefined && after !== undefined);
    const same = shown.filter(({ before, after }) => before?.value === after?.value);
    return [
      ...agentFaults(scene, 'those roles', (one) => found.has(one.role ?? '')),
      ...(found.size >= least && found.size <= most ? [] : [`${found.size} roles`]),
      ...(shown.length === 0 ? [`nobody shows a ${kind} before and after`] : []),
      ...same.map(({ agent, after }) => `${agent} still has ${kind} ${after?.value}`),
    ];
  };
}

/** "all of one role get another `model.name` at the same moment, and nobody declares it". */
const undeclaredRollout: BenignFact = (scene) => {
  const declared = scene.agents.filter((agent) => {
    const { after } = beforeAndAfter(scene, agent, 'model');
    return after !== undefined && isDeclared('model', after.told, scene.told);
  });
  return [
    ...changed('model', [1, 1])(scene),
    ...declared.map((agent) => `${agent} declared it all the same`),
  ];
};

const serverOf = ({ event }: Reported) => event.tool?.server ?? '';

/** Servers of whose tools something is declared in the day before, or as the change begins. */
function declaredServers({ told, fromMs }: BenignScene): ReadonlySet<string> {
  const declarations = told.filter(
    ({ event, timeMs }) =>
      event.activity === 'config_change' &&
      (event.target?.resource_id ?? '').startsWith('tool/') &&
      timeMs >= fromMs - DAY_MS &&
      timeMs <= fromMs + HOUR_MS,
  );
  return new Set(
    declarations.map(({ event }) => (event.target?.resource_id ?? '').split('/')[1] ?? ''),
  );
}

/** "a server's tools get new definitions for all at once". */
const toolRollout: BenignFact = (scene) => {
  const servers = [...declaredServers(scene)];
  const renewed = servers.filter((server) => {
    const of = scene.told.filter(
      (one) => serverOf(one) === server && !scene.attacks.has(one.event),
    );
    const hash = ({ event }: Reported) => `${event.tool?.name} ${event.tool?.definition_hash}`;
    const before = new Set(
      of.filter((one) => one.timeMs < scene.fromMs - CLOCK_SLACK_MS).map(hash),
    );
    const after = of.filter((one) => one.timeMs >= scene.fromMs && one.timeMs < scene.toMs);
    return after.length > 0 && after.every((one) => !before.has(hash(one)));
  });
  const [server] = renewed;
  if (server === undefined)
    return [`no server's tools are all new: ${servers.join(', ')} declared`];
  return agentFaults(scene, `users of ${server}`, (one) => usesServer(one, server));
};

/** "a release renames one tool": a name ends, another on the same server begins. */
const toolRename: BenignFact = (scene) => {
  const nameOf = ({ event }: Reported) => `${event.tool?.server ?? ''}/${event.tool?.name ?? ''}`;
  const tools = scene.told.filter(({ event }) => event.tool !== undefined);
  const before = new Set(tools.filter((one) => one.timeMs < scene.fromMs).map(nameOf));
  const after = new Set(tools.filter((one) => one.timeMs >= scene.fromMs).map(nameOf));
  const ended = [...before].filter((name) => !after.has(name));
  const begun = [...after].filter((name) => !before.has(name));
  const pair = ended
    .map((old) => ({ old, next: begun.find((name) => name.split('/')[0] === old.split('/')[0]) }))
    .find(({ next }) => next !== undefined);
  if (pair === undefined) return ['no tool’s name ends and another of its server begins'];
  return [];
};

export const CHANGES: ReadonlyMap<string, BenignFact> = new Map([
  ['declared_model_rollout', changed('model', [3, 5])],
  ['declared_release', changed('release', [2, 5])],
  ['declared_prompt_change', changed('prompt', [1, 1])],
  ['undeclared_rollout', undeclaredRollout],
  ['tool_rollout', toolRollout],
  ['tool_rename', toolRename],
]);
