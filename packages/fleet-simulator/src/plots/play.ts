/**
 * Plays a scheme in a manner, and says what is true of it: which calls prove it (all acceptable
 * minimal proofs), who contributed, who completed it, what would stop it. The truth is written
 * down while playing, never looked for afterwards; the checker looks for it independently.
 */
import type { AssemblyLabel } from '../labels.ts';
import type { SimulatedEvent, TimedEvent } from '../simulated-event.ts';
import { flow } from './flow.ts';
import type { Mode } from './manner.ts';
import type { Scheme } from './scheme.ts';
import { Played, type Stage } from './stage.ts';
import { tied } from './tie.ts';

export interface Plot {
  readonly events: readonly TimedEvent[];
  readonly label: AssemblyLabel;
}

/** What makes a residual access unusable; data that left or was read can only be looked into. */
const NEUTRALISED_BY: Readonly<Record<string, string>> = {
  secret_read: 'rotate_secret',
  credential_created: 'revoke_credential',
  access_granted: 'revoke_grant',
  identity_created: 'open_case',
  agent_modified: 'open_case',
  memory_written: 'quarantine_origin',
  payment_set_up: 'hold_payment',
  data_sent: 'open_case',
};

function cutsOf(agentUid: string, task: string): AssemblyLabel['cuts'] {
  return [
    { action: 'revoke_token', level: 'task', agent_uid: agentUid, task_id: task },
    { action: 'kill_session', level: 'task', agent_uid: agentUid, task_id: task },
    { action: 'disable_agent', level: 'agent', agent_uid: agentUid },
  ];
}

function kindOf(scheme: Scheme, { manner }: Played): string {
  if (manner.tie === 'other_tool') return 'guardrail_probing';
  if (scheme.kind !== undefined) return scheme.kind;
  const holds = manner.generalist === 'all' || manner.generalist === 'last';
  return holds ? 'toxic_combination' : 'privilege_assembly';
}

/** Those who did a step: not relays, not who only handed over. */
function contributorsOf(scheme: Scheme, played: Played): readonly string[] {
  const { cell } = played.stage;
  if (scheme.carrier === 'denied' && played.manner.tie !== undefined)
    return [cell.agent('cleaner').uid];
  return [...new Set(scheme.steps.map((_, n) => cell.agent(played.actor(n)).uid))].sort();
}

interface Outcome {
  readonly proofs: AssemblyLabel['proofs'];
  readonly completing: SimulatedEvent | undefined;
}

function firing(scheme: Scheme, played: Played, { proofs, completing }: Outcome) {
  const completer = completing?.agent.uid ?? '';
  return {
    verdict: 'fires',
    kind: kindOf(scheme, played),
    proofs,
    contributors: contributorsOf(scheme, played),
    completed_by: completer,
    residual_access: scheme.residual,
    cuts: cutsOf(completer, completing?.task?.id ?? ''),
    neutralise: scheme.residual.flatMap((what) => {
      const action = NEUTRALISED_BY[what];
      return action === undefined ? [] : [{ what, action }];
    }),
  } as const;
}

const NOTHING = {
  verdict: 'quiet',
  kind: null,
  proofs: [],
  contributors: [],
  completed_by: null,
  residual_access: [],
  cuts: [],
  neutralise: [],
} as const;

export function play(scheme: Scheme, mode: Mode, stage: Stage): Plot {
  const played = new Played(scheme, mode, stage);
  if (scheme.carrier === 'flow') flow(played);
  else tied(played, scheme.carrier);
  const { manner, runs, swarm, proof } = played;
  const own = runs.flatMap((run) => run.events);
  const completing = own.find((e) => e.event.native_id === proof.at(-1))?.event;
  const proven = manner.ifProven !== true || !stage.asserted;
  const quiet = (manner.quiet === true && proven) || (scheme.quietHere ?? []).includes(mode);
  return {
    events: [...own, ...swarm.flatMap((run) => run.events)],
    label: {
      stream: 'assembly',
      incident_id: stage.incident,
      combination: scheme.combination,
      variant: mode,
      ...(quiet ? NOTHING : firing(scheme, played, { proofs: [proof], completing })),
      task_id: completing?.task?.id ?? '',
      native_ids: own.filter((e) => e.lost !== true).map((e) => e.event.native_id),
    },
  };
}
