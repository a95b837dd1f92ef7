/**
 * A place in which the scenarios are played: the whole chain from an event over HTTP to a receiver's
 * signed receipt, in one process or in several. What a scenario does and sees goes over the addresses
 * that people and programs have, so that it is the same everywhere.
 */
import type { Decision } from '@waywarden/schemas';

export const TENANT = 'default';
/** What can be killed: the responder (or the one process that holds it), or all receivers. */
export const VICTIMS = ['responder', 'receivers'] as const;
export type Victim = (typeof VICTIMS)[number];

/** `gateway-1` is believed; of `deaf` nobody else is heard; `boaster` only asserts. */
export const SOURCES = ['gateway-1', 'deaf', 'boaster'] as const;
export type SourceName = (typeof SOURCES)[number];

export interface Site {
  readonly name: string;
  /** Where events are sent. */
  readonly eventsUrl: string;
  /** Where people order by hand and containments are told. */
  readonly apiUrl: string;
  /** Key files of receivers and operators. */
  readonly keys: string;
  readonly tokens: Readonly<Record<SourceName, string>>;
  decisions(): Promise<readonly Decision[]>;
  publishPolicy(policy: object): Promise<void>;
  /** Kills it with SIGKILL and starts it again; absent where nothing can be killed. */
  readonly kill?: (victim: Victim) => Promise<void>;
  /** Everything is stopped; what the topic holds can then be read. */
  stop(): Promise<(topic: string) => Promise<readonly unknown[]>>;
  /** Gives back what it holds; after `stop`. */
  close(): Promise<void>;
}
