/**
 * Guarantees: plots are made of what ordinary work is made of. Whatever tool, field, beginning of a
 * name, agent's habit or way of telling a call of a plot has, ordinary work has too; what only
 * plots have is listed here with its reason.
 */
import { expect, test } from 'vitest';
import { simulate } from '../simulate.ts';
import type { SimulatedEvent } from '../simulated-event.ts';

const roleOf = (uid: string): string => uid.replace(/^.*\/([a-z]+)-.*$/, '$1');
const beginningOf = (name: string): string => name.replace(/[/_-].*$|\d.*$/, '');

/** The words that one call is made of, texts and values left out. */
function* wordsOf(event: SimulatedEvent): Generator<string> {
  const { agent, tool, target, args, result, credential, principal, approval } = event;
  const name = tool?.name ?? event.activity;
  const role = roleOf(agent.uid);
  yield `${role} uses ${name}`;
  yield `work ${event.task?.workflow}`;
  yield `${name} ends with ${event.outcome}`;
  yield `${name} let through by ${approval?.mode}`;
  for (const key of Object.keys(args?.value ?? {})) yield `${name} is given ${key}`;
  for (const key of Object.keys(result?.value ?? {})) yield `${name} returns ${key}`;
  for (const key of Object.keys(args?.features ?? {})) yield `${name} has ${key}`;
  yield `${name} on ${beginningOf(target?.resource_id ?? '')}`;
  yield `${name} in ${target?.environment}, ${target?.sensitivity}`;
  yield `${name} for ${beginningOf(principal?.uid ?? '')}, ${principal?.type}`;
  yield `credential ${beginningOf(credential?.uid ?? '')}`;
  const optional = {
    scopes: event.scopes,
    owner: target?.owner_uid,
    parent: credential?.parent_uid,
  };
  for (const [field, inHand] of Object.entries(optional)) if (inHand !== undefined) yield field;
  for (const { agent_uid } of event.delegation?.chain ?? []) yield `asked by ${roleOf(agent_uid)}`;
}

/** Told once each, with how often ordinary work says it. */
function vocabulary(): { readonly plots: ReadonlySet<string>; readonly work: Map<string, number> } {
  const plan = { scenario: 'assembly', seed: 'tuning-1', agents: 170, days: 24 } as const;
  const events: SimulatedEvent[] = [];
  const own = new Set<string>();
  for (const line of simulate(plan).lines()) {
    if (line.kind === 'event') events.push(line.value);
    else if (line.value.stream === 'assembly') for (const id of line.value.native_ids) own.add(id);
  }
  const plots = new Set<string>();
  const work = new Map<string, number>();
  for (const event of events) {
    const ofPlot = own.has(event.native_id);
    for (const word of wordsOf(event)) {
      if (ofPlot) plots.add(word);
      else work.set(word, (work.get(word) ?? 0) + 1);
    }
  }
  return { plots, work };
}

/** Words of plots alone, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {};
/** So often at least, in about a month of 170 agents. */
const TIMES_MIN = 2;

test('no word is only in plots', { timeout: 120_000 }, () => {
  const { plots, work } = vocabulary();
  const alone = [...plots].filter((word) => (work.get(word) ?? 0) < TIMES_MIN).sort();
  expect(alone).toEqual(Object.keys(EXCEPTIONS).sort());
});
