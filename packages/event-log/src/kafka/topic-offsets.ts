/**
 * Where each partition of a topic begins and ends. Questions are asked one after the other: kafkajs
 * replaces its view of the topics under a second one and fails with a TypeError.
 */
import type { Admin } from 'kafkajs';
import { EventLogError } from '../port.ts';
import { untilAnswered } from './until-known.ts';

/** Offsets count records; `high` is the one that comes next. */
export interface PartitionOffsets {
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

export type AskOffsets = (physical: string) => Promise<readonly PartitionOffsets[]>;

type Answer = Awaited<ReturnType<Admin['fetchTopicOffsets']>>;

const LEADERLESS = new Set(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE']);

interface Failure {
  readonly type?: unknown;
  readonly cause?: unknown;
}

function isStaleView(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  if (typeof error !== 'object' || error === null) return false;
  const { type, cause }: Failure = error;
  return (typeof type === 'string' && LEADERLESS.has(type)) || isStaleView(cause);
}

/** Empty when the client's view of the topic is not the brokers'. */
async function askOnce(admin: Admin, physical: string): Promise<Answer> {
  return admin.fetchTopicOffsets(physical).catch((error: unknown) => {
    if (isStaleView(error)) return [];
    throw error;
  });
}

async function askAfresh(makeAdmin: () => Admin, physical: string): Promise<Answer> {
  const admin = makeAdmin();
  try {
    await admin.connect();
    return await askOnce(admin, physical);
  } finally {
    await admin.disconnect();
  }
}

/** @param admin connected by its owner; `makeAdmin`'s are connected and closed here. */
export function makeAskOffsets(admin: Admin, makeAdmin: () => Admin): AskOffsets {
  let before: Promise<unknown> = Promise.resolve();
  const ask = async (physical: string) => {
    const known = await askOnce(admin, physical);
    const found = known.length > 0 ? known : await askAfresh(makeAdmin, physical);
    if (found.length === 0) {
      throw new EventLogError('unknown_topic', `Kafka: nobody leads ${physical} yet`);
    }
    return found
      .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
      .toSorted((a, b) => a.partition - b.partition);
  };
  return (physical) => {
    const turn = before.then(() => untilAnswered(() => ask(physical)));
    before = turn.catch(() => undefined);
    return turn;
  };
}
