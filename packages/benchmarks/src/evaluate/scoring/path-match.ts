/**
 * Which claim of an assembly is about which labelled incident, and what each other claim is about.
 *
 * Exact: a claim's proof is, as a set, one of the incident's acceptable minimal proofs, and it names
 * the incident's combination or none. Overlap: it shares an event with one of them under the same
 * rule for names. Rejected: a Jaccard threshold, which has to be chosen, and rewards padding a proof.
 */
import type { AlertHistory, Claim, Conclusion } from './alert-history.ts';
import type { AssemblyLabel } from './label.ts';

export interface Found {
  readonly alert: AlertHistory;
  readonly claim: Claim;
  readonly conclusion: Conclusion;
}

/**
 * exact: the first alert that proves an incident. duplicate: a further one of the same incident.
 * overlap: a wrong proof of a firing incident. other_combination: names a firing plot's events for
 * something else. near_miss: names a quiet plot's events. ordinary: names neither.
 */
export type ClaimOutcome =
  | 'exact'
  | 'duplicate'
  | 'overlap'
  | 'other_combination'
  | 'near_miss'
  | 'ordinary';

export interface JudgedAlert {
  readonly alert: AlertHistory;
  readonly outcome: ClaimOutcome;
  /** Quiet plots whose events it names. */
  readonly nearMisses: readonly AssemblyLabel[];
  /** Firing incidents that it proves, or overlaps. */
  readonly incidents: readonly AssemblyLabel[];
}

export interface PathMatches {
  readonly exact: ReadonlyMap<AssemblyLabel, Found>;
  /** Exact matches are overlaps too. */
  readonly overlap: ReadonlyMap<AssemblyLabel, Found>;
  readonly judged: readonly JudgedAlert[];
}

const keyOf = (proof: readonly string[]): string => [...new Set(proof)].sort().join('\n');

const sameName = (claim: Claim, label: AssemblyLabel): boolean =>
  claim.combination === undefined || claim.combination === label.combination;

class LabelIndex {
  readonly #byProof = new Map<string, Set<AssemblyLabel>>();
  readonly #byProofEvent = new Map<string, Set<AssemblyLabel>>();
  readonly #byEvent = new Map<string, Set<AssemblyLabel>>();

  constructor(labels: readonly AssemblyLabel[]) {
    const put = (map: Map<string, Set<AssemblyLabel>>, key: string, label: AssemblyLabel) => {
      const inHand = map.get(key);
      if (inHand === undefined) map.set(key, new Set([label]));
      else inHand.add(label);
    };
    for (const label of labels) {
      for (const id of label.native_ids) put(this.#byEvent, id, label);
      for (const proof of label.proofs) {
        put(this.#byProof, keyOf(proof), label);
        for (const id of proof) put(this.#byProofEvent, id, label);
      }
    }
  }

  exact(claim: Claim): readonly AssemblyLabel[] {
    const same = this.#byProof.get(keyOf(claim.proof)) ?? [];
    return [...same].filter((label) => sameName(claim, label));
  }

  overlapping(claim: Claim): readonly AssemblyLabel[] {
    const touched = claim.proof.flatMap((id) => [...(this.#byProofEvent.get(id) ?? [])]);
    return [...new Set(touched)].filter((label) => sameName(claim, label));
  }

  touched(ids: readonly string[]): readonly AssemblyLabel[] {
    return [...new Set(ids.flatMap((id) => [...(this.#byEvent.get(id) ?? [])]))];
  }
}

/** Earliest first; equal times by id, so that the order of the file decides nothing. */
const byTime = (a: Found, b: Found): number =>
  a.conclusion.detectedMs - b.conclusion.detectedMs || (a.alert.alertId < b.alert.alertId ? -1 : 1);

interface Candidate extends Found {
  readonly exact: readonly AssemblyLabel[];
  readonly overlap: readonly AssemblyLabel[];
}

function judge(
  alert: AlertHistory,
  candidates: readonly Candidate[],
  index: LabelIndex,
  exact: ReadonlyMap<AssemblyLabel, Found>,
): JudgedAlert {
  const proven = [...new Set(candidates.flatMap((one) => one.exact))];
  const overlapped = [...new Set(candidates.flatMap((one) => one.overlap))];
  const touched = index.touched(candidates.flatMap((one) => one.claim.proof));
  const nearMisses = touched.filter((label) => label.verdict === 'quiet');
  const base = { alert, nearMisses };
  if (proven.length > 0) {
    const isFirst = proven.some((label) => exact.get(label)?.alert === alert);
    return { ...base, outcome: isFirst ? 'exact' : 'duplicate', incidents: proven };
  }
  if (overlapped.length > 0) return { ...base, outcome: 'overlap', incidents: overlapped };
  const firing = touched.filter((label) => label.verdict === 'fires');
  if (firing.length > 0) return { ...base, outcome: 'other_combination', incidents: firing };
  return { ...base, outcome: nearMisses.length > 0 ? 'near_miss' : 'ordinary', incidents: [] };
}

/** Only alerts that claim an assembly take part; the others claim nothing that could be wrong here. */
export function matchPaths(
  labels: readonly AssemblyLabel[],
  alerts: readonly AlertHistory[],
): PathMatches {
  const index = new LabelIndex(labels);
  const candidates: Candidate[] = alerts.flatMap((alert) =>
    alert.conclusions.flatMap((conclusion) => {
      const { claim } = conclusion;
      if (claim === undefined) return [];
      const found = { alert, claim, conclusion };
      return [{ ...found, exact: index.exact(claim), overlap: index.overlapping(claim) }];
    }),
  );
  const [exact, overlap] = [new Map<AssemblyLabel, Found>(), new Map<AssemblyLabel, Found>()];
  for (const one of [...candidates].sort(byTime)) {
    for (const label of one.exact) if (!exact.has(label)) exact.set(label, one);
    for (const label of one.overlap) if (!overlap.has(label)) overlap.set(label, one);
  }
  const byAlert = new Map<AlertHistory, Candidate[]>();
  for (const one of candidates) {
    byAlert.set(one.alert, [...(byAlert.get(one.alert) ?? []), one]);
  }
  const judged = [...byAlert].map(([alert, own]) => judge(alert, own, index, exact));
  return { exact, overlap, judged };
}
