/**
 * Where the chain of decisions ends, from the responder's own state: kept apart from the topic that
 * holds the decisions, so that whoever cuts off the topic's end is found out. Someone who can change
 * both is found only by a head that is kept elsewhere altogether.
 */
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

/** Of a running responder: what is decided is appended a moment later, and that is awaited. */
export async function appendedHead(
  log: EventLog,
  state: LocalState,
  response: Stage,
): Promise<ChainHead | undefined> {
  const head = await headIn(log, state);
  await response.caughtUp(JOURNAL, await log.endOffsets(JOURNAL));
  return head;
}

/** Of a responder that does not run; undefined where it left no state. */
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
