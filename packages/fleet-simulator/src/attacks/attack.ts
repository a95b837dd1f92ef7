/** An agent goes wayward: what it then does, and the label that says so. */
import { timeText } from '../calendar.ts';
import type { Agent } from '../fleet.ts';
import { type BehaviorLabel, CONCERNED_MAX, type Family, type Strength } from '../labels.ts';
import type { Role } from '../roles.ts';
import { Run } from '../run.ts';
import type { Scene } from '../scene.ts';
import { nameOf } from '../scene.ts';
import type { TimedEvent } from '../simulated-event.ts';
import { requestOf } from '../work/workflows.ts';
import { type AgentChange, clockOf, type World } from '../world.ts';

export interface AttackScene extends Scene {
  readonly agent: Agent;
  readonly strength: Strength;
  readonly incident: string;
  /** Its number in its family. */
  readonly n: number;
  /** Milliseconds since 1970: midnight of the day on which it begins. */
  readonly day: number;
}

export interface Attack {
  readonly agentChanges?: readonly AgentChange[];
  /** Everything that it adds to the fleet's work, whenever it happens. */
  readonly play: (world: World) => readonly TimedEvent[];
  /** Asked for when all has been told; none when no event of it was. */
  readonly label: () => BehaviorLabel | undefined;
}

export interface FamilyPlan {
  readonly family: Family;
  /** Roles whose agents it can befall. */
  readonly roles: readonly Role[];
  /** Working days that it needs from its first on; left out: one. */
  readonly room?: number;
  /** Calendar days from its first on; left out: one. All must be told. */
  readonly lasts?: Readonly<Record<Strength, number>>;
  /** It goes on, and all of it must be told. */
  readonly untilEnd?: boolean;
  /** What shows it is told by the targets' audit. */
  readonly audited?: boolean;
  /** No declaration may fall near it. */
  readonly apart?: boolean;
  /** It befalls each role once at most. */
  readonly onceARole?: boolean;
  readonly begin: (scene: AttackScene) => Attack;
}

/** By strength. */
export const byStrength = <T>(strength: Strength, weak: T, medium: T, strong: T): T =>
  strength === 'weak' ? weak : strength === 'medium' ? medium : strong;

/** The run in which an attacked agent acts; nothing in it comes late or fails by chance. */
export function runOf(
  scene: AttackScene,
  world: World,
  workflow: string,
  start: number,
  unattended = false,
): Run {
  const cell = scene.fleet.cells[scene.agent.cell];
  if (cell === undefined) throw new Error(`no cell ${scene.agent.cell}`);
  const { random } = scene;
  return new Run({
    id: nameOf(random),
    workflow,
    cell,
    start,
    random,
    world,
    steady: true,
    request: requestOf(workflow),
    unattended,
  });
}

/** Notes what an attack does while it is played. */
export class Concern {
  readonly events: TimedEvent[] = [];
  readonly native: string[] = [];
  readonly tasks = new Set<string>();
  #from = Number.POSITIVE_INFINITY;
  #to = 0;

  /** A run of the attack; its calls named in `ids` (else all) are those concerned. */
  add(run: Run, ids?: readonly string[]): void {
    const only = ids === undefined ? undefined : new Set(ids);
    for (const timed of run.events) {
      this.events.push(timed);
      const { native_id } = timed.event;
      if (timed.lost === true || (only !== undefined && !only.has(native_id))) continue;
      this.#from = Math.min(this.#from, timed.at);
      this.#to = Math.max(this.#to, timed.at);
      this.native.push(native_id);
      this.tasks.add(run.plan.id);
    }
  }

  label(scene: AttackScene, family: Family, kinds: readonly string[]): BehaviorLabel | undefined {
    if (this.native.length === 0) return undefined;
    return behaviorLabel(scene, family, kinds, {
      from: this.#from,
      to: this.#to,
      native: this.native,
      tasks: [...this.tasks],
    });
  }
}

interface Facts {
  readonly from: number;
  readonly to: number;
  readonly native: readonly string[];
  readonly tasks: readonly string[];
  readonly variant?: string;
}

export function behaviorLabel(
  scene: AttackScene,
  family: Family,
  kinds: readonly string[],
  what: Facts,
): BehaviorLabel {
  return {
    stream: 'behavior',
    incident_id: scene.incident,
    verdict: 'fires',
    family,
    ...(what.variant === undefined ? {} : { variant: what.variant }),
    agent_uid: scene.agent.uid,
    // As the agent's gateway tells them: its clock is the one that the events have.
    onset: timeText(what.from + clockOf(scene.agent.gateway)),
    end: timeText(what.to + clockOf(scene.agent.gateway)),
    strength: scene.strength,
    acceptable_kinds: kinds,
    task_ids: what.tasks.slice(0, CONCERNED_MAX),
    native_ids: what.native.slice(0, CONCERNED_MAX),
  };
}
