/**
 * Plays the table at a site: all scenarios at once, each by itself in order, with kills before the
 * steps that a seed chose. Then what several share: a small budget, one poisoned text, a pause. At the
 * end the log must show that every order was given once and carried out once, however often it was
 * interrupted.
 */
import type { Decision, Receipt, RevocationCommand } from '@waywarden/schemas';
import { TOPICS } from '@waywarden/schemas';
import { expect } from 'vitest';
import { type Random, shuffled } from '../../services/waywarden/src/input/seeded-random.ts';
import { until } from '../support/until.ts';
import { type Site, VICTIMS, type Victim } from './containment-site.ts';
import { Player } from './player.ts';
import { BUDGET, TIGHT_POLICY, VICTIM_COUNT } from './scenario-rules.ts';
import { SCENARIOS, uidOf } from './scenarios.ts';

export interface KillPoint {
  readonly key: string;
  /** Before this step; the number of steps: after the last. */
  readonly step: number;
  readonly victim: Victim;
}

export const nameOf = ({ key, step, victim }: KillPoint) => `${key}:${step}:${victim}`;

/** Every place at which somebody can be killed, in a seeded order. */
export function killPlan(random: Random): readonly KillPoint[] {
  const all = SCENARIOS.flatMap(({ key, steps }) =>
    Array.from({ length: steps.length }, (_, at) =>
      VICTIMS.map((victim) => ({ key, step: at + 1, victim })),
    ).flat(),
  );
  return shuffled(all, random);
}

class Killer {
  readonly #site: Site;
  readonly #points: ReadonlyMap<string, KillPoint>;
  #turn: Promise<void> = Promise.resolve();
  readonly done: string[] = [];

  constructor(site: Site, points: readonly KillPoint[]) {
    this.#site = site;
    this.#points = new Map(points.map((one) => [`${one.key}:${one.step}`, one]));
  }

  /** One kill after the other: the next begins when the killed one is back. */
  async before(key: string, step: number): Promise<void> {
    const point = this.#points.get(`${key}:${step}`);
    const { kill } = this.#site;
    if (point === undefined || kill === undefined) return;
    const next = this.#turn.then(() => kill(point.victim));
    this.#turn = next.catch(() => undefined);
    await next;
    this.done.push(nameOf(point));
  }
}

export interface Played {
  readonly kills: readonly string[];
  /** `scenario: step n: what was wrong`; empty when all ended as they should. */
  readonly wrong: readonly string[];
}

export async function playRound(
  site: Site,
  round: number,
  points: readonly KillPoint[] = [],
): Promise<Played> {
  const killer = new Killer(site, points);
  const wrong: string[] = [];
  const play = async ({ key, steps }: (typeof SCENARIOS)[number]) => {
    const player = new Player(site, uidOf(key, round));
    for (const [at, step] of steps.entries()) {
      try {
        await killer.before(key, at);
        await step(player);
      } catch (error) {
        const what = error instanceof Error ? error.message : String(error);
        wrong.push(`${key}: step ${at + 1}: ${what}`);
        return;
      }
    }
    await killer.before(key, steps.length);
  };
  await Promise.all(SCENARIOS.map(play));
  return { kills: killer.done, wrong };
}

/** The new rules are in force once one of them decides. */
async function tightened(site: Site): Promise<void> {
  await site.publishPolicy(TIGHT_POLICY);
  let asked = 0;
  await until(async () => {
    await new Player(site, `agent/late-arrived-${asked++}`).hijack();
    const decisions = await site.decisions();
    return decisions.some((one) => one.rule_id === 'arrived') ? true : undefined;
  });
}

const ofRule = async (site: Site, rule: string) =>
  (await site.decisions()).filter((one) => one.rule_id === rule);

/** What a receiver that does what it is told has made of an order. */
const OWNED = ['applied_re_mintable', 'contained', 'unconfirmed'] as const;
/** What nobody of sixty who read one text may lose by it. */
const STOPPING: ReadonlySet<string> = new Set(['disable_agent', 'kill_session', 'block_issuance']);

/** A spent budget degrades at its number, and disarms no other rule. */
export async function playBudget(site: Site): Promise<void> {
  await tightened(site);
  const noisy = Array.from({ length: BUDGET + 2 }, (_, n) => `agent/late-noisy-${n}`);
  for (const agent of noisy) await new Player(site, agent).hijack();
  const decided = await until(async () => {
    const all = await ofRule(site, 'noisy');
    return new Set(all.map((one) => one.agent_uid)).size === noisy.length ? all : undefined;
  });
  const reasons = decided.map((one) => one.withheld_reason);
  expect(reasons.filter((one) => one === null)).toHaveLength(BUDGET);
  expect(reasons.filter((one) => one === 'budget_exceeded')).toHaveLength(2);
  const over = decided.filter((one) => one.withheld_reason === 'budget_exceeded');
  expect(over.map((one) => one.degraded_to)).toEqual(['require_step_up', 'require_step_up']);
  for (const agent of noisy) {
    const isOver = over.some((one) => one.agent_uid === agent);
    // Asked instead of stopped, and nothing else; the others stopped, and nothing else.
    const expected = isOver ? 'require_step_up' : 'revoke_token';
    const player = new Player(site, agent);
    await player.state([...OWNED], expected);
    expect(await player.actions()).toEqual([expected]);
  }
  const armed = new Player(site, 'agent/late-armed-0');
  await armed.hijack();
  await armed.state(['applied_re_mintable']);
}

