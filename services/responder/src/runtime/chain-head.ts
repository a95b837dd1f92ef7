/** The head of the decision chain from the responder's state, apart from the topic. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EventLog } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';
import { LocalState, type Stage, stageSpace } from '@waywarden/stage';
import type { ChainHead } from '../core/model/decision-chain.ts';
import { chainHeadOf } from '../core/model/response-context.ts';
import { RESPONSE_STAGE } from './responder-stages.ts';

const JOURNAL = TOPICS.responseJournal.name;

async function headIn(log: EventLog, state: LocalState): Promise<ChainHead | undefined> {
  const { name, incarnation } = await log.describe(JOURNAL);
  return chainHeadOf(state.transaction(stageSpace(RESPONSE_STAGE, name, incarnation, 0)));
}

/** Decisions are appended a moment later. */
export async function appendedHead(
  log: EventLog,
  state: LocalState,
  response: Stage,
): Promise<ChainHead | undefined> {
  const head = await headIn(log, state);
  await response.caughtUp(JOURNAL, await log.endOffsets(JOURNAL));
  return head;
}

/** Undefined: no state. */
export async function storedHead(log: EventLog, stateDir: string): Promise<ChainHead | undefined> {
  const path = join(stateDir, 'response');
  if (!existsSync(path)) return undefined;
  const state = LocalState.open(path);
  try {
    return await headIn(log, state);
  } finally {
    await state.close();
  }
}
