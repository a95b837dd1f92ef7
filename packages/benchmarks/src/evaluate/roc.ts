/**
 * Ranking quality of scored runs: area under the ROC curve and true-positive rates at a fixed
 * false-positive rate, with weights so that a bootstrap over clusters is a reweighting.
 *
 * AUC is the Mann–Whitney probability, ties counted half (Hanley & McNeil, Radiology 143, 1982).
 * TPR at x % uses the lowest threshold whose false-positive rate is at most x %: conservative.
 */
import { quantile } from 'simple-statistics';
import type { Interval } from './scoring/interval.ts';

export interface ScoredRun {
  readonly score: number;
  readonly positive: boolean;
  /** Runs of one cluster are not independent: they repeat one task. */
  readonly cluster: string;
}

interface RocPoints {
  readonly auc: number;
  readonly tprAt: (fprMax: number) => number;
}

/** Runs sorted by falling score; `weights[i]` belongs to `sorted[i]`. */
function rocOf(sorted: readonly ScoredRun[], weights: readonly number[]): RocPoints {
  let positives = 0;
  let negatives = 0;
  sorted.forEach((run, i) => {
    if (run.positive) positives += weights[i] ?? 0;
    else negatives += weights[i] ?? 0;
  });
  const curve: [fpr: number, tpr: number][] = [[0, 0]];
  let tp = 0;
  let fp = 0;
  let area = 0;
  let at = 0;
  while (at < sorted.length) {
    const score = sorted[at]?.score;
    let tieP = 0;
    let tieN = 0;
    while (at < sorted.length && sorted[at]?.score === score) {
      if (sorted[at]?.positive) tieP += weights[at] ?? 0;
      else tieN += weights[at] ?? 0;
      at++;
    }
    area += tieN * (tp + tieP / 2);
    tp += tieP;
    fp += tieN;
    curve.push([fp / (negatives || 1), tp / (positives || 1)]);
  }
  return {
    auc: positives > 0 && negatives > 0 ? area / (positives * negatives) : Number.NaN,
    tprAt: (fprMax) => curve.reduce((best, [f, t]) => (f <= fprMax && t > best ? t : best), 0),
  };
}

export interface RankingQuality {
  readonly auc: number;
  readonly tprAt1: number;
  readonly tprAt5: number;
}

function qualityOf(sorted: readonly ScoredRun[], weights: readonly number[]): RankingQuality {
  const roc = rocOf(sorted, weights);
  return { auc: roc.auc, tprAt1: roc.tprAt(0.01), tprAt5: roc.tprAt(0.05) };
}

export function rankingQuality(runs: readonly ScoredRun[]): RankingQuality {
  const sorted = [...runs].sort((a, b) => b.score - a.score);
  return qualityOf(sorted, new Array<number>(sorted.length).fill(1));
}

/**
 * 95 % percentile intervals by resampling whole clusters with replacement (Field & Welsh, JRSS-B
 * 69(3), 2007): 1,000 runs of 50 tasks are 50 samples, not 1,000.
 */
export function clusteredIntervals(
  runs: readonly ScoredRun[],
  random: () => number,
  resamples = 500,
): { readonly auc: Interval; readonly tprAt1: Interval; readonly tprAt5: Interval } {
  const sorted = [...runs].sort((a, b) => b.score - a.score);
  const clusters = [...new Set(sorted.map((run) => run.cluster))];
  const clusterOf = sorted.map((run) => clusters.indexOf(run.cluster));
  const samples: RankingQuality[] = [];
  for (let n = 0; n < resamples; n++) {
    const drawn = new Array<number>(clusters.length).fill(0);
    for (let i = 0; i < clusters.length; i++) {
      const pick = Math.floor(random() * clusters.length);
      drawn[pick] = (drawn[pick] ?? 0) + 1;
    }
    const quality = qualityOf(
      sorted,
      clusterOf.map((c) => drawn[c] ?? 0),
    );
    if (Number.isFinite(quality.auc)) samples.push(quality);
  }
  const interval = (pick: (q: RankingQuality) => number): Interval => {
    const values = samples.map(pick);
    return { low: quantile(values, 0.025), high: quantile(values, 0.975) };
  };
  return {
    auc: interval((q) => q.auc),
    tprAt1: interval((q) => q.tprAt1),
    tprAt5: interval((q) => q.tprAt5),
  };
}
