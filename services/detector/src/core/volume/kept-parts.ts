/**
 * Of which parts of an agent (tools) counts are kept: as many as there is room for, those first that it
 * used on most days. Who floods an agent with new names pushes out no tool that it has used for weeks;
 * there is then no room for the new ones, whose novelty another facet tells.
 */

/** Parts of an agent that are counted apart. */
export const PARTS_MAX = 12;
/** A part unused for so many days makes room. */
const IDLE_DAYS = 30;

/** A part, on how many days it was used, and the last of them. */
export type KeptPart = readonly [part: string, days: number, last: number];

export interface Kept {
  readonly parts: readonly KeptPart[];
  /** Whose counts are to be forgotten. */
  readonly gone?: string;
}

const worth = ([, days, last]: KeptPart, today: number) => (today - last > IDLE_DAYS ? 0 : days);

/** The parts with this one among them; undefined when there is no room for it. */
export function keepPart(
  parts: readonly KeptPart[],
  part: string,
  today: number,
): Kept | undefined {
  const at = parts.findIndex(([one]) => one === part);
  const known = parts[at];
  if (known !== undefined) {
    if (known[2] >= today) return { parts };
    const days = Math.min(IDLE_DAYS, known[1] + 1);
    return { parts: parts.with(at, [part, days, today]) };
  }
  const fresh: KeptPart = [part, 1, today];
  if (parts.length < PARTS_MAX) return { parts: [...parts, fresh] };
  const least = parts.reduce((a, b) => (worth(b, today) < worth(a, today) ? b : a));
  if (worth(least, today) > 1) return undefined;
  return { parts: [...parts.filter((one) => one !== least), fresh], gone: least[0] };
}
