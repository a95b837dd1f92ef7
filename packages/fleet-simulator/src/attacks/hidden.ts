/** What shows only in what is missing or other than declared: approvals, composition, silence. */
import { DAY, HOUR, MINUTE } from '../calendar.ts';
import type { AlsoCalls } from '../call-plan.ts';
import * as value from '../plausible-values.ts';
import type { Role } from '../roles.ts';
import type { Run } from '../run.ts';
import { declaration, endOf, nameOf } from '../scene.ts';
import type { TimedEvent } from '../simulated-event.ts';
import { auditRecord } from '../telemetry.ts';
import * as calls from '../work/usual-calls.ts';
import { type AgentChange, clockOf, type NotedCall, type World } from '../world.ts';
import {
  type Attack,
  type AttackScene,
  behaviorLabel,
  byStrength,
  type FamilyPlan,
  runOf,
} from './attack.ts';

interface Changed {
  readonly family: FamilyPlan['family'];
  readonly variant?: string;
  readonly kinds: readonly string[];
  readonly changes: readonly AgentChange[];
  readonly shown: NotedCall[];
  readonly told?: () => readonly TimedEvent[];
}

/** An attack that is a change of what the agent's own calls look like; none when it made no call. */
function changed(
  scene: AttackScene,
  { family, variant, kinds, changes, shown, told = () => [] }: Changed,
): Attack {
  return {
    agentChanges: changes,
    play: told,
    label: () => {
      shown.sort((a, b) => a.at - b.at || (a.native < b.native ? -1 : 1));
      const [first, last] = [shown[0], shown.at(-1)];
      if (first === undefined || last === undefined) return undefined;
      return behaviorLabel(scene, family, kinds, {
        from: first.at,
        to: last.at,
        native: shown.map((c) => c.native),
        tasks: [...new Set(shown.map((c) => c.task))],
        ...(variant === undefined ? {} : { variant }),
      });
    },
  };
}

/** Calls over which a person decides go through without one. */
export const approvalBypass: FamilyPlan = {
  family: 'approval_bypass',
  roles: ['payer', 'correspondent', 'releaser', 'checker'],
  lasts: { weak: 1, medium: 2, strong: 4 },
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
    return changed(scene, { family: 'approval_bypass', kinds, changes: [change], shown });
  },
};

const CHANGED_KINDS = ['undeclared_change', 'behavior_deviation'];
const BEYOND_KINDS = [...CHANGED_KINDS, 'reach_growth', 'outside_task_envelope'];
/** Models and versions that others of the fleet run on. */
const MODELS = ['lumen-4', 'lumen-3.5', 'lumen-4-mini', 'sonde-2'] as const;
const VERSIONS = ['1.4.2', '1.4.1', '1.3.9', '1.6.0'] as const;

/** One of `all` that is not the agent's own. */
function other<T extends string>(all: readonly T[], own: string, { random }: AttackScene): string {
  const others = all.filter((one) => one !== own);
  return others[random.int(0, others.length - 1)] ?? own;
}

interface Beginning {
  readonly shown: NotedCall[];
  readonly inHand: {
    readonly agents: ReadonlySet<string>;
    readonly from: number;
    readonly to: number;
  };
}
type Form = (scene: AttackScene, beginning: Beginning) => Changed;

const modelOf = (scene: AttackScene, { inHand, shown }: Beginning): AgentChange => ({
  what: 'model',
  model: other(MODELS, scene.agent.model, scene),
  ...inHand,
  shown,
});

const composed = (
  variant: string,
  { shown }: Beginning,
  ...changes: readonly AgentChange[]
): Changed => ({ family: 'undeclared_change', variant, kinds: CHANGED_KINDS, changes, shown });

const toolsChanged: Form = (scene, beginning) => {
  const definition = `local-${scene.random.int(10, 99)}`;
  const { inHand, shown } = beginning;
  return composed('tools', beginning, { what: 'tools', definition, ...inHand, shown });
};

const modelChanged: Form = (scene, beginning) =>
  composed('model', beginning, modelOf(scene, beginning));

const releaseChanged: Form = (scene, beginning) =>
  composed('model_and_version', beginning, modelOf(scene, beginning), {
    what: 'version',
    version: other(VERSIONS, scene.agent.version, scene),
    ...beginning.inHand,
  });

