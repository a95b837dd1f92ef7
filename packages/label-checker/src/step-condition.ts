/**
 * Whether a single call can be a step: what it did, and the step's conditions on it alone
 * (reference-combinations, "Did" and "Keys of a step").
 */
import { type CombinationStep, matchesGrant } from '@waywarden/schemas';
import { type Call, didHappen } from './call.ts';
import type { Limits } from './stream.ts';

const ATTEMPTED = 'attempted:';

/**
 * The capabilities by which a call is the step: "Capabilities, one of which the call did. `read:*`
 * and `*` are wildcards … `attempted:` before one means that it was denied." "A denied call is an
 * attempt, and only steps that name attempts accept it."
 */
export function capabilitiesFor(step: CombinationStep, call: Call): readonly string[] {
  const patterns = step.any.flatMap((given) => {
    const named = given.startsWith(ATTEMPTED);
    const pattern = named ? given.slice(ATTEMPTED.length) : given;
    const attempt = named || step.attempted === true;
    const counts = attempt ? call.happened === 'attempted' && !call.dryRun : didHappen(call);
    return counts ? [pattern] : [];
  });
  return call.capabilities.filter((symbol) =>
    patterns.some((pattern) => matchesGrant(pattern, symbol)),
  );
}

/** "At least so many records …; `bulk` is `limits.bulk_records`. Unknown is not enough." */
function hasRecords(step: CombinationStep, call: Call, limits: Limits): boolean {
  if (step.records_min === undefined) return true;
  const least = step.records_min === 'bulk' ? limits.bulkRecords : step.records_min;
  return call.records !== undefined && call.records >= least;
}

/** "the registry's for the agent. Unknown is not it." */
function isInPlane(step: CombinationStep, call: Call): boolean {
  return step.plane === undefined || step.plane === call.plane;
}

/** "who can write what the call returned". */
function hasTrust(step: CombinationStep, call: Call): boolean {
  return step.result_trust === undefined || step.result_trust === (call.resultTrust ?? 'unknown');
}

/** "a person approved this very call (`approval.mode: human` with `by`, and `claims.approval` proven)" */
function isExemptByApproval(step: CombinationStep, call: Call): boolean {
  if (step.unless?.approved_by_human !== true) return false;
  const byHuman = call.approval?.mode === 'human' && call.approval.by !== undefined;
  return byHuman && call.approvalProven;
}

export function canBeStep(step: CombinationStep, call: Call, limits: Limits): boolean {
  return (
    capabilitiesFor(step, call).length > 0 &&
    hasRecords(step, call, limits) &&
    isInPlane(step, call) &&
    hasTrust(step, call) &&
    !isExemptByApproval(step, call)
  );
}
