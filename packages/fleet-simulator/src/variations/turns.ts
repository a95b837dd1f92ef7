/**
 * What a new prompt makes agents of a role do besides: one more call after one of theirs. A declared
 * change says so in its announcement; the same turns are taken where nobody announced them.
 */
import type { AlsoCalls } from '../call-plan.ts';
import type { Role } from '../roles.ts';
import type { Fields } from '../simulated-event.ts';
import * as usual from '../work/usual-calls.ts';

interface TurnTaken {
  readonly role: Role;
  readonly also: AlsoCalls;
  readonly says: Fields;
}

export const turnTaken: readonly [TurnTaken, ...TurnTaken[]] = [
  {
    role: 'researcher',
    also: { after: 'remember', tool: 'search', plan: (task) => usual.searched(task) },
    says: { text: 'Searches for a second source after each note.' },
  },
  {
    role: 'reporter',
    also: { after: 'writePage', tool: 'query', plan: (task) => usual.rowsRead(task) },
    says: { text: 'Queries the orders once more after the report.' },
  },
  {
    role: 'assistant',
    also: { after: 'readCalendar', tool: 'searchFiles', plan: usual.found },
    says: { text: 'Looks for the files of each meeting.' },
  },
  {
    role: 'analyst',
    also: { after: 'query', tool: 'query', plan: (task) => usual.rowsRead(task, 400) },
    says: { text: 'Compares each figure with the visits.' },
  },
];
