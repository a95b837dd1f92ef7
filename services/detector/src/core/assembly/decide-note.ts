/** Which counter a note belongs to: unregistered agents, changes, silences. */
import type { Alert, PrivilegeStep } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { NOTES } from '../profile/shared-note.ts';
import { countChange } from './count-changes.ts';
import { countSilence } from './count-silence.ts';
import { countUnregistered } from './count-unregistered.ts';

/** `at`: the stage's time, or the note's where that is later. */
export function decideNote(draft: Draft, step: PrivilegeStep, at: string): Alert | undefined {
  switch (step.activity) {
    case NOTES.changeSeen:
    case NOTES.changeDeclared:
      return countChange(draft, step, at);
    case NOTES.silenceBegun:
    case NOTES.silenceEnded:
    case NOTES.tokenSeen:
      return countSilence(draft, step, at);
    default:
      return countUnregistered(draft, step, at);
  }
}