/** Who poisons one text can't switch off sixty agents with it. */
export async function playOrigin(site: Site): Promise<void> {
  const thief = 'collector@one-poisoned-page.example';
  for (let n = 0; n < VICTIM_COUNT; n++) {
    await new Player(site, `agent/late-victim-${n}`).hijack({ thief });
  }
  const decided = await until(async () => {
    const all = await ofRule(site, 'origin');
    return new Set(all.map((one) => one.agent_uid)).size === VICTIM_COUNT ? all : undefined;
  });
  const quarantined = decided.filter((one) => one.withheld_reason === 'origin_quarantined');
  expect(quarantined.length).toBeGreaterThanOrEqual(VICTIM_COUNT - 1);
  const given = decided.flatMap((one) => one.issued_command_ids ?? []);
  const told = await Promise.all(
    Array.from({ length: VICTIM_COUNT }, (_, n) =>
      new Player(site, `agent/late-victim-${n}`).containments(),
    ),
  );
  const actions = told.flat().map((one) => one.action);
  const count = (action: string) => actions.filter((one) => one === action).length;
  // The text is stopped once; at most the first whom it reached was, before anybody knew of a second.
  expect(count('quarantine_origin')).toBe(1);
  expect(count('revoke_token')).toBe(VICTIM_COUNT - quarantined.length);
  expect(count('require_step_up')).toBeGreaterThanOrEqual(quarantined.length);
  expect(actions.filter((one) => STOPPING.has(one))).toEqual([]);
  expect(new Set(given).size).toBe(given.length);
}

/** Two people, each by a key of their own; while it lasts nothing new is ordered. */
export async function playPause(site: Site): Promise<void> {
  const one = new Player(site, 'agent/late-armed-1');
  const paused = async () => {
    const answer = await fetch(`${site.apiUrl}/v1/enforcement`);
    return ((await answer.json()) as { paused: boolean }).paused;
  };
  await one.act('pause', 'ana');
  expect(await paused()).toBe(false);
  await one.act('pause', 'ben');
  await until(async () => ((await paused()) ? true : undefined));
  await one.hijack();
  await one.withheld('enforcement_paused');
  expect(await one.actions()).toEqual([]);
  for (const by of ['ana', 'ben']) await one.act('resume', by);
  await until(async () => ((await paused()) ? undefined : true));
}

function grouped<T>(
  all: Iterable<T>,
  keyOf: (one: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

const asText = (value: unknown) => JSON.stringify(value);

/** What the log shows of orders given or carried out more than once, or lost. */
export async function notOnce(
  read: (topic: string) => Promise<readonly unknown[]>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const records = (await read(TOPICS.revocationCommands.name)) as readonly RevocationCommand[];
  // A record may stand in the log twice; two orders may not be one.
  const commands = new Map(records.map((one) => [one.command_id, one]));
  for (const one of records) {
    const first = commands.get(one.command_id);
    if (asText(first) !== asText(one)) wrong.push(`${one.command_id} was given in two forms`);
  }
  const byAgent = grouped(commands.values(), ({ target }) => target.agent_uid);
  for (const [agent, all] of byAgent) {
    const numbers = all.map((one) => one.sequence).toSorted((a, b) => a - b);
    const isWhole = numbers.every((number, at) => number === at + 1);
    if (!isWhole) wrong.push(`${agent}: commands ${numbers.join(', ')}`);
  }
  const inForce = grouped(
    [...commands.values()].filter(({ action }) => action !== 'restore' && action !== 'probe'),
    ({ action, target }) => asText([action, target]),
  );
  for (const [what, all] of inForce) if (all.length > 1) wrong.push(`${what} was ordered twice`);
  const receipts = (await read(TOPICS.revocationReceipts.name)) as readonly Receipt[];
  const said = grouped(receipts, (one) => `${one.command_id} ${one.receiver}`);
  for (const [which, all] of said) {
    if (new Set(all.map(asText)).size > 1) wrong.push(`${which} was answered in two ways`);
  }
  for (const { command_id: id, receivers, action } of commands.values()) {
    // One that a crash has swallowed is asked again, under an id of its own.
    if (action === 'probe') continue;
    for (const receiver of receivers) {
      if (receiver === 'down-gateway' || said.has(`${id} ${receiver}`)) continue;
      wrong.push(`${receiver} never answered ${action} ${id}`);
    }
  }
  const decisions = (await read(TOPICS.decisions.name)) as readonly Decision[];
  const numbers = [...new Set(decisions.map((one) => one.seq))].toSorted((a, b) => a - b);
  if (numbers.some((number, at) => number !== at + 1))
    wrong.push('the chain of decisions has gaps');
  return wrong;
}
