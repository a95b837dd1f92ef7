/**
 * Plays a scheme in a mode, and says what is true of it: which calls prove it (all acceptable
 * minimal proofs), who contributed, who completed it, what would stop it. The truth is written
 * down while playing, never looked for afterwards; the checker looks for it independently.
 */
import { HOUR, MINUTE } from '../calendar.ts';
import type { Cell, Role } from '../fleet.ts';
import type { AssemblyLabel } from '../labels.ts';
import * as value from '../plausible-values.ts';
import type { Random } from '../random.ts';
import { type CallPlan, Run } from '../run.ts';
import type { TimedEvent } from '../simulated-event.ts';
import type { World } from '../world.ts';
import { type Mode, QUIET_MODES, type Scheme } from './scheme.ts';
import { tied } from './tie.ts';

export interface Plot {
  readonly events: readonly TimedEvent[];
  readonly label: AssemblyLabel;
}

export interface Stage {
  /** The first run's id; others of the plot begin with it. */
  readonly id: string;
  readonly incident: string;
  readonly cell: Cell;
  readonly start: number;
  readonly random: Random;
  readonly world: World;
}

/** More chains than `links.chains_max` of the shipped policy: a value seen in all of them is common. */
const CROWD = 12;
/** Between two steps: beyond any clock's skew. */
const PAUSE = 6 * MINUTE;

function pauseOf(mode: Mode): number {
  if (mode === 'near_in_time') return 3_000;
  if (mode === 'slow') return 7 * HOUR;
  return mode === 'too_late' ? 26 * HOUR : PAUSE;
}

/** Unrelated tasks in which a value is seen before it is used. */
function crowd(stage: Stage, seen: string): Run[] {
  return Array.from({ length: CROWD }, (_, n) => {
    const id = `${stage.id}${n}`;
    const run = new Run({
      id,
      workflow: 'ticket-triage',
      cell: stage.cell,
      start: stage.start + n * 20_000,
      random: stage.random,
      world: stage.world,
      steady: true,
    });
    run.call('triage', 'updateTicket', { args: { account: seen, priority: 2 } });
    return run;
  });
}

class Play {
  readonly runs: Run[] = [];
  readonly proof: string[] = [];
  readonly scheme: Scheme;
  readonly mode: Mode;
  readonly stage: Stage;
  #at: number;

  constructor(scheme: Scheme, mode: Mode, stage: Stage) {
    this.scheme = scheme;
    this.mode = mode;
    this.stage = stage;
    this.#at = stage.start;
  }

  /** The run in which step `n` is done. */
  run(n: number): Run {
    const apart = ['split_sessions', 'near_in_time', 'two_tasks', 'month_end'].includes(this.mode);
    const held = this.runs.at(-1);
    if (n > 0 && held !== undefined && !apart) return held;
    const { id, cell, random, world } = this.stage;
    const inEnvelope = this.mode === 'approved' || this.mode === 'outside_envelope';
    const run = new Run({
      id: apart ? `${id}${n}` : id,
      workflow: inEnvelope ? 'customer-support' : this.scheme.workflow,
      cell,
      start: this.#at,
      random,
      world,
      steady: true,
      ...(this.mode === 'two_tasks' ? { conversation: `conversation-${id}` } : {}),
    });
    this.runs.push(run);
    return run;
  }

  pass(ms: number): void {
    this.#at += ms;
  }

  actor(n: number): Role {
    const alone = this.mode === 'one_agent' || this.mode === 'two_tasks';
    return alone ? 'generalist' : (this.scheme.steps[n]?.role ?? 'generalist');
  }
}

const CARRIES_NOTHING: ReadonlySet<Mode> = new Set([
  'no_link',
  'near_in_time',
  'two_tasks',
  'hub_resource',
  'month_end',
  'delegated',
]);

function valueFor(scheme: Scheme, random: Random): string {
  if (scheme.combination === 'secret-to-egress') return value.secret(random);
  return scheme.combination === 'retrieval-to-execution'
    ? value.iban(random)
    : value.account(random);
}

/** Where a send goes: into the envelope of customer support, or out of it. */
function destination(mode: Mode, random: Random): string {
  return mode === 'outside_envelope'
    ? `box${random.int(100, 999)}@drop-zone.example`
    : value.email(random);
}

