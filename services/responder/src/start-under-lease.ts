/** A responder that may run beside others on one log. */
import type { EventLog } from '@waywarden/event-log';
import type { Lease, LeaseEvents } from './lease/lease.ts';
import { openLease, wakingClock } from './lease/open-lease.ts';
import { fencedLog, readsAlone } from './lease/sequencer-under-lease.ts';
import {
  type Responder,
  type ResponderOptions,
  startResponder,
} from './runtime/start-responder.ts';

export interface LeasedResponderOptions extends Omit<ResponderOptions, 'lease' | 'log'> {
  readonly logs: {
    readonly main: EventLog;
    readonly lease: EventLog;
  };
  readonly instance: string;
  /** Unique. */
  readonly holder: string;
  readonly leaseEvents?: LeaseEvents;
}

export interface LeasedResponder {
  readonly responder: Responder;
  readonly lease: Lease;
  readonly log: EventLog;
}

function progressOf({ intake, rules, watch, response }: Responder): Record<string, number> {
  const all: Record<string, number> = {};
  for (const stage of [intake, rules, watch, response]) {
    for (const [place, next] of stage.progress()) all[`${stage.name}/${place}`] = next;
  }
  return all;
}

export async function startUnderLease(options: LeasedResponderOptions): Promise<LeasedResponder> {
  const { logs, instance, holder, leaseEvents, ...rest } = options;
  const { macKey, macKeys } = rest.keys;
  let responder: Responder | undefined;
  const lease = await openLease({
    log: readsAlone(logs.lease, instance),
    ...{ macKey, macKeys, holder },
    progress: () => (responder === undefined ? {} : progressOf(responder)),
    nowMs: wakingClock(),
    ...(leaseEvents === undefined ? {} : { events: leaseEvents }),
  });
  const log = fencedLog(readsAlone(logs.main, instance), lease);
  responder = await startResponder({ ...rest, log, lease });
  return { responder, lease, log };
}
