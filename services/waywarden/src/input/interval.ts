const INTERVAL = /^(\d{1,4})([smhd])$/;
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Undefined when it is none. */
export function intervalMs(text: string): number | undefined {
  const [, count, unit = ''] = INTERVAL.exec(text) ?? [];
  const ms = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  return ms > 0 ? ms : undefined;
}
