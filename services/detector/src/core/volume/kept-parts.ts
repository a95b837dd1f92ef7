/**
 * Of which parts of an agent (tools) counts are kept: as many as there is room for, those first that it
 * used on most days. Who floods an agent with new names pushes out no tool that it has used for weeks;
 * there is then no room for the new ones, whose novelty another facet tells.
 */

/** Parts of an agent that are counted apart. */
export const PARTS_MAX = 12;
/** A part unused for so many days makes room. */
const IDLE_DAYS = 30;

/** A part, on how many days it was used, the last of them, and what is kept of it. */
export type KeptPart<Of> = readonly [part: string, days: number, last: number, of: Of];

const worth = ([, days, last]: KeptPart<unknown>, today: number) =>
  today - last > IDLE_DAYS ? 0 : days;

/** Whose place a new part takes; undefined when there is no room for it. */
function leastOf<Of>(parts: readonly KeptPart<Of>[], today: number): KeptPart<Of> | undefined {
  const least = parts.reduce((a, b) => (worth(b, today) < worth(a, today) ? b : a));
  return worth(least, today) > 1 ? undefined : least;
}

/** What is kept of a part; undefined where nothing is. */
export function keptOf<Of>(parts: readonly KeptPart<Of>[], part: string): Of | undefined {
  for (const one of parts) if (one[0] === part) return one[3];
  return undefined;
}

/** How many parts are kept with this one among them; undefined when there is no room for it. */
export function partsWith(
  parts: readonly KeptPart<unknown>[],
  part: string,
  today: number,
): number | undefined {
  if (keptOf(parts, part) !== undefined) return parts.length;
  if (parts.length < PARTS_MAX) return parts.length + 1;
  return leastOf(parts, today) === undefined ? undefined : parts.length;
}

/** The parts with this one among them, as it is now; the same ones when there is no room for it. */
export function keepPart<Of>(
  parts: readonly KeptPart<Of>[],
  part: string,
  { of, today }: { readonly of: Of; readonly today: number },
): readonly KeptPart<Of>[] {
  const at = parts.findIndex((one) => one[0] === part);
  const known = parts[at];
  if (known !== undefined) {
    const [, days, last] = known;
    const isNewDay = last < today;
    const more = isNewDay ? Math.min(IDLE_DAYS, days + 1) : days;
    return parts.with(at, [part, more, Math.max(last, today), of]);
  }
  const fresh: KeptPart<Of> = [part, 1, today, of];
  if (parts.length < PARTS_MAX) return [...parts, fresh];
  const least = leastOf(parts, today);
  return least === undefined ? parts : [...parts.filter((one) => one !== least), fresh];
}
