/**
 * Whether a label's cuts hold the cheapest. "The cheapest set of actions after which T can't be
 * completed again …, weighing what each would break (tasks under way, …)" (design: assembly). Read so:
 * the price of a cut is the number of tasks of which it stops a call, in the whole stream; the cheapest
 * is the lowest price of any single action on the completing call that is sound; and one of the
 * label's alternatives must cost no more. An alternative of several actions must need each of them.
 *
 * Criticality and blackout windows are not weighed: the text gives no exchange for tasks. An action on
 * a task that nothing proves is no candidate: a hijacked agent invents the next one.
 */
import type { Call } from './call.ts';
import type { Completion, Rules } from './completion.ts';
import { cutProblems, stops } from './cut.ts';
import type { CutAction } from './label.ts';
import type { LinkTable } from './path.ts';
import type { Stream } from './stream.ts';

type Ids = readonly (readonly [string, string | undefined])[];

function action(name: string, level: string, call: Call, ids: Ids = []): readonly CutAction[] {
  const told = ids.flatMap(([key, id]) => (id === undefined ? [] : [[key, id] as const]));
  if (told.length < ids.length) return [];
  return [{ action: name, level, agentUid: call.agent, ids: new Map(told) }];
}

/** Single actions on the completing call, of every level of the contracts that stops more than it. */
function candidates(call: Call): readonly CutAction[] {
  return [
    ...(call.taskProven ? action('revoke_token', 'task', call, [['task_id', call.task]]) : []),
    ...action('revoke_token', 'credential', call, [['credential_uid', call.credentialId]]),
    ...action('kill_session', 'instance', call, [['instance_uid', call.instance]]),
    ...action('block_tool', 'tool', call, [['tool', call.tool]]),
    ...action('disable_agent', 'agent', call),
  ];
}

/** Levels whose orders stop whoever holds the id; all others stop the named agent alone. */
const WHOEVER = new Set(['instance', 'credential', 'origin']);

/** Tasks of which a cut stops a call; a call without one is its own. */
function priceOf(cut: readonly CutAction[], { byHolder, byAgent }: Stream): number {
  const stopped = cut.flatMap((one) => {
    const inHand = () => [...one.ids.values()].flatMap((id) => byHolder.get(id) ?? []);
    const asked = WHOEVER.has(one.level) ? inHand() : (byAgent.get(one.agentUid) ?? []);
    return asked.filter((call) => stops(one, call));
  });
  return new Set(stopped.map((call) => call.task ?? call.id)).size;
}

const textOf = (cut: readonly CutAction[]) =>
  cut.map((one) => `${one.action}@${one.level}`).join(' and ');

export function priceFaults(
  cuts: readonly (readonly CutAction[])[],
  completion: Completion,
  table: LinkTable,
  rules: Rules,
): readonly string[] {
  const isSound = (cut: readonly CutAction[]) =>
    cutProblems(cut, completion, table, rules).length === 0;
  const priced = candidates(completion.completer)
    .map((one) => ({ cut: [one], price: priceOf([one], table.stream) }))
    .sort((a, b) => a.price - b.price);
  const cheapest = priced.find(({ cut }) => isSound(cut));
  const least = Math.min(...cuts.map((cut) => priceOf(cut, table.stream)));
  const faults: string[] = [];
  if (cheapest !== undefined && cheapest.price < least) {
    const { cut, price } = cheapest;
    faults.push(`${textOf(cut)} stops ${price} tasks, the cheapest of these ${least}`);
  }
  for (const cut of cuts.filter((one) => one.length > 1)) {
    const spare = cut.find((one) => isSound(cut.filter((other) => other !== one)));
    if (spare !== undefined) faults.push(`${textOf(cut)} is sound without ${textOf([spare])}`);
  }
  return faults;
}
