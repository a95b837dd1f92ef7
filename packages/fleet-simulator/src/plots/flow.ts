/** Plays a scheme that a value carries: what one step returns, the next is given. */
import { MINUTE } from '../calendar.ts';
import type { CallPlan } from '../call-plan.ts';
import * as value from '../plausible-values.ts';
import type { Random } from '../random.ts';
import type { Role } from '../roles.ts';
import type { Run } from '../run.ts';
import type { Fields } from '../simulated-event.ts';
import type { ToolName } from '../tool-table.ts';
import { pauseOf, toldAs } from './manner.ts';
import { rewritten } from './rewrite.ts';
import type { Scheme, StepPlan } from './scheme.ts';
import type { Played } from './stage.ts';

/** Who can stand between two steps: none acts in a step, and each does nothing but this one call. */
const RELAYS: readonly (readonly [Role, ToolName])[] = [
  ['seller', 'updateTicket'],
  ['clerk', 'insert'],
  ['scribe', 'writePage'],
  ['reporter', 'query'],
  ['registrar', 'insert'],
  ['planner', 'writePage'],
];

function valueFor({ combination }: Scheme, random: Random): string {
  if (combination === 'secret-to-egress') return value.secret(random);
  if (combination === 'retrieval-to-execution') return value.iban(random);
  const kind = random.int(0, 3);
  if (kind === 0) return value.iban(random);
  if (kind === 1) return value.link(random);
  return kind === 2 ? value.paper(random, 'REF') : value.account(random);
}

/** Where a send goes: into the envelope of customer support, or out of it. */
function destination({ manner, stage }: Played): string {
  return manner.approved === 'destination'
    ? `box${stage.random.int(100, 999)}@drop-zone.example`
    : value.email(stage.random);
}

/** Relays between two steps: each takes a value and gives another. */
function relay(played: Played, run: Run, carried: string): string {
  const { scheme, manner, stage } = played;
  let held = carried;
  for (const [by, tool] of RELAYS.slice(0, manner.relays ?? 0)) {
    const next = valueFor(scheme, stage.random);
    const id = run.call(by, tool, {
      args: { ref: held },
      result: { next },
      wait: 4 * MINUTE,
      object: `entry/${next}`,
      lost: manner.relayLost === true,
    });
    played.proof.push(id);
    held = next;
  }
  return held;
}

/** Chains between the first step and the second, with or without its value. */
function crowd(played: Played, held: string): void {
  const { manner, stage, runs, swarm } = played;
  const { size, holds } = manner.crowd ?? { size: 0, holds: false };
  const apart = Math.floor((4 * MINUTE) / Math.max(1, size));
  for (let n = 0; n < size; n++) {
    const run = played.beside(`${stage.id}c${n}`, stage.start + 90_000 + n * apart);
    const account = holds ? held : value.account(stage.random);
    run.call('triage', 'updateTicket', { args: { account, priority: 2 }, wait: 0 });
    (holds ? runs : swarm).push(run);
  }
}

/** What of a step's call the manner changes. */
function twisted(played: Played, n: number): CallPlan {
  const { manner, scheme, stage } = played;
  const { approved, subject, principals } = manner;
  const count = scheme.steps.length;
  const own = subject === undefined ? undefined : `person/${stage.id.slice(-6)}`;
  const owner = subject === 'another' && n === 2 ? `${own}-b` : own;
  return {
    ...(n === 0 ? manner.first : {}),
    ...(n === count - 1 ? manner.last : {}),
    ...(approved === 'environment' && n === count - 1 ? { environment: 'staging' } : {}),
    ...(approved === 'sensitivity' && n === 1 ? { sensitivity: 'restricted' } : {}),
    ...(principals === true ? { principal: `step-${n}-${stage.cell.number}@acme.example` } : {}),
    ...(owner !== undefined && n > 0 ? { owner } : {}),
    ...toldAs(manner, n, count),
  };
}

function argsOf(step: StepPlan, n: number, given: string, to: string): Fields {
  if (n === 0) return { page: 1 };
  return step.tool === 'sendMail' ? { to, ref: given } : { ref: given };
}

/** A harmless call of somebody who has nothing to do with it. */
function distract(played: Played, run: Run): void {
  const { manner, stage } = played;
  if (manner.generalist === 'bystander') {
    run.call('generalist', 'updateTicket', { args: { priority: 3 }, wait: 20_000 });
  }
  if (manner.relays !== undefined || manner.pause !== undefined) return;
  for (let n = stage.random.int(0, 2); n > 0; n--) {
    run.call('clerk', 'query', { args: { table: 'orders' }, result: { rows: n }, wait: 15_000 });
  }
}

interface Carried {
  readonly given: string;
  readonly next: string;
}

function act(played: Played, run: Run, n: number, { given, next }: Carried): void {
  const { scheme, manner } = played;
  const step = scheme.steps[n];
  if (step === undefined) return;
  const last = n === scheme.steps.length - 1;
  const to = destination(played);
  const own = step.tool === 'sendMail' ? to : `${step.tool}/${next}`;
  const plan: CallPlan = {
    ...step.plan,
    args: argsOf(step, n, given, to),
    result: last ? { ok: true } : { ref: next },
    object: manner.hub === true ? 'shared/handbook' : own,
    wait: n === 0 ? MINUTE : pauseOf(manner),
    ...twisted(played, n),
  };
  const by = played.actor(n);
  if (manner.halves === true && last) sendHalves(played, run, plan, given);
  else played.proof.push(run.call(by, step.tool, plan));
}

/** The first half's mail completes it: it leaves out of the context in which the secret was read. */
function sendHalves(played: Played, run: Run, plan: CallPlan, secret: string): void {
  const middle = Math.floor(secret.length / 2);
  const sent = [secret.slice(0, middle), secret.slice(middle)].map((ref) =>
    run.call('generalist', 'sendMail', { ...plan, args: { ...plan.args, ref } }),
  );
  played.proof.push(sent[0] ?? '');
}

export function flow(played: Played): void {
  const { scheme, manner, stage, proof } = played;
  const { random } = stage;
  let carried = '';
  for (const n of scheme.steps.keys()) {
    if (manner.generalist === 'all_but_last' && n === scheme.steps.length - 1) break;
    const run = played.run(n);
    if (n > 0 && manner.handed === true)
      proof.push(run.handOver(played.actor(n - 1), played.actor(n), MINUTE));
    if (manner.orchestrator !== undefined)
      run.handOver(manner.orchestrator, played.actor(n), 30_000);
    if (n === 1) {
      distract(played, run);
      carried = relay(played, run, carried);
    }
    const handed = manner.rewrite === true ? rewritten(carried, random) : carried;
    const next = valueFor(scheme, random);
    act(played, run, n, { given: manner.bare === true ? valueFor(scheme, random) : handed, next });
    if (n === 0 && manner.crowd !== undefined) crowd(played, next);
    played.pass(pauseOf(manner) + MINUTE);
    carried = next;
  }
}
