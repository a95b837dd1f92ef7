// A small seeded generator (sfc32) and the distributions that real fleets follow.
export interface Rng {
  float(): number;
  int(low: number, high: number): number;
  range(low: number, high: number): number;
  chance(p: number): boolean;
  normal(): number;
  logn(median: number, sigma: number): number;
  pareto(low: number, alpha: number, cap: number): number;
  poisson(mean: number): number;
  negbin(mean: number, k: number): number;
  pick<T>(items: readonly T[]): T;
  zipf<T>(items: readonly T[]): T;
  weighted<T>(items: readonly T[], weights: readonly number[]): T;
  shuffle<T>(items: readonly T[]): T[];
  hex(n: number): string;
}

export function at<T>(items: readonly T[], i: number): T {
  const item = items[i];
  if (item === undefined) throw new Error(`nothing at ${i} of ${items.length}`);
  return item;
}

/** Two 32-bit hashes of a text. */
export function hash2(text: string): [number, number] {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return [a >>> 0, b >>> 0];
}

export function hashHex(text: string): string {
  const [a, b] = hash2(text);
  return a.toString(16).padStart(8, '0') + b.toString(16).padStart(8, '0');
}

/** A number in [0, 1) that depends on the text alone. */
export function hashUnit(text: string): number {
  const [a, b] = hash2(text);
  return ((a ^ b) >>> 0) / 4294967296;
}

function sfc32(seed: string): () => number {
  let [a, b] = hash2(seed);
  let [c, d] = hash2(`${seed}~`);
  const step = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) step();
  return step;
}

function gamma(float: () => number, normal: () => number, shape: number): number {
  if (shape < 1) return gamma(float, normal, shape + 1) * Math.max(float(), 1e-12) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (let i = 0; i < 200; i++) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(Math.max(float(), 1e-12)) < 0.5 * x * x + d - d * v + d * Math.log(v))
      return d * v;
  }
  return d;
}

function poissonOf(float: () => number, normal: () => number, mean: number): number {
  if (mean <= 0) return 0;
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
  const limit = Math.exp(-mean);
  let n = 0;
  for (let p = float(); p > limit; p *= float()) n++;
  return n;
}

export function createRng(seed: string): Rng {
  const float = sfc32(seed);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(Math.max(float(), 1e-12))) * Math.cos(2 * Math.PI * float());
  const int = (low: number, high: number): number => low + Math.floor(float() * (high - low + 1));
  const pick = <T>(items: readonly T[]): T => at(items, int(0, items.length - 1));
  return {
    float,
    int,
    normal,
    pick,
    range: (low, high) => low + float() * (high - low),
    chance: (p) => float() < p,
    logn: (median, sigma) => median * Math.exp(sigma * normal()),
    pareto: (low, alpha, cap) => Math.min(cap, low / Math.max(float(), 1e-9) ** (1 / alpha)),
    poisson: (mean) => poissonOf(float, normal, mean),
    negbin: (mean, k) => poissonOf(float, normal, (mean * gamma(float, normal, k)) / k),
    zipf: (items) =>
      at(items, Math.min(items.length - 1, Math.floor(items.length * float() ** 2.5))),
    weighted: (items, weights) => {
      let x = float() * weights.reduce((sum, w) => sum + w, 0);
      for (let i = 0; i < items.length; i++) {
        x -= weights[i] ?? 0;
        if (x < 0) return at(items, i);
      }
      return at(items, items.length - 1);
    },
    shuffle: (items) => {
      const out = [...items];
      for (let i = out.length - 1; i > 0; i--) {
        const j = int(0, i);
        const x = at(out, i);
        out[i] = at(out, j);
        out[j] = x;
      }
      return out;
    },
    hex: (n) => {
      let out = '';
      while (out.length < n)
        out += Math.floor(float() * 65536)
          .toString(16)
          .padStart(4, '0');
      return out.slice(0, n);
    },
  };
}
