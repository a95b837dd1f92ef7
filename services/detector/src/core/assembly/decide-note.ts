/** Which counter a note belongs to: unregistered agents, changes, silences, credentials, decisions. */
import type { Alert, PrivilegeStep } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { NOTES } from '../profile/shared-note.ts';
import { countApproval } from './count-approvals.ts';
import { countChange } from './count-changes.ts';
import { countCredential } from './count-credentials.ts';
import { countSilence } from './count-silence.ts';
import { countUnregistered } from './count-unregistered.ts';

/** `at`: the stage's time, or the note's where that is later. */
export function decideNote(draft: Draft, step: PrivilegeStep, at: string): readonly Alert[] {
  const one = (alert: Alert | undefined) => (alert === undefined ? [] : [alert]);
  switch (step.activity) {
    case NOTES.changeSeen:
    case NOTES.changeDeclared:
      return one(countChange(draft, step, at));
    case NOTES.silenceBegun:
    case NOTES.silenceEnded:
    case NOTES.tokenSeen:
      return one(countSilence(draft, step, at));
    case NOTES.credentialHeld:
    case NOTES.secretFound:
    case NOTES.secretFetched:
      return countCredential(draft, step, at);
    case NOTES.approvalGiven:
      return one(countApproval(draft, step, at));
    default:
      return one(countUnregistered(draft, step, at));
  }
}
