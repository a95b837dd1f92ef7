/**
 * Who plays: of each step one who can do it, all different agents; and who passes things on
 * between two steps. Drawn by chance, so that no two seeds have the same people in the same play.
 */
import type { Random } from '../random.ts';
import { ROLES, type Role } from '../roles.ts';
import { TOOLS } from '../tool-table.ts';
import type { Sort } from './carried.ts';
import { sortsBroughtBy } from './form.ts';
import type { FormedTool } from './form-table.ts';
import type { Manner } from './manner.ts';
import type { Act, Scheme } from './scheme.ts';

/**
 * Who can stand between two steps: this one call is all that he does. Nobody of the execution plane
 * sends, or outside text would reach him directly.
 */
const RELAYS: readonly (readonly [Role, FormedTool])[] = [
  ['seller', 'updateTicket'],
  ['clerk', 'insert'],
  ['scribe', 'writePage'],
  ['reporter', 'query'],
  ['registrar', 'insert'],
  ['planner', 'writePage'],
  ['exporter', 'insert'],
  ['helper', 'updateTicket'],
  ['briefer', 'writePage'],
  ['analyst', 'query'],
  ['people', 'query'],
  ['desk', 'updateTicket'],
];
const DRAWS_MAX = 200;

export function shuffled<T>(from: readonly T[], random: Random): readonly T[] {
  const left = [...from];
  return from.flatMap(() => left.splice(random.int(0, left.length - 1), 1));
}

export function relaysBeside(cast: readonly Act[], random: Random): readonly Act[] {
  const busy = new Set(cast.map((act) => act.role));
  const free = RELAYS.filter(([role]) => !busy.has(role));
  return shuffled(free, random).map(([role, tool]) => ({ role, tool }));
}

/** The sorts of value that every step but the last can pass on. */
export function commonSorts(cast: readonly Act[], among: readonly Sort[]): readonly Sort[] {
  const passing = cast.slice(0, -1);
  return among.filter((sort) => passing.every(({ tool }) => sortsBroughtBy(tool).includes(sort)));
}

const bringsOutsideText = ({ role, tool }: Act): boolean =>
  ROLES[role].plane === 'retrieval' && TOOLS[tool].trust === 'untrusted';

/** Outside text and personal data in one: read twice and sent, it is a combination of its own. */
const PERSONAL: ReadonlySet<FormedTool> = new Set(['readTicket', 'readMail']);

function isAnother(cast: readonly Act[], { doubled }: Manner): boolean {
  const [first, second] = cast;
  return (
    doubled === 0 && second?.tool === 'sendMail' && first !== undefined && PERSONAL.has(first.tool)
  );
}

function fits(cast: readonly Act[], scheme: Scheme, manner: Manner): boolean {
  const { same, sorts } = manner;
  if (isAnother(cast, manner)) return false;
  if (new Set(cast.map((act) => act.role)).size < cast.length && scheme.carrier === 'flow')
    return false;
  if (sorts === undefined || scheme.carrier !== 'flow') return true;
  if (same !== true)
    return cast
      .slice(0, -1)
      .every(({ tool }) => sortsBroughtBy(tool).some((s) => sorts.includes(s)));
  // Outside text that an executing agent is given unchanged is a combination of its own.
  const another = scheme.kind === undefined && cast.some(bringsOutsideText);
  return !another && commonSorts(cast, sorts).length > 0;
}

/** Who may do what the other was refused. */
const ALLOWED: Readonly<Partial<Record<FormedTool, Role>>> = {
  dropTable: 'cleaner',
  readSecret: 'vault',
  updatePrompt: 'tuner',
  readCustomer: 'desk',
  grantAccess: 'access',
  readPerson: 'people',
};

function refused(scheme: Scheme, { tie }: Manner, random: Random): readonly Act[] {
  const [first = [], [cleaner] = []] = scheme.steps;
  if (cleaner !== undefined && (tie === 'other_tool' || tie === 'same_tool'))
    return [cleaner, { ...cleaner, tool: tie === 'other_tool' ? 'truncate' : cleaner.tool }];
  const denied = first[random.int(0, first.length - 1)];
  if (denied === undefined) return [];
  return [denied, { role: ALLOWED[denied.tool] ?? 'cleaner', tool: denied.tool }];
}

/** @returns nothing when nobody fits. */
export function castOf(scheme: Scheme, manner: Manner, random: Random): readonly Act[] | undefined {
  // An approval names who may.
  if (manner.approved !== undefined) {
    const named = scheme.steps.map(([first]) => first);
    if (manner.approved !== 'role') return named;
    return named.map((act, n) => (n === 1 ? { role: 'seller', tool: act.tool } : act));
  }
  if (scheme.carrier === 'denied') return refused(scheme, manner, random);
  for (let n = 0; n < DRAWS_MAX; n++) {
    const drawn = scheme.steps.map((acts) => random.pick(acts));
    if (fits(drawn, scheme, manner)) return drawn;
  }
  return undefined;
}
