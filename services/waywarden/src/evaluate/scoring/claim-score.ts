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
}

const CHECKS = [
  'kind',
  'completed_by',
  'contributors',
  'residual_access',
  'neutralise',
  'cut_sound',
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

export function scoreClaims(exact: ReadonlyMap<AssemblyLabel, Found>): {
  readonly score: ClaimScore;
  readonly judged: readonly JudgedClaim[];
} {
  const rows = [...exact].map(([label, { claim, conclusion }]) => ({
    label,
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
  const saidSound = rows.filter((row) => row.said_sound);
  return {
    score: {
      kind: of('kind'),
      completed_by: of('completed_by'),
      contributors: of('contributors'),
      residual_access: of('residual_access'),
      neutralise: share(neutralisable.filter((row) => row.neutralise).length, neutralisable.length),
      cut_given: of('cut_given'),
      cut_sound: of('cut_sound'),
      cut_said_sound: share(saidSound.filter((row) => row.cut_sound).length, saidSound.length),
    },
    judged: rows.map((row) => ({
      incident_id: row.label.incident_id,
      wrong: CHECKS.filter((check) => !row[check]),
    })),
  };
}
