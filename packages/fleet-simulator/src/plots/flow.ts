/** Plays a scheme that a value carries: what one step returns, the next is given. */
import { MINUTE } from '../calendar.ts';
import type { CallPlan } from '../call-plan.ts';
import * as value from '../plausible-values.ts';
import type { Run } from '../run.ts';
import { type Carried, fresh, rewritten, stranger } from './carried.ts';
import { commonSorts } from './cast.ts';
import { formed, sortsBroughtBy } from './form.ts';
import type { FormedTool } from './form-table.ts';
import { pauseOf, reportedAs } from './manner.ts';
import { HANDBOOK, hasOwnObject, oddityOf } from './oddity.ts';
import type { Act } from './scheme.ts';
import type { Played } from './stage.ts';

/** More calls than the envelope of customer support allows a task. */
const BEYOND_VOLUME = 45;

function valueFrom({ manner, stage }: Played, tool: FormedTool): Carried {
  const all = sortsBroughtBy(tool);
  const { sorts } = manner;
  const among = sorts === undefined ? all : all.filter((sort) => sorts.includes(sort));
  return fresh(among[stage.random.int(0, among.length - 1)] ?? 'paper', stage.random);
}

/** Relays between two steps: each takes a value and gives another. */
function relay(played: Played, run: Run, carried: Carried): Carried {
  const { manner, relays, stage } = played;
  const { parallel = 1, relayLost = false } = manner;
  let inHand = carried;
  for (let n = 0; n < relays.length; n += parallel) {
    const side = relays.slice(n, n + parallel);
    const next = nextOf(played, side, inHand);
    const calls = side.map(({ role, tool }) =>
      run.call(role, tool, {
        ...formed(tool, stage.random, { given: inHand, brought: next }),
        outcome: 'success',
        wait: stage.random.int(4 * MINUTE, 8 * MINUTE),
        lost: relayLost,
      }),
    );
    played.proof.push(calls);
    inHand = next;
  }
  return inHand;
}

/** What all of them return alike. */
function nextOf(played: Played, side: readonly Act[], inHand: Carried): Carried {
  const { random } = played.stage;
  const sorts = commonSorts([...side, ...side.slice(0, 1)], ['paper', 'link', 'account']);
  return fresh(sorts[random.int(0, sorts.length - 1)] ?? inHand.sort, random);
}

/** Chains between the first step and the second, with or without its value. */
function crowd(played: Played, from: number, inHand: Carried): void {
  const { manner, stage } = played;
  const { random } = stage;
  const { size, holds } = manner.crowd ?? { size: 0, holds: false };
  const room = pauseOf(manner, random) - 12 * MINUTE;
  for (let n = 0; n < size; n++) {
    const run = played.beside(from + 2 * MINUTE + Math.floor(random.next() * room));
    const given = holds ? inHand : undefined;
    run.call('triage', 'updateTicket', {
      ...formed('updateTicket', random, { given }),
      outcome: 'success',
      wait: 0,
    });
  }
}

/** Whose record it is, for the step that reads it and for the one that sends. */
export function ownersOf({ manner, stage }: Played): readonly [string?, string?] {
  if (manner.subject === undefined) return [];
  const own = `customer/${value.account(stage.random)}`;
  return [own, manner.subject === 'own' ? own : `customer/${value.account(stage.random)}`];
}

/** Principals of ordinary work: whoever asks for quality, for control. */
const PRINCIPALS = ['lead-quality', 'controller'] as const;

function principalOf({ manner, scheme, stage }: Played, n: number): CallPlan {
  const one = scheme.oneHand === true ? 0 : undefined;
  const which = PRINCIPALS[manner.principals === true ? n : (one ?? PRINCIPALS.length)];
  return which === undefined ? {} : { principal: `${which}-${stage.cell.number}@acme.example` };
}

/** What of a step's call the manner changes. */
function twisted(played: Played, n: number, { tool, plan }: Act): CallPlan {
  const { manner, stage, last } = played;
  const { approved, byPerson } = manner;
  const odd = oddityOf(stage, tool);
  const features = {
    ...plan?.features,
    ...odd.features,
    ...(n === 0 ? manner.first?.features : {}),
    ...(n === last ? manner.last?.features : {}),
  };
  const { random, cell } = stage;
  const addressed = approved !== undefined && tool === 'sendMail';
  return {
    ...odd,
    outcome: (n === last ? manner.last?.outcome : undefined) ?? odd.outcome ?? 'success',
    ...(Object.keys(features).length === 0 ? {} : { features }),
    ...(manner.hub === true && !hasOwnObject(tool) ? { object: HANDBOOK } : {}),
    ...(addressed
      ? { object: approved === 'destination' ? stranger(random) : value.email(random) }
      : {}),
    ...(n === last && approved === 'environment' ? { environment: 'staging' } : {}),
    ...(n === 1 && approved === 'sensitivity' ? { sensitivity: 'restricted' } : {}),
    ...principalOf(played, n),
    ...(byPerson === true && n === last
      ? { approvedBy: `prompt-owner-${cell.number}@acme.example` }
      : {}),
    ...reportedAs(manner, n, last + 1),
  };
}

