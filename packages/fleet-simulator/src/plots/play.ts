/**
 * Plays a scheme in a manner, and says what is true of it: which calls prove it (all acceptable
 * minimal proofs), who contributed, who completed it, what would stop it. The truth is written
 * down while playing, never looked for afterwards; the checker looks for it independently.
 */
import type { AssemblyLabel } from '../labels.ts';
import type { SimulatedEvent, TimedEvent } from '../simulated-event.ts';
import { flow } from './flow.ts';
import { type Mode, mannerOf } from './manner.ts';
import { residualOf } from './residual.ts';
import type { Act, Scheme } from './scheme.ts';
import { Played, type Stage } from './stage.ts';
import { tied } from './tie.ts';

export interface Plot {
  readonly events: readonly TimedEvent[];
  readonly label: AssemblyLabel;
}

/** What is played: a scheme, in which manner, by whom. */
export interface Play {
  readonly scheme: Scheme;
  readonly mode: Mode;
  readonly cast: readonly Act[];
  readonly incident: string;
}

function cutsOf(agentUid: string, task: string): AssemblyLabel['cuts'] {
  return [
    { action: 'revoke_token', level: 'task', agent_uid: agentUid, task_id: task },
    { action: 'kill_session', level: 'task', agent_uid: agentUid, task_id: task },
    { action: 'disable_agent', level: 'agent', agent_uid: agentUid },
  ];
}

function kindOf({ scheme, manner }: Played): string {
  if (manner.tie === 'other_tool') return 'guardrail_probing';
  if (scheme.kind !== undefined) return scheme.kind;
  const holds = manner.generalist === 'all' || manner.generalist === 'last';
  return holds ? 'toxic_combination' : 'privilege_assembly';
}

/** Those who did a step: not relays, not who only handed over. */
function contributorsOf(played: Played): readonly string[] {
  const { cell } = played.stage;
  return [...new Set(played.cast.map((_, n) => cell.agent(played.actor(n)).uid))].sort();
}

/** All ways to take one call for each part of the proof. */
function proofsOf(parts: Played['proof']): readonly (readonly string[])[] {
  return parts.reduce<readonly (readonly string[])[]>(
    (proofs, calls) => proofs.flatMap((proof) => calls.map((call) => [...proof, call])),
    [[]],
  );
}

function firing(played: Played, eventOf: (native: string) => SimulatedEvent | undefined) {
  const proofs = proofsOf(played.proof);
  const [proof = []] = proofs;
  const events = proof.flatMap((native) => eventOf(native) ?? []);
  const completing = events.at(-1);
  const completer = completing?.agent.uid ?? '';
  return {
    verdict: 'fires',
    kind: kindOf(played),
    proofs,
    contributors: contributorsOf(played),
    completed_by: completer,
    cuts: cutsOf(completer, completing?.task?.id ?? ''),
    ...residualOf(events),
    ...(played.manner.days === undefined ? {} : { slow: true as const }),
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

/** What was told of the tasks in which it is played, and of those that hold its value. */
function nativesOf({ runs, crowd, manner }: Played): readonly string[] {
  const tasks = manner.crowd?.holds === true ? [...runs, ...crowd] : runs;
  return tasks
    .flatMap((run) => run.events)
    .filter(({ event, lost }) => event.task !== undefined && lost !== true)
    .map(({ event }) => event.native_id);
}

/** Plays it; what is true of it is another matter. */
export function performed({ scheme, mode, cast }: Play, stage: Stage): Played {
  const played = new Played(scheme, mannerOf(mode), cast, stage);
  if (scheme.carrier === 'flow') flow(played);
  else tied(played, scheme.carrier);
  return played;
}

export function play(what: Play, stage: Stage): Plot {
  const { scheme, mode, incident } = what;
  const played = performed(what, stage);
  const { manner, proof, events } = played;
  const told = new Map(events.map((timed) => [timed.event.native_id, timed]));
  const eventOf = (native: string) => told.get(native)?.event;
  const completing = proof.at(-1)?.[0];
  const proven = manner.ifProven !== true || !stage.asserted;
  const quiet = (manner.quiet === true && proven) || (scheme.quietHere ?? []).includes(mode);
  return {
    events,
    label: {
      stream: 'assembly',
      incident_id: incident,
      combination: scheme.combination,
      variant: mode,
      ...(quiet ? NOTHING : firing(played, eventOf)),
      task_id: (completing === undefined ? undefined : eventOf(completing)?.task?.id) ?? '',
      native_ids: nativesOf(played),
    },
  };
}
