/**
 * What an alert that proved an incident says beside its proof: who completed it, who contributed,
 * what the chain now holds, and what would stop it. Judged of exact matches only, since the answer to
 * another question can't be right.
 */
import type { CutAction } from './alert-history.ts';
import { type Share, share } from './interval.ts';
import type { AssemblyLabel } from './label.ts';
import type { Found } from './path-match.ts';

export interface ClaimScore {
  readonly kind: Share;
  readonly completed_by: Share;
  readonly contributors: Share;
  readonly residual_access: Share;
  /** Of labels that name any: all of it is said, whatever else is. */
  readonly neutralise: Share;
  readonly cut_given: Share;
  readonly cut_sound: Share;
  /** Of the cuts that the detector itself calls sound, those that are. */
  readonly cut_said_sound: Share;
  /** Of labels with anything that can be undone: nothing of it is usable after the cut. */
  readonly residual_unusable: Share;
  /** The same of labels with nothing that only a person can undo. */
  readonly residual_unusable_by_command: Share;
  /** Of the cuts that the detector itself calls sound, those after which nothing is usable. */
  readonly residual_said_unusable: Share;
}

const CHECKS = [
  'kind',
  'completed_by',
  'contributors',
  'residual_access',
  'neutralise',
  'cut_sound',
  'residual_unusable',
] as const;

export interface JudgedClaim {
  readonly incident_id: string;
  readonly wrong: readonly (typeof CHECKS)[number][];
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean => {
  const [left, right] = [new Set(a), new Set(b)];
  return left.size === right.size && [...left].every((one) => right.has(one));
};

/** An action that the label names, on the agent that it names, and on its task where it names one. */
function isAcceptable(action: CutAction, cut: AssemblyLabel['cuts'][number]): boolean {
  const task = cut.task_id ?? undefined;
  return (
    action.action === cut.action &&
    action.level === cut.level &&
    action.agentUid === cut.agent_uid &&
    (task === undefined || action.taskId === task)
  );
}

/** Sound: it contains at least one of the acceptable cuts, each of which stops the completer alone. */
export function isSoundCut(cut: readonly CutAction[], label: AssemblyLabel): boolean {
  return label.cuts.some((acceptable) => cut.some((action) => isAcceptable(action, acceptable)));
}

/** What was read or sent can't be undone; the cut is judged on the rest. */
const PAST_UNDOING: ReadonlySet<string> = new Set(['data_read', 'data_sent']);
/** A person has to find out what to undo; until then it is usable. */
const BY_PERSON = 'open_case';

type Neutraliser = AssemblyLabel['neutralise'][number];

const undoable = ({ neutralise }: AssemblyLabel): readonly Neutraliser[] =>
  neutralise.filter(({ what }) => !PAST_UNDOING.has(what));

/**
 * Whether nothing that is left behind is usable once the cut is carried out: for each thing the cut has
 * the action that the label names, on something that a call of the proof acted on.
 */
function isUnusable(
  label: AssemblyLabel,
  cut: readonly CutAction[],
  things: ReadonlySet<string>,
): boolean {
  return undoable(label).every(({ action }) =>
    cut.some((one) => one.action === action && one.thing !== undefined && things.has(one.thing)),
  );
}

/** `thingOf`: what an event of the stream acted on, by its native id. */
export function scoreClaims(
  exact: ReadonlyMap<AssemblyLabel, Found>,
  thingOf: (nativeId: string) => string | undefined,
): {
  readonly score: ClaimScore;
  readonly judged: readonly JudgedClaim[];
} {
  const rows = [...exact].map(([label, { claim, conclusion }]) => ({
    label,
    residual_unusable: isUnusable(
      label,
      claim.cut,
      new Set(claim.proof.flatMap((id) => thingOf(id) ?? [])),
    ),
    kind: conclusion.kind === label.kind,
    completed_by: claim.completedBy === label.completed_by,
    contributors: sameSet(claim.contributors, label.contributors),
    residual_access: sameSet(claim.residualAccess, label.residual_access),
    neutralise: label.neutralise.every(({ what, action }) =>
      claim.neutralise.includes(`${what}: ${action}`),
    ),
    cut_given: claim.cut.length > 0,
    cut_sound: isSoundCut(claim.cut, label),
    said_sound: claim.cutSound === true,
  }));
  const of = (key: Exclude<keyof (typeof rows)[number], 'label' | 'said_sound'>): Share =>
    share(rows.filter((row) => row[key]).length, rows.length);
  const neutralisable = rows.filter(({ label }) => label.neutralise.length > 0);
  const claimedSound = rows.filter((row) => row.said_sound);
  const left = rows.filter(({ label }) => undoable(label).length > 0);
  const byCommand = left.filter(({ label }) =>
    undoable(label).every(({ action }) => action !== BY_PERSON),
  );
  const unusable = (some: typeof rows) =>
    share(some.filter((row) => row.residual_unusable).length, some.length);
  return {
    score: {
      kind: of('kind'),
      completed_by: of('completed_by'),
      contributors: of('contributors'),
      residual_access: of('residual_access'),
      neutralise: share(neutralisable.filter((row) => row.neutralise).length, neutralisable.length),
      cut_given: of('cut_given'),
      cut_sound: of('cut_sound'),
      cut_said_sound: share(
        claimedSound.filter((row) => row.cut_sound).length,
        claimedSound.length,
      ),
      residual_unusable: unusable(left),
      residual_unusable_by_command: unusable(byCommand),
      residual_said_unusable: unusable(claimedSound),
    },
    judged: rows.map((row) => ({
      incident_id: row.label.incident_id,
      wrong: CHECKS.filter((check) => !row[check]),
    })),
  };
}
