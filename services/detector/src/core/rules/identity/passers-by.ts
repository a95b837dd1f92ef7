/**
 * Evicts the state of unregistered agents of which fewer than five calls came: who may send events may make up uids
 * without end. Who comes again after as many others is new again, and abstains.
 */
import type { AuditEvent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentPrint, keyAt } from '../../state/agent/agent-key.ts';
import { shownCalls } from '../composition/composition.ts';
import { KNOWN_NAMES, WORK_IN_HAND } from './work-in-hand.ts';

/** Agents of a partition that nobody registered, by when they came: the earliest with few calls makes room. */
export const PASSERS_MAX = 20_000;
/** From so many calls on an agent stays. */
const STAYING_CALLS_MIN = 5;

const NEXT = 'passing#next';

/** Work in hand that stands under a name and a part, and where the parts are listed. */
function partsInHand(draft: Draft, print: string): readonly string[] {
  const listOf = (name: string) => draft.get<readonly string[]>(keyAt(print, name)) ?? [];
  const rows = draft.get<readonly (readonly [task: string])[]>(keyAt(print, 'progress')) ?? [];
  const uses = draft.get<readonly (readonly [chain: string])[]>(keyAt(print, 'chains')) ?? [];
  return [
    ...uses.map(([chain]) => keyAt(print, 'context', chain)),
    ...listOf('sighted').map((chain) => keyAt(print, 'sighted', chain)),
    ...rows.map(([task]) => keyAt(print, 'read', task)),
    ...listOf('tracked').map((alert) => keyAt(print, 'alert', alert)),
  ];
}

function forget(draft: Draft, print: string): void {
  for (const key of partsInHand(draft, print)) draft.delete(key);
  for (const name of [...KNOWN_NAMES, ...WORK_IN_HAND]) {
    draft.delete(keyAt(print, name));
  }
}

/** An agent that nobody registered came for the first time. */
export function notePasser(draft: Draft, event: AuditEvent, most = PASSERS_MAX): void {
  const position = (draft.get<number>(NEXT) ?? 0) % most;
  const slot = `passing#${position}`;
  const earlier = draft.get<string>(slot);
  const calls = earlier === undefined ? 0 : shownCalls(draft.get(keyAt(earlier, 'composed')));
  if (earlier !== undefined && calls < STAYING_CALLS_MIN) forget(draft, earlier);
  draft.put(slot, agentPrint(event));
  draft.put(NEXT, position + 1);
}
