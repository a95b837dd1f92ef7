/**
 * What a call of a tool looks like: the names of its arguments and results, and where in them a
 * value of each sort stands. Plots and odd ends of ordinary work (`errand.ts`) are both written
 * with these forms, so that no name of a field tells the one from the other.
 */
import type { CallPlan } from '../call-plan.ts';
import type { Random } from '../random.ts';
import type { Fields } from '../simulated-event.ts';
import { type Carried, type Form, fresh, rewritten, type Slots, type Sort } from './carried.ts';
import { FORMS, type FormedTool } from './form-table.ts';

const MENTIONS = [
  'See #',
  'It is about #',
  'Filed under # today.',
  'As told in # before.',
] as const;
/** So often a field that could hold a reference does hold one, which nobody else knows. */
const OWN_REFERENCE_SHARE = 0.5;
/** Sorts that people drop into a text. */
const USUAL: readonly [Sort, ...Sort[]] = ['account', 'paper', 'link'];

/** And now and then it is written otherwise than usual. */
const REWRITTEN_SHARE = 0.2;

const slotsOf = (slots: Slots, { sort, loose }: Carried): readonly string[] =>
  ((loose ? undefined : slots[sort]) ?? slots.any ?? '').split('|').filter((name) => name !== '');

/** Sorts that a call of this tool can return. */
export function sortsBroughtBy(tool: FormedTool): readonly Sort[] {
  return Object.keys(FORMS[tool].brings).filter((sort): sort is Sort => sort !== 'any');
}

function put(fields: Fields, slots: Slots, carried: Carried, random: Random): Fields {
  const { text } = carried;
  const names = slotsOf(slots, carried);
  const name = names[random.int(0, names.length - 1)];
  if (name === undefined) throw new Error(`no place for a value of sort ${carried.sort}`);
  if (!name.endsWith('*')) return { ...fields, [name]: text };
  const field = name.slice(0, -1);
  const before = fields[field];
  const mention = random.pick(MENTIONS).replace('#', text);
  return { ...fields, [field]: before === undefined ? mention : `${before} ${mention}` };
}

/** A value of nobody else's, in a place where one may stand. */
function own(slots: Slots, random: Random): Carried | undefined {
  if (!random.chance(OWN_REFERENCE_SHARE)) return undefined;
  const named = Object.keys(slots).filter((s): s is Sort => s !== 'any');
  const sorts = slots.any === undefined ? named : [...named, random.pick(USUAL)];
  const sort = sorts[random.int(0, sorts.length - 1)];
  if (sort === undefined) return undefined;
  const made = fresh(sort, random);
  const other = slots.any !== undefined && random.chance(REWRITTEN_SHARE);
  return other ? rewritten(made, random) : made;
}

export interface Passed {
  readonly given?: Carried | undefined;
  readonly brought?: Carried | undefined;
}

/** A call of this tool: as it always looks, with what was passed in its place. */
export function formed(tool: FormedTool, random: Random, passed: Passed = {}): CallPlan {
  const { asks, says, takes, brings, object }: Form = FORMS[tool];
  const given = passed.given ?? own(takes, random);
  const brought = passed.brought ?? own(brings, random);
  const args = given === undefined ? asks(random) : put(asks(random), takes, given, random);
  const said = says?.(random) ?? SAVED;
  const result = brought === undefined ? said : put(said, brings, brought, random);
  const target = object?.(args, random, result);
  return { args, result, ...(target === undefined ? {} : { object: target }) };
}

const SAVED: Fields = { ok: true, message: 'Saved. Everyone with access sees it now.' };
