/** What shows only in what is missing or other than declared: approvals, composition, silence. */
import { DAY, HOUR, MINUTE } from '../calendar.ts';
import type { Role } from '../roles.ts';
import type { Run } from '../run.ts';
import { endOf, nameOf } from '../scene.ts';
import { auditRecord } from '../telemetry.ts';
import type { ToolName } from '../tool-table.ts';
import type { AgentChange, NotedCall, World } from '../world.ts';
import {
  type Attack,
  type AttackScene,
  behaviorLabel,
  byStrength,
  type FamilyPlan,
  runOf,
} from './attack.ts';

/** An attack that is a change of what the agent's own calls look like. */
function changed(
  scene: AttackScene,
  family: FamilyPlan['family'],
  kinds: readonly string[],
  changes: readonly AgentChange[],
  shown: NotedCall[],
): Attack {
  return {
    agentChanges: changes,
    play: () => [],
    label: () => {
      shown.sort((a, b) => a.at - b.at || (a.native < b.native ? -1 : 1));
      return behaviorLabel(scene, family, kinds, {
        from: shown[0]?.at ?? scene.day,
        to: shown.at(-1)?.at ?? scene.day,
        native: shown.map((c) => c.native),
        tasks: [...new Set(shown.map((c) => c.task))],
      });
    },
  };
}

/** Calls over which a person decides go through without one. */
export const approvalBypass: FamilyPlan = {
  family: 'approval_bypass',
  roles: ['payer', 'correspondent', 'releaser', 'checker'],
  begin: (scene) => {
    const shown: NotedCall[] = [];
    const from = scene.day + 7 * HOUR;
    const days = byStrength(scene.strength, 1, 2, 4);
    const change: AgentChange = {
      what: 'approval',
      mode: byStrength(scene.strength, 'auto', 'none', 'bypassed'),
      agents: new Set([scene.agent.uid]),
      from,
      to: Math.min(endOf(scene), from + days * DAY - 8 * HOUR),
      shown,
    };
    const kinds = ['approval_bypass', 'class_drift', 'behavior_deviation', 'outside_task_envelope'];
    return changed(scene, 'approval_bypass', kinds, [change], shown);
  },
};

/** A model, a release, or a server's tools that nobody declared. */
export const undeclaredChange: FamilyPlan = {
  family: 'undeclared_change',
  roles: ['seller', 'clerk', 'coder', 'planner', 'scribe', 'briefer', 'intake', 'reviewer'],
  begin: (scene) => {
    const shown: NotedCall[] = [];
    const held = {
      agents: new Set([scene.agent.uid]),
      from: scene.day + 6 * HOUR,
      to: endOf(scene),
    };
    const model: AgentChange = { what: 'model', model: 'shadow-7b', ...held, shown };
    const changes = byStrength<readonly AgentChange[]>(
      scene.strength,
      [{ what: 'tools', definition: 'v1-local', ...held, shown }],
      [model],
      [model, { what: 'version', version: '0.0.0-local', ...held }],
    );
    const kinds = ['undeclared_change', 'behavior_deviation'];
    return changed(scene, 'undeclared_change', kinds, changes, shown);
  },
};

/** A last call that is told, with the token that is then used unseen. */
function lastSeen(scene: AttackScene, world: World, at: number): Run {
  const { agent, random } = scene;
  const own: Partial<Record<Role, readonly [workflow: string, tool: ToolName]>> = {
    payer: ['invoice-approval', 'pay'],
    releaser: ['release', 'post'],
    briefer: ['press-briefing', 'writePage'],
  };
  const [workflow, tool] = own[agent.role] ?? ['release', 'post'];
  const run = runOf(scene, world, workflow, at);
  run.call(agent, tool, { args: { amount: random.int(10, 90) } });
  return run;
}

/** Nothing of an agent is told any more, its heartbeats neither, while its token is used. */
export const telemetrySilence: FamilyPlan = {
  family: 'telemetry_silence',
  roles: ['payer', 'releaser', 'briefer'],
  begin: (scene) => {
    const { agent, random } = scene;
    const from = scene.day + 8 * HOUR;
    const to = Math.min(endOf(scene), from + byStrength(scene.strength, 5, 10, 27) * HOUR);
    const seen: string[] = [];
    return {
      agentChanges: [{ what: 'lost', agents: new Set([agent.uid]), from, to }],
      play: (world) => {
        const before = lastSeen(scene, world, from - 20 * MINUTE);
        const token = before.credentialOf(agent).uid;
        const count = byStrength(scene.strength, 4, 8, 20);
        const used = Array.from({ length: count }, (_, n) => {
          const native = `${nameOf(random)}-a`;
          seen.push(native);
          const at = from + Math.floor(((n + 0.5) * (to - from - MINUTE)) / count);
          return auditRecord(agent, token, at, native);
        });
        return [...before.events, ...used];
      },
      label: () =>
        behaviorLabel(
          scene,
          'telemetry_silence',
          ['telemetry_gap', 'unlogged_action', 'credential_misuse', 'proof_of_life_missing'],
          { from, to, native: seen, tasks: [] },
        ),
    };
  },
};
