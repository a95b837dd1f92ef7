/** What a detector of assemblies got wrong, by name, so that each can be looked at. */
import type { JudgedClaim } from './claim-score.ts';
import type { AssemblyLabel } from './label.ts';
import type { ClaimOutcome, JudgedAlert, PathMatches } from './path-match.ts';

/**
 * Failures by name: all of them are kept and can be written to a file; a report shows the first of each
 * kind, since one that lists everything is not read and one that lists none is not believed.
 */
const NAMED_MAX = 50;

export interface NamedFailures {
  readonly count: number;
  readonly named: readonly string[];
}

export function namedFailures(names: readonly string[]): NamedFailures {
  return { count: names.length, named: [...names].sort() };
}

/** As a report shows them, by kind. */
export function shownFailures<Kind extends string>(
  failures: Readonly<Record<Kind, NamedFailures>>,
): Record<Kind, NamedFailures> {
  const shown = { ...failures } as Record<Kind, NamedFailures>;
  for (const kind in shown) {
    const { count, named } = shown[kind];
    shown[kind] = { count, named: named.slice(0, NAMED_MAX) };
  }
  return shown;
}

export interface AssemblyFailures {
  readonly missed: NamedFailures;
  readonly wrong_proof: NamedFailures;
  readonly near_miss_alarms: NamedFailures;
  readonly other_combination: NamedFailures;
  readonly ordinary: NamedFailures;
  readonly wrong_kind: NamedFailures;
  readonly wrong_completer: NamedFailures;
  readonly wrong_contributors: NamedFailures;
  readonly wrong_residual_access: NamedFailures;
  readonly not_neutralised: NamedFailures;
  readonly unsound_cut: NamedFailures;
  /** Something that is left behind stays usable after the cut. */
  readonly residual_usable: NamedFailures;
}

const lastClaim = ({ alert }: JudgedAlert) => alert.conclusions.at(-1)?.claim;

/** "incident (as what the alert said)". */
function claimedOf(one: JudgedAlert, labels: readonly AssemblyLabel[]): string {
  return `${labels[0]?.incident_id ?? ''} (as ${lastClaim(one)?.combination ?? one.alert.kind})`;
}

export function assemblyFailures(
  firing: readonly AssemblyLabel[],
  matches: PathMatches,
  judged: readonly JudgedClaim[],
): AssemblyFailures {
  const of = (outcome: ClaimOutcome, name: (one: JudgedAlert) => string) =>
    namedFailures(matches.judged.filter((one) => one.outcome === outcome).map(name));
  const labels = (keep: (label: AssemblyLabel) => boolean) =>
    namedFailures(firing.filter(keep).map((label) => label.incident_id));
  const wrong = (check: JudgedClaim['wrong'][number]) =>
    namedFailures(judged.filter((one) => one.wrong.includes(check)).map((one) => one.incident_id));
  return {
    missed: labels((label) => !matches.overlap.has(label)),
    wrong_proof: labels((label) => matches.overlap.has(label) && !matches.exact.has(label)),
    near_miss_alarms: of('near_miss', (one) => claimedOf(one, one.nearMisses)),
    other_combination: of('other_combination', (one) => claimedOf(one, one.incidents)),
    ordinary: of(
      'ordinary',
      (one) =>
        `${lastClaim(one)?.combination ?? one.alert.kind}: ${lastClaim(one)?.proof.join(', ') ?? ''}`,
    ),
    wrong_kind: wrong('kind'),
    wrong_completer: wrong('completed_by'),
    wrong_contributors: wrong('contributors'),
    wrong_residual_access: wrong('residual_access'),
    not_neutralised: wrong('neutralise'),
    unsound_cut: wrong('cut_sound'),
    residual_usable: wrong('residual_unusable'),
  };
}
