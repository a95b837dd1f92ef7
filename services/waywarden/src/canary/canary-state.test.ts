/** What is said of made-up attacks that were found, that were not, and that nobody sent. */
import { type Alert, CANARY_TENANT } from '@waywarden/schemas';
import { makeHealth, STARTING } from '@waywarden/service-health';
import { describe, expect, it } from 'vitest';
import { observeCanary } from './canary-runner.ts';
import {
  beginRun,
  type CanaryState,
  canaryReport,
  endRun,
  newCanaryState,
  PATIENCE_MS,
  withAlert,
} from './canary-state.ts';
import { tenantProblem } from './canary-tenant.ts';

const BEGAN = Date.parse('2026-11-26T09:00:00Z');
const DAY_MS = 86_400_000;
const alert = (kind: string, afterMs = 1000) =>
  ({ kind, last_event_time: new Date(BEGAN + afterMs).toISOString() }) as Alert;
const after = (...kinds: readonly string[]): CanaryState => {
  const begun = beginRun(newCanaryState(BEGAN, DAY_MS), BEGAN);
  return endRun(
    kinds.reduce((state, kind) => withAlert(state, alert(kind)), begun),
    BEGAN + PATIENCE_MS,
  );
};
async function observed(state: CanaryState) {
  const { metrics, readiness } = makeHealth('canary');
  readiness.clear(STARTING);
  observeCanary(
    { metrics, readiness },
    () => state,
    () => BEGAN + DAY_MS,
  );
  await readiness.refresh();
  return { text: await metrics.text(), readiness: readiness.report() };
}

const ALL = ['hijack_suspected', 'privilege_assembly', 'containment_leak'];

describe('the canary', () => {
  it('is alive when hijack, assembly and leak were found', async () => {
    const report = canaryReport(after(...ALL), BEGAN + DAY_MS);
    expect(report).toMatchObject({ state: 'alive', missing: [] });
    const { text, readiness } = await observed(after(...ALL));
    expect(text).toContain('waywarden_canary_missing 0\n');
    expect(readiness).toEqual({ ready: true });
  });

  it.each([
    ['hijack', ['privilege_assembly', 'containment_leak']],
    ['assembly', ['hijack_suspected', 'containment_leak']],
    ['leak', ['hijack_suspected', 'toxic_combination']],
  ])('is missing when of all three the %s was not', async (missing, kinds) => {
    const state = after(...kinds);
    const report = canaryReport(state, BEGAN + DAY_MS);
    expect(report).toMatchObject({ state: 'missing', missing: [missing] });
    expect(report.sentence).toContain(missing);
    const { text, readiness } = await observed(state);
    expect(text).toContain('waywarden_canary_missing 1\n');
    expect(text).toContain(`waywarden_canary_part_missing{part="${missing}"} 1\n`);
    expect(readiness).toMatchObject({ reason: 'canary_missing', sentence: report.sentence });
  });

  it('takes no alert of an earlier run for this one', () => {
    const begun = beginRun(newCanaryState(BEGAN, DAY_MS), BEGAN);
    const state = ALL.reduce((now, kind) => withAlert(now, alert(kind, -1)), begun);
    expect(endRun(state, BEGAN + PATIENCE_MS).missing).toHaveLength(3);
  });

  it('is missing when nothing was sent for too long, even if nobody was there to say so', () => {
    const late = BEGAN + DAY_MS + PATIENCE_MS + 2 * PATIENCE_MS + 1;
    expect(canaryReport(after(...ALL), late).state).toBe('missing');
    expect(canaryReport(newCanaryState(BEGAN, DAY_MS), late).state).toBe('missing');
    expect(canaryReport(newCanaryState(BEGAN, DAY_MS), BEGAN).state).toBe('waiting');
  });

  it('is missing since it first was, and alive again after a run that finds all', () => {
    const twice = endRun(beginRun(after(), BEGAN + DAY_MS), BEGAN + DAY_MS + PATIENCE_MS);
    expect(twice.missingSinceMs).toBe(BEGAN + PATIENCE_MS);
    const begun = beginRun(twice, BEGAN);
    const found = ALL.reduce((state, kind) => withAlert(state, alert(kind)), begun);
    expect(canaryReport(endRun(found, BEGAN + 2 * DAY_MS), BEGAN + 2 * DAY_MS).state).toBe('alive');
  });

  it('has a tenant that nobody else may use', () => {
    expect(tenantProblem(CANARY_TENANT)).toContain('give another');
    expect(tenantProblem('acme')).toBeUndefined();
  });
});
