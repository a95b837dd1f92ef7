import type { Alert, PrivilegeStep } from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { NOTES } from '../alerting/shared-note.ts';
import { alertOutput } from '../alerting/standing-alert.ts';
import { countApprovalUse } from '../correlation/fleet-signals/count-approval-uses.ts';
import { countApproval } from '../correlation/fleet-signals/count-approvals.ts';
import { countChange } from '../correlation/fleet-signals/count-changes.ts';
import { countCredential } from '../correlation/fleet-signals/count-credentials.ts';
import { countOutage } from '../correlation/fleet-signals/count-outage.ts';
import { countSilence, type SignalOutcome } from '../correlation/fleet-signals/count-silence.ts';
import { countUnregistered } from '../correlation/fleet-signals/count-unregistered.ts';

function alertsOf(
  transaction: Transaction,
  step: PrivilegeStep,
  at: string,
): readonly (Alert | undefined)[] {
  switch (step.activity) {
    case NOTES.changeSeen:
    case NOTES.changeDeclared:
    case NOTES.ownChangeDeclared:
      return [countChange(transaction, step, at)];
    case NOTES.credentialUsed:
    case NOTES.credentialHanded:
    case NOTES.secretFound:
    case NOTES.secretFetched:
      return countCredential(transaction, step, at);
    case NOTES.approvalGiven:
      return [countApproval(transaction, step, at)];
    case NOTES.approvalSpent:
    case NOTES.approvalSpentGravely:
      return [countApprovalUse(transaction, step, at)];
    default:
      return [countUnregistered(transaction, step, at)];
  }
}

function ofSilence(transaction: Transaction, step: PrivilegeStep, at: string): SignalOutcome {
  const isOutage = step.workload?.startsWith('outage/') === true;
  return isOutage ? countOutage(transaction, step, at) : countSilence(transaction, step, at);
}

/** `at`: the stage's time, or the note's if later. */
export function decideNote(
  transaction: Transaction,
  step: PrivilegeStep,
  at: string,
): readonly Output[] {
  switch (step.activity) {
    case NOTES.silenceBegun:
    case NOTES.silenceEnded:
    case NOTES.tokenSeen:
    case NOTES.usedWhileSilent: {
      const { alert, note } = ofSilence(transaction, step, at);
      return [...(alert === undefined ? [] : [alertOutput(alert)]), ...(note ? [note] : [])];
    }
    default:
      return alertsOf(transaction, step, at).flatMap((alert) =>
        alert === undefined ? [] : [alertOutput(alert)],
      );
  }
}
