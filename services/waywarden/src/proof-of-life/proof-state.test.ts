/** What is said of made-up attacks that were found, that were not, and that nobody sent. */
import type { Alert } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import {
  beginRun,
  endRun,
  newProofState,
  PATIENCE_MS,
  type ProofState,
  proofMetrics,
  proofReport,
  withAlert,
} from './proof-state.ts';
import { PROOF_TENANT, reservedTenantProblem } from './proof-tenant.ts';

const BEGAN = Date.parse('2026-11-26T09:00:00Z');
const DAY_MS = 86_400_000;
const alert = (kind: string, afterMs = 1000) =>
  ({ kind, last_event_time: new Date(BEGAN + afterMs).toISOString() }) as Alert;
const after = (...kinds: readonly string[]): ProofState => {
  const begun = beginRun(newProofState(BEGAN, DAY_MS), BEGAN);
  return endRun(
    kinds.reduce((state, kind) => withAlert(state, alert(kind)), begun),
    BEGAN + PATIENCE_MS,
  );
};
const ALL = ['hijack_suspected', 'privilege_assembly', 'containment_leak'];

describe('proof of life', () => {
  it('is alive when hijack, assembly and leak were found', () => {
    const report = proofReport(after(...ALL), BEGAN + DAY_MS);
    expect(report).toMatchObject({ state: 'alive', missing: [] });
    expect(proofMetrics(after(...ALL), BEGAN + DAY_MS)).toContain('proof_of_life_missing 0');
  });

  it.each([
    ['hijack', ['privilege_assembly', 'containment_leak']],
    ['assembly', ['hijack_suspected', 'containment_leak']],
    ['leak', ['hijack_suspected', 'toxic_combination']],
  ])('is missing when of all three the %s was not', (missing, kinds) => {
    const state = after(...kinds);
    const report = proofReport(state, BEGAN + DAY_MS);
    expect(report).toMatchObject({ state: 'missing', missing: [missing] });
    expect(report.sentence).toContain(missing);
    const metrics = proofMetrics(state, BEGAN + DAY_MS);
    expect(metrics).toContain('proof_of_life_missing 1');
    expect(metrics).toContain(`proof_of_life_part_missing{part="${missing}"} 1`);
  });

  it('takes no alert of an earlier run for this one', () => {
    const begun = beginRun(newProofState(BEGAN, DAY_MS), BEGAN);
    const state = ALL.reduce((now, kind) => withAlert(now, alert(kind, -1)), begun);
    expect(endRun(state, BEGAN + PATIENCE_MS).missing).toHaveLength(3);
  });

  it('is missing when nothing was sent for too long, even if nobody was there to say so', () => {
    const late = BEGAN + DAY_MS + PATIENCE_MS + 2 * PATIENCE_MS + 1;
    expect(proofReport(after(...ALL), late).state).toBe('missing');
    expect(proofReport(newProofState(BEGAN, DAY_MS), late).state).toBe('missing');
    expect(proofReport(newProofState(BEGAN, DAY_MS), BEGAN).state).toBe('waiting');
  });

  it('is missing since it first was, and alive again after a run that finds all', () => {
    const twice = endRun(beginRun(after(), BEGAN + DAY_MS), BEGAN + DAY_MS + PATIENCE_MS);
    expect(twice.missingSinceMs).toBe(BEGAN + PATIENCE_MS);
    const begun = beginRun(twice, BEGAN);
    const found = ALL.reduce((state, kind) => withAlert(state, alert(kind)), begun);
    expect(proofReport(endRun(found, BEGAN + 2 * DAY_MS), BEGAN + 2 * DAY_MS).state).toBe('alive');
  });

  it('has a tenant that nobody else may use', () => {
    expect(reservedTenantProblem(PROOF_TENANT)).toContain('give another');
    expect(reservedTenantProblem('acme')).toBeUndefined();
  });
});
