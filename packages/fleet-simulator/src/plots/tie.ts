/**
 * The schemes that no plain value carries: what is read from memory is what was written there; a
 * credential that one made is another's; who was given access acts; a derived token allows more;
 * what was denied to one is done by another.
 */
import { MINUTE } from '../calendar.ts';
import type { CallPlan } from '../call-plan.ts';
import * as value from '../plausible-values.ts';
import type { Random } from '../random.ts';
import type { Run } from '../run.ts';
import { type Carried, fresh } from './carried.ts';
import { formed } from './form.ts';
import type { FormedTool } from './form-table.ts';
import { pauseOf, reportedAs } from './manner.ts';
import { oddityOf } from './oddity.ts';
import type { Carrier } from './scheme.ts';
import type { Played } from './stage.ts';

interface Tied {
  readonly played: Played;
  readonly linked: boolean;
  /** The task of the first steps, and that of the others: the same, unless days lie between. */
  readonly run: Run;
  readonly later: () => Run;
}

/** Step `n` as its agent does it. */
function step({ played }: Tied, run: Run, n: number, own: CallPlan = {}): string {
  const { cast, stage, manner, last } = played;
  const { random, cell } = stage;
  const act = cast[n];
  if (act === undefined) throw new Error(`a plot without step ${n}`);
  // Ties may hold by the target: each call keeps its own.
  const { object: _, ...odd } = oddityOf(stage, act.tool);
  const features = {
    ...own.features,
    ...odd.features,
    ...(n === last ? manner.last?.features : {}),
  };
  const byPerson = manner.byPerson === true && n === last;
  const plan: CallPlan = {
    ...formed(act.tool, random),
    wait: n === 0 ? random.int(20_000, 3 * MINUTE) : random.int(4 * MINUTE, 9 * MINUTE),
    ...odd,
    outcome: (n === last ? manner.last?.outcome : undefined) ?? odd.outcome ?? 'success',
    ...reportedAs(manner, n, last + 1),
    ...(byPerson ? { approvedBy: `prompt-owner-${cell.number}@acme.example` } : {}),
    ...own,
    ...(Object.keys(features).length === 0 ? {} : { features }),
  };
  return run.call(played.actor(n), act.tool, plan);
}

/** The pause before the step that the tie leads to. */
const paused = ({ played }: Tied): CallPlan => ({
  wait:
    played.manner.days === undefined
      ? pauseOf(played.manner, played.stage.random)
      : played.stage.random.int(20_000, 3 * MINUTE),
});

const given = (tied: Tied, n: number, carried: Carried): CallPlan => {
  const tool = tied.played.cast[n]?.tool;
  return tool === undefined ? {} : formed(tool, tied.played.stage.random, { given: carried });
};

function poison(tied: Tied): readonly string[] {
  const { run, linked, played } = tied;
  const { random } = played.stage;
  const planted = fresh('link', random);
  const found = linked ? planted : fresh('link', random);
  const entry = `memory/run-${random.text('0123456789abcdef', 12)}`;
  const brought = formed('search', random, { brought: planted });
  const calls = [
    step(tied, run, 0, brought),
    step(tied, run, 1, { ...given(tied, 1, planted), object: entry }),
  ];
  const later = tied.later();
  const { object: own = '' } = formed('remember', random);
  const recalled = formed('recall', random, { brought: found });
  return [
    ...calls,
    step(tied, later, 2, { ...recalled, object: linked ? entry : own, ...paused(tied) }),
    step(tied, later, 3, given(tied, 3, found)),
  ];
}

function mint(tied: Tied): readonly string[] {
  const { run, linked, played } = tied;
  const { random } = played.stage;
  const key = `key/${value.account(random)}`;
  const made = step(tied, run, 0, { object: key });
  const credential = linked ? key : `key/${value.account(random)}`;
  const later = tied.later();
  if (played.manner.tie !== 'own_key')
    return [made, step(tied, later, 1, { credential, ...paused(tied) })];
  // Who made the key uses it.
  const use = {
    ...formed('createKey', random),
    credential,
    ...paused(tied),
    outcome: 'success',
  } as const;
  return [made, later.call('keys', 'createKey', use)];
}

function grant(tied: Tied): readonly string[] {
  const { run, linked, played } = tied;
  const { cell } = played.stage;
  const grantee = cell.agent(linked ? played.actor(1) : played.idler).uid;
  return [step(tied, run, 0, { features: { grantee } }), step(tied, run, 1, paused(tied))];
}

function derive(tied: Tied): readonly string[] {
  const { run, linked, played } = tied;
  const { cell } = played.stage;
  const parent = run.credentialOf(cell.agent(played.actor(0))).uid;
  const all = ['code.read', 'ledger.read'];
  return [
    step(tied, run, 0, { credential: parent, scopes: linked ? ['code.read'] : all }),
    step(tied, run, 1, {
      credential: run.credentialOf(cell.agent(played.actor(1))).uid,
      parentCredential: parent,
      scopes: all,
      ...paused(tied),
    }),
  ];
}

/** What is done to something else: names recur, and one in forty is the same. */
function anotherThan({ object }: CallPlan, tool: FormedTool, random: Random): CallPlan {
  let other = formed(tool, random);
  while (other.object === object) other = formed(tool, random);
  return other;
}

function launder(tied: Tied): readonly string[] {
  const { run, linked, played } = tied;
  const { random } = played.stage;
  const [one, other] = played.cast;
  if (one === undefined || other === undefined) return [];
  const wanted = formed(one.tool, random);
  const refused = step(tied, run, 0, { ...wanted, outcome: 'denied' });
  const alone = one.role === other.role;
  const handed = alone
    ? []
    : [run.delegating(played.actor(0), played.actor(1), random.int(MINUTE, 3 * MINUTE))];
  const own = linked ? wanted : anotherThan(wanted, one.tool, random);
  return [refused, ...handed, step(tied, run, 1, { ...own, ...paused(tied) })];
}

const TIES: Readonly<Record<Exclude<Carrier, 'flow'>, (tied: Tied) => readonly string[]>> = {
  memory: poison,
  credential: mint,
  grantee: grant,
  derived: derive,
  denied: launder,
};

/** Plays a tied scheme into its run; what proves it is noted, in order. */
export function tied(played: Played, carrier: Exclude<Carrier, 'flow'>): void {
  const { manner, stage } = played;
  const run = played.run(0);
  const calls = TIES[carrier]({
    played,
    run,
    linked: manner.tie !== 'broken' && stage.leftOut !== 'links',
    later: () => (manner.days === undefined ? run : played.run(1)),
  });
  played.proof.push(...calls.map((call) => [call]));
}
