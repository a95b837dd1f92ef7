/**
 * Fits the mark model: logistic regression with L2, by AdaGrad over seeded passes. Between alike for each
 * source and alike for each sentence, planted and harmless ones half each, so that no benchmark's wrapper
 * outvotes the others.
 */
import { BUCKETS, featureScale, type MarkModel, sigmoid } from '@waywarden/ingest';
import { seededRandom, shuffled } from '@waywarden/waywarden/input/seeded-random';
import type { MarkExample, MarkExamples } from './mark-examples.ts';

const PASSES = 6;
const RATE = 0.5;
const L2 = 2e-5;
const WEIGHT_MAX = 10;
/** The grammar has many wordings, where a source has one wrapper or two. */
const GRAMMAR_SHARE = 2;

interface Weighted extends MarkExample {
  readonly weight: number;
}

function weighted({ bySource }: MarkExamples, without: ReadonlySet<string>): Weighted[] {
  const retained = [...bySource].filter(([source]) => !without.has(source));
  const size = retained.reduce((count, [, all]) => count + all.length, 0);
  return [true, false].flatMap((isPlanted) => {
    const groups = retained.map(([source, all]) => {
      const own = all.filter((one) => one.isPlanted === isPlanted);
      return { own, share: Math.sqrt(own.length) * (source === 'grammar' ? GRAMMAR_SHARE : 1) };
    });
    const sum = groups.reduce((total, { share }) => total + share, 0);
    return groups.flatMap(({ own, share }) => {
      const weight = Math.min(WEIGHT_MAX, ((share / sum / own.length) * size) / 2);
      return own.map((one) => ({ ...one, weight }));
    });
  });
}

/** As bytes: of the weights' shape little more is needed. */
function packed(weights: Float64Array, bias: number, vocabulary: MarkModel['vocabulary']) {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const unit = largest / 127;
  const bytes = Int8Array.from(weights, (weight) => Math.round(weight / unit));
  return {
    weights: bytes,
    unit: Number(unit.toPrecision(6)),
    bias: Number(bias.toFixed(4)),
    vocabulary,
  };
}

/** One fit over `data`. */
function fitOnce(data: readonly Weighted[]) {
  const weights = new Float64Array(BUCKETS);
  const squares = new Float64Array(BUCKETS).fill(1e-6);
  let [bias, biasSquares] = [0, 1e-6];
  const random = seededRandom(11);
  for (let pass = 0; pass < PASSES; pass++) {
    for (const { features, isPlanted, weight } of shuffled(data, random)) {
      const scale = featureScale(features.length);
      let sum = bias;
      for (const feature of features) sum += (weights[feature] ?? 0) * scale;
      const error = (sigmoid(sum) - (isPlanted ? 1 : 0)) * weight;
      biasSquares += error * error;
      bias -= (RATE * error) / Math.sqrt(biasSquares);
      for (const feature of features) {
        const before = weights[feature] ?? 0;
        const gradient = error * scale + L2 * before;
        const square = (squares[feature] ?? 0) + gradient * gradient;
        squares[feature] = square;
        weights[feature] = before - (RATE * gradient) / Math.sqrt(square);
      }
    }
  }
  return { weights, bias };
}

function logit({ weights, bias }: ReturnType<typeof fitOnce>, features: readonly number[]) {
  const scale = featureScale(features.length);
  return features.reduce((sum, feature) => sum + (weights[feature] ?? 0) * scale, bias);
}

/**
 * The model of all sources but `without`. Fitted twice: of what stands in planted text, sentences that the
 * first fit takes for harmless are plain orders, and no marks.
 */
export function fitMarks(examples: MarkExamples, without: ReadonlySet<string>): MarkModel {
  const data = weighted(examples, without);
  const first = fitOnce(data);
  const retained = data.filter((one) => !one.isPlanted || logit(first, one.features) > 0);
  const { weights, bias } = fitOnce(retained);
  return packed(weights, bias, examples.vocabulary);
}
