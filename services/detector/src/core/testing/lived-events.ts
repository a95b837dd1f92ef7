/** From what a life says of a call to the event of it. Test code. */
import { type AuditEvent, shiftTime } from '@waywarden/schemas';
import { event } from './event-builder.ts';

export type Random = () => number;

const START = '2026-01-05T00:00:00.000Z';

/** A moment of a day of the life. */
export function at(day: number, hour: number, minute = 0, second = 0): string {
  const ms = ((day * 24 + hour) * 60 + minute) * 60_000 + second * 1000;
  return shiftTime(START, ms);
}

type Reported = Pick<
  AuditEvent,
  'effect' | 'tool' | 'task' | 'chain_id' | 'target' | 'capabilities' | 'scopes' | 'principal'
> &
  Pick<AuditEvent, 'conversation_turn' | 'credential' | 'model' | 'src' | 'approval' | 'args'> &
  Pick<AuditEvent, 'result' | 'outcome' | 'activity' | 'phase' | 'call_uid' | 'delegation'>;

/** A call as a life tells it: what is undefined is left out of the event. */
export type Call = { readonly [K in keyof Reported]?: Reported[K] | undefined } & {
  readonly at: string;
  readonly uid: string;
  readonly version?: string;
  readonly framework?: string;
  readonly assurance?: AuditEvent['agent']['assurance'];
  /** Its claims are what the agent itself says. */
  readonly isAsserted?: boolean;
  readonly quality?: AuditEvent['event_time_quality'];
};

function toEvent(call: Call, n: number): AuditEvent {
  const { at: time, uid, version, framework, assurance, isAsserted, quality, ...told } = call;
  const base = event(n);
  const { tool: _tool, task: _task, ...bare } = base;
  const known = Object.entries(told).filter(([, value]) => value !== undefined);
  const claims = Object.fromEntries(
    Object.keys(base.claims).map((claim) => [claim, 'asserted']),
  ) as unknown as AuditEvent['claims'];
  return {
    ...bare,
    ...Object.fromEntries(known),
    event_time: time,
    observed_time: time,
    event_time_quality: quality ?? 'measured',
    claims: isAsserted === true ? claims : base.claims,
    agent: {
      uid,
      name: uid,
      assurance: assurance ?? 'authenticated',
      ...(version === undefined ? {} : { version }),
      ...(framework === undefined ? {} : { framework }),
    },
  };
}

/** Numbered from `first` on. */
export function toEvents(calls: readonly Call[], first = 0): readonly AuditEvent[] {
  const inOrder = [...calls].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return inOrder.map((call, n) => toEvent(call, first + n));
}