/** Somebody of the task's own who has nothing to do with it. */
function distract(played: Played, run: Run): void {
  const { manner, stage } = played;
  const busyOne = manner.approved === 'volume' ? 'triage' : 'generalist';
  const calls = manner.approved === 'volume' ? BEYOND_VOLUME : 1;
  if (manner.generalist !== 'bystander' && manner.approved !== 'volume') return;
  for (let n = 0; n < calls; n++) {
    run.call(busyOne, 'updateTicket', {
      ...formed('updateTicket', stage.random),
      wait: stage.random.int(4_000, 40_000),
    });
  }
}

/** From where the payee of an approved payment comes: a record of ours, or what anybody may write. */
function payeeOf(played: Played, run: Run, iban: Carried | undefined): Carried | undefined {
  const { approved } = played.manner;
  if (approved !== 'trusted_payee' && approved !== 'untrusted_payee') return undefined;
  const { random } = played.stage;
  const [by, tool] =
    approved === 'trusted_payee'
      ? (['intake', 'readInvoices'] as const)
      : (['scribe', 'searchFiles'] as const);
  run.call(by, tool, { ...formed(tool, random, { brought: iban }), outcome: 'success' });
  return iban;
}

interface Step {
  readonly n: number;
  readonly given: Carried | undefined;
  readonly brought: Carried | undefined;
  readonly owner: string | undefined;
}

function act(played: Played, run: Run, { n, given, brought, owner }: Step): void {
  const { manner, stage, cast } = played;
  const { random } = stage;
  const step = cast[n];
  if (step === undefined) return;
  const twist = twisted(played, n, step);
  const times = manner.doubled === n ? 2 : 1;
  const calls = Array.from({ length: times }, (_, time) => {
    const made = formed(step.tool, random, { given, brought });
    const first = manner.apart === true || n === 0;
    const wait = first || time > 0 ? random.int(20_000, 3 * MINUTE) : pauseOf(manner, random);
    const to = twist.object !== undefined && step.tool === 'sendMail' ? { to: twist.object } : {};
    const owned = owner === undefined ? {} : { owner };
    const plan = { ...made, args: { ...made.args, ...to }, wait, ...owned, ...twist };
    return run.call(played.actor(n), step.tool, plan);
  });
  played.proof.push(calls);
}

/** The first half's mail completes it: it leaves out of the context in which the secret was read. */
function sendHalves(played: Played, run: Run, secret: string): void {
  const { random } = played.stage;
  const middle = Math.floor(secret.length / 2);
  const sent = [secret.slice(0, middle), secret.slice(middle)].map((text) =>
    run.call('generalist', 'sendMail', {
      ...formed('sendMail', random, { given: { sort: 'secret', text } }),
      outcome: 'success',
      wait: pauseOf(played.manner, random),
    }),
  );
  played.proof.push(sent.slice(0, 1));
}

/** Hands step `n` over, as the manner wants it. */
function delegating(played: Played, run: Run, n: number): void {
  const { manner, stage } = played;
  const wait = stage.random.int(MINUTE, 3 * MINUTE);
  // In an errand one hand-over is all: two would join the steps.
  const whole = stage.leftOut === undefined;
  if (whole ? manner.handed === true && n > 0 : played.handsOver && n === played.last)
    played.proof.push([run.delegating(played.giver(n), played.actor(n), wait)]);
  const { orchestrator } = manner;
  if (orchestrator !== undefined && (whole || n === played.last))
    run.delegating(orchestrator, played.actor(n), wait);
}

export function flow(played: Played): void {
  const { manner, stage, cast, last } = played;
  const owners = ownersOf(played);
  const passing = manner.same === true ? commonSorts(cast, manner.sorts ?? []) : [];
  const one = passing[0] === undefined ? undefined : fresh(passing[0], stage.random);
  let carried: Carried | undefined;
  for (const [n, { tool }] of cast.entries()) {
    if (!played.plays(n)) continue;
    const run = played.run(n);
    delegating(played, run, n);
    if (n === last && n > 0) distract(played, run);
    if (n === 1 && carried !== undefined) carried = relay(played, run, carried);
    const handed =
      carried !== undefined && manner.rewrite === true ? rewritten(carried, stage.random) : carried;
    const next = n === last ? undefined : (one ?? valueFrom(played, tool));
    if (manner.halves === true && n === last) sendHalves(played, run, handed?.text ?? '');
    else {
      const given = n === 0 ? payeeOf(played, run, one) : played.linked(n) ? handed : undefined;
      act(played, run, { n, given, brought: next, owner: n === 0 ? undefined : owners[n - 1] });
    }
    if (n === 0 && next !== undefined) crowd(played, run.now, next);
    carried = next;
  }
}