/** Relays between two steps: each takes a value and gives another. */
function relay(play: Play, run: Run, carried: string, count: number): string {
  let held = carried;
  for (let n = 0; n < count; n++) {
    const next = valueFor(play.scheme, play.stage.random);
    const by = n % 2 === 0 ? 'seller' : 'helper';
    const id = run.call(by, 'updateTicket', {
      args: { ref: held },
      result: { next },
      wait: PAUSE,
      object: `ticket/${next}`,
    });
    play.proof.push(id);
    held = next;
  }
  return held;
}

function flow(play: Play): void {
  const { scheme, mode, stage } = play;
  const { random } = stage;
  const pause = pauseOf(mode);
  let carried = '';
  for (const [n, step] of scheme.steps.entries()) {
    const run = play.run(n);
    const last = n === scheme.steps.length - 1;
    if (n > 0 && mode === 'delegated')
      play.proof.push(run.handOver(play.actor(n - 1), play.actor(n), MINUTE));
    if (n === 1 && (mode === 'relayed' || mode === 'relayed_far'))
      carried = relay(play, run, carried, mode === 'relayed' ? 1 : 3);
    const given = CARRIES_NOTHING.has(mode) ? valueFor(scheme, random) : carried;
    const next = valueFor(scheme, random);
    const to = destination(mode, random);
    const object =
      mode === 'hub_resource'
        ? 'shared/handbook'
        : step.tool === 'sendMail'
          ? to
          : `${step.tool}/${next}`;
    const plan: CallPlan = {
      ...step.plan,
      args: n === 0 ? { page: 1 } : step.tool === 'sendMail' ? { to, ref: given } : { ref: given },
      result: last ? { ok: true } : { ref: next },
      object,
      wait: n === 0 ? MINUTE : pause,
      ...(last && mode === 'last_denied' ? { outcome: 'denied' } : {}),
    };
    play.proof.push(run.call(play.actor(n), step.tool, plan));
    if (n === 0 && mode === 'popular_value')
      play.runs.unshift(...crowd({ ...stage, start: stage.start + 2 * MINUTE }, next));
    play.pass(pause + MINUTE);
    carried = next;
  }
}

function cutsOf(agentUid: string, task: string): AssemblyLabel['cuts'] {
  return [
    { action: 'revoke_token', level: 'task', agent_uid: agentUid, task_id: task },
    { action: 'kill_session', level: 'task', agent_uid: agentUid, task_id: task },
    { action: 'disable_agent', level: 'agent', agent_uid: agentUid },
  ];
}

function kindOf(scheme: Scheme, mode: Mode): string {
  if (scheme.kind !== undefined) return scheme.kind;
  return mode === 'one_agent' ? 'toxic_combination' : 'privilege_assembly';
}

/** @param stage where and when; times are milliseconds since 1970. */
export function play(scheme: Scheme, mode: Mode, stage: Stage): Plot {
  const acted = new Play(scheme, mode, stage);
  if (scheme.carrier === 'flow') flow(acted);
  else tied(scheme, mode, acted.run(0), acted.proof, pauseOf(mode), stage.random);
  const quiet =
    QUIET_MODES.has(mode) ||
    (scheme.combination === 'retrieval-to-execution' && mode === 'relayed');
  const events = acted.runs.flatMap((run) => run.events);
  const of = (native: string | undefined) =>
    events.find((e) => e.event.native_id === native)?.event;
  const completing = of(acted.proof.at(-1));
  const uids = scheme.steps.map((_, n) => stage.cell.agent(acted.actor(n)).uid);
  const completer = completing?.agent.uid ?? '';
  const task = completing?.task?.id ?? '';
  return {
    events,
    label: {
      stream: 'assembly',
      incident_id: stage.incident,
      verdict: quiet ? 'quiet' : 'fires',
      kind: quiet ? null : kindOf(scheme, mode),
      combination: scheme.combination,
      variant: mode,
      proofs: quiet ? [] : [acted.proof],
      contributors: quiet ? [] : [...new Set(uids)],
      completed_by: quiet ? null : completer,
      task_id: task,
      residual_access: quiet ? [] : scheme.residual,
      cuts: quiet ? [] : cutsOf(completer, task),
      neutralise: [],
      native_ids: events.map((e) => e.event.native_id),
    },
  };
}
