/** The mark model in use: the fitted one, or one that an evaluation put in its place. */
import { MARK_WEIGHTS } from './mark-weights.ts';
import type { MarkModel } from './marks.ts';

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0));
}

function unpacked({ unit, bias, weights, vocabulary }: typeof MARK_WEIGHTS): MarkModel {
  return {
    unit,
    bias,
    weights: Int8Array.from(bytesOf(weights)),
    vocabulary: new Set(new Int32Array(bytesOf(vocabulary).buffer)),
  };
}

const FITTED = unpacked(MARK_WEIGHTS);
let current = FITTED;

export function markModel(): MarkModel {
  return current;
}

export function useMarkModel(model: MarkModel = FITTED): void {
  current = model;
}
