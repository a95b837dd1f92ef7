/** What is guaranteed of SPIFFE ids whose run is not the last part of their path. */
import { describe, expect, it } from 'vitest';
import { MapTransaction } from '../../testing/map-draft.ts';
import { notePath, PARTS_BELOW_MAX, PATHS_MAX, pathWorkload } from './path-workload.ts';

const TENANT = 'acme';
const DOMAIN = 'spiffe://acme.example';
const RUNS = `${DOMAIN}/ns/*`;

class World {
  readonly transaction = new MapTransaction();
  day = 0;
  note(...paths: readonly string[]): void {
    for (const path of paths) notePath(this.transaction, TENANT, `${DOMAIN}/${path}`, this.day);
  }
  workload(path: string, tenant = TENANT): string {
    return pathWorkload(this.transaction, tenant, `${DOMAIN}/${path}`);
  }
  /** On each of so many days what agents were at work. */
  live(days: number, pathsOf: (day: number) => readonly string[]): this {
    for (let n = 0; n < days; n += 1) {
      this.note(...pathsOf(this.day));
      this.day += 1;
    }
    return this;
  }
}
const upTo = (n: number) => Array.from({ length: n }, (_, at) => at);
const runs = (day: number) => upTo(6).map((n) => `ns/pr-${1000 + day * 6 + n}/sa/runner`);
const WORDS = ['oak', 'elm', 'ash', 'fir', 'yew'];
const words = (day: number) => WORDS.map((one) => `ns/${one}${'x'.repeat(day)}/sa/runner`);
const staff = upTo(12).map((n) => `ns/team-${n}/sa/agent`);

describe('a part of a path that is new with each run', () => {
  it.each([
    ['numbers', runs],
    ['words', words],
    ['several parts at once', (day: number) => upTo(6).map((n) => `ns/a${day}/b${n}-${day}/sa/x`)],
    [
      'paths of any length',
      (day: number) => upTo(6).map((n) => `ns/${day}-${n}${'/y'.repeat(n)}/x`),
    ],
  ])('is the run’s and not the workload’s: %s', (kind, pathsOf) => {
    // One value a day below, where two parts vary: eight days until eight are known.
    const world = new World().live(kind.startsWith('several') ? 9 : 4, pathsOf);
    const [first = ''] = pathsOf(world.day);
    world.note(first);
    expect(world.workload(first)).toBe(RUNS);
    expect(world.workload(first, 'other')).toBe(
      `${DOMAIN}/${first.slice(0, first.lastIndexOf('/'))}`,
    );
  });

  it('is one too where each is there for some days', () => {
    const world = new World().live(20, (day) => upTo(4).map((n) => `ns/pr-${day - n}/sa/runner`));
    expect(world.workload('ns/pr-20/sa/runner')).toBe(RUNS);
  });

  it('does not take along what comes back, however many are made up', () => {
    const made = (day: number) => upTo(300).map((n) => `ns/evil-${day}-${n}/sa/x`);
    const world = new World().live(3, () => staff);
    world.live(12, (day) => [...staff, ...made(day)]);
    for (const one of staff) expect(world.workload(one)).toBe(`${DOMAIN}/${one.slice(0, -6)}`);
    expect(world.workload('ns/evil-14-299/sa/x')).toBe(RUNS);
  });

  it('does not take along what is there from the first day on', () => {
    const world = new World();
    for (let day = 0; day < 10; day += 1) {
      world.live(1, (one) => ['ns/prod/sa/payments', 'ns/prod/sa/mail', ...runs(one)]);
      expect(world.workload('ns/prod/sa/payments')).toBe(`${DOMAIN}/ns/prod/sa`);
    }
  });

  it.each([
    ['others are there each day', () => staff, 20],
    [
      'others are added in turn',
      (day: number) => [...staff, ...staff.slice(0, day).map((one) => `${one}/new`)],
      10,
    ],
    [
      'ever more of them begin and stay',
      (day: number) => upTo(8 * 2 ** day).map((n) => `ns/n${n}/sa/x`),
      4,
    ],
    ['a few come and go', (day: number) => [`ns/job-${day >> 1}/sa/x`], 8],
  ])('is none where %s', (_, pathsOf, days) => {
    const world = new World().live(days, pathsOf);
    expect(world.workload('ns/dev/sa/agent')).toBe(`${DOMAIN}/ns/dev/sa`);
  });

  it('is none of the last part, which is the agent’s', () => {
    const world = new World().live(5, (day) => upTo(9).map((n) => `ns/prod/sa/run-${day}-${n}`));
    expect(world.workload('ns/prod/sa/next')).toBe(`${DOMAIN}/ns/prod/sa`);
    expect(world.workload('next')).toBe(DOMAIN);
  });
});

describe('what is kept of paths', () => {
  it('is bounded', () => {
    const world = new World();
    world.live(2, (day) => upTo(PATHS_MAX).map((n) => `${day}-${n}/x`));
    const parts = [...world.transaction.entries.values()].find(
      (one): one is { parts: unknown[] } =>
        typeof one === 'object' && one !== null && 'parts' in one,
    );
    expect(parts?.parts).toHaveLength(PARTS_BELOW_MAX);
    world.live(1, () => upTo(PATHS_MAX * 2).map((n) => `a/${n}/b/x`));
    expect(world.transaction.entries.size).toBeLessThanOrEqual(PATHS_MAX * 2 + 1);
  });
});