/** What a new prompt makes agents of these roles do besides. */
const BESIDES: Partial<Record<Role, AlsoCalls>> = {
  seller: { after: 'readCustomer', tool: 'search', plan: (run) => calls.searched(run) },
  clerk: { after: 'query', tool: 'query', plan: (run) => calls.rowsRead(run) },
  coder: { after: 'push', tool: 'readCode', plan: calls.codeRead },
  scribe: { after: 'writePage', tool: 'searchFiles', plan: calls.found },
  briefer: { after: 'writePage', tool: 'search', plan: (run) => calls.searched(run) },
  intake: { after: 'readInvoices', tool: 'readInvoices', plan: calls.invoiceRead },
  reviewer: { after: 'approveChange', tool: 'readCode', plan: calls.codeRead },
  planner: { after: 'writePage', tool: 'recall', plan: (run) => calls.noteRead(run) },
};

function promptOf(scene: AttackScene, { inHand, shown }: Beginning): AgentChange {
  const { role } = scene.agent;
  const prompt = `prompt/${role}-${scene.random.int(10, 19)}`;
  return { what: 'prompt', prompt, also: BESIDES[role], ...inHand, shown };
}

const promptChanged: Form = (scene, beginning) => ({
  ...composed('prompt', beginning, promptOf(scene, beginning)),
  kinds: BEYOND_KINDS,
});

/** Its prompt is declared, and what it says besides; the model, which changes too, is not. */
const beyondDeclared: Form = (scene, beginning) => {
  const { agent, random } = scene;
  const { inHand } = beginning;
  const prompt = promptOf(scene, { inHand, shown: [] });
  const of = prompt.what === 'prompt' ? prompt.prompt : agent.prompt;
  const at = inHand.from - HOUR;
  const says = { text: 'Looks things up once more after each piece of work.' };
  return {
    ...composed('beyond_declaration', beginning, prompt, modelOf(scene, beginning)),
    told: () => [declaration({ uid: agent.uid, of, at, gateway: agent.gateway, says }, random)],
  };
};

/** By the incident's number: each strength has two forms. */
const FORMS: readonly [Form, ...Form[]] = [
  toolsChanged,
  modelChanged,
  releaseChanged,
  promptChanged,
  beyondDeclared,
  releaseChanged,
];

/** A model, a release, a prompt, or a server's tools that nobody declared, or more than was. */
export const undeclaredChange: FamilyPlan = {
  family: 'undeclared_change',
  roles: ['seller', 'clerk', 'coder', 'planner', 'scribe', 'briefer', 'intake', 'reviewer'],
  room: 2,
  apart: true,
  begin: (scene) => {
    const inHand = {
      agents: new Set([scene.agent.uid]),
      from: scene.day + 6 * HOUR,
      to: endOf(scene),
    };
    const form = FORMS[scene.n % FORMS.length] ?? FORMS[0];
    return changed(scene, form(scene, { shown: [], inHand }));
  },
};

/** A last call that is told, with the token that is then used unseen. */
function lastSeen(scene: AttackScene, world: World, at: number): Run {
  const { agent, random } = scene;
  const paying = (run: Run) => run.call(agent, 'pay', calls.paid(run, value.iban(random)));
  const posting = (run: Run) =>
    run.call(agent, 'post', { args: { channel: 'releases', note: 'shipped' } });
  const writing = (run: Run) =>
    run.call(agent, 'writePage', calls.pageWritten(run, 'Press review'));
  const own: Partial<Record<Role, readonly [workflow: string, act: (run: Run) => string]>> = {
    payer: ['invoice-approval', paying],
    releaser: ['release', posting],
    briefer: ['press-briefing', writing],
    coder: ['code-review', (run) => run.call(agent, 'readCode', calls.codeRead(run))],
    researcher: ['research', (run) => run.call(agent, 'search', calls.searched(run))],
  };
  const [workflow, act] = own[agent.role] ?? ['release', posting];
  const run = runOf(scene, world, workflow, at);
  act(run);
  return run;
}

/** Nothing of an agent is told any more, its heartbeats neither, while its token is used. */
export const telemetrySilence: FamilyPlan = {
  family: 'telemetry_silence',
  roles: ['payer', 'releaser', 'briefer', 'coder', 'researcher'],
  lasts: { weak: 1, medium: 1, strong: 2 },
  audited: true,
  apart: true,
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
          const native = `${nameOf(random)}-${random.int(1, 4)}-a`;
          seen.push(native);
          const at = from + Math.floor(((n + 0.5) * (to - from - MINUTE)) / count);
          return auditRecord(agent, { token, at, native }, world);
        });
        return [...before.events, ...used];
      },
      label: () =>
        behaviorLabel(
          scene,
          'telemetry_silence',
          ['telemetry_gap', 'unlogged_action', 'credential_misuse', 'canary_missing'],
          // Said in the gateway's own time already.
          {
            from: from - clockOf(agent.gateway),
            to: to - clockOf(agent.gateway),
            native: seen,
            tasks: [],
          },
        ),
    };
  },
};
