/**
 * Up to how much an alert was told of, revision by revision, so that a verdict excuses what somebody could look at.
 *
 * Between two revisions an alert is only counted, and while a person looks at one it goes on: what was found wrong of
 * 3,000 records is no word about the 600,000 that came before the verdict did. So it counts up to the revision that was
 * looked at, and where the act names none, up to the latest that was told when it came in.
 *
 * What was said last is also what growth is held against (`merge-alert.ts`): whatever a revision was told for, what
 * there is of each thing then is said with it, so that one growth that shows in a count and in two amounts is not told
 * three times.
 *
 * Limit: the first revision is kept and the latest; of one between that is no longer kept, the one before it counts.
 */
import { type Alert, shortPrint } from '@waywarden/schemas';
import type { Same } from '../facets/facet.ts';

/** What an alert was about, up to how much, when a revision was told. */
export type Said = readonly (readonly [revision: number, same: Same])[];

/** Revisions that are kept of an alert: its first and the latest. */
export const SAID_MAX = 4;

/** What is kept of it with an alert. */
interface OfAlert {
  readonly alert: Pick<Alert, 'revision'>;
  readonly same?: Same;
  readonly said?: Said;
}

/** Left out while its only revision says all of it, and by earlier versions. */
export function saidOf({ alert, same, said }: OfAlert): Said | undefined {
  return said ?? (same === undefined ? undefined : [[alert.revision, same]]);
}

/** The same with a further revision. */
export function saidWith(
  known: OfAlert,
  revision: number,
  same: Same | undefined,
): Said | undefined {
  const before = saidOf(known) ?? [];
  if (same === undefined) return before.length === 0 ? undefined : before;
  const all: Said = [...before, [revision, same]];
  return all.length <= SAID_MAX ? all : [...all.slice(0, 1), ...all.slice(1 - SAID_MAX)];
}

/** How many times as much there is of something as was said of it last, at most; 1 where there is no more of anything. */
export function timesSaid(known: OfAlert, now: Same): number {
  const told = saidOf(known)?.at(-1)?.[1] ?? [];
  let most = 1;
  for (const [what, amount] of now) {
    if (amount === 0) continue;
    const print = shortPrint(what);
    const before = told.find(([of]) => of === print)?.[1] ?? 0;
    if (before > 0) most = Math.max(most, amount / before);
  }
  return most;
}

/** What a verdict is about: of the revision that was looked at, else of the latest that was told. */
export function judgedSame(tracked: OfAlert, revision: number | undefined): Same | undefined {
  const said = saidOf(tracked) ?? [];
  const upTo = revision === undefined ? said : said.filter(([one]) => one <= revision);
  return (upTo.at(-1) ?? said[0])?.[1];
}
