/** Who is active, as metrics and readiness. A follower is ready, or a rolling update would wait for ever. */
import type { ReadinessProblem, ServiceHealth } from '@waywarden/service-health';
import type { StageEvents } from '@waywarden/stage';
import type { Lease, LeaseReport } from './lease.ts';

export function observeLease({ metrics, readiness }: ServiceHealth, lease: Lease): void {
  metrics.observe('waywarden_lease_owned', () => [
    { labels: {}, value: lease.report().state === 'held' ? 1 : 0 },
  ]);
  metrics.observe('waywarden_lease_epoch', () => [{ labels: {}, value: lease.report().epoch }]);
  readiness.check('lease', () => {
    const report = lease.report();
    if (report.state === 'following') readiness.note('standby', noteOf(report));
    else readiness.clear('standby');
    return problemOf(report);
  });
}

function noteOf({ holder }: LeaseReport): ReadinessProblem {
  const sentence = `${holder ?? 'Another responder'} is active; this one follows, and takes over when it is silent.`;
  return { reason: 'standby', sentence };
}

/** A follower would have taken over. */
const SILENT_MS_MAX = 6_000;

function problemOf({ state, epoch, silentMs }: LeaseReport): ReadinessProblem | undefined {
  switch (state) {
    case 'held':
      return undefined;
    case 'following': {
      if (silentMs <= SILENT_MS_MAX) return undefined;
      const sentence = `No responder has been active for ${Math.round(silentMs / 1000)} s, and this one can't take over: nothing is decided or revoked.`;
      return { reason: 'lease_unheld', sentence };
    }
    case 'overdue': {
      const sentence = `The lease of epoch ${epoch} is not renewed in time: nothing is decided or revoked until it is.`;
      return { reason: 'lease_overdue', sentence };
    }
    case 'lost': {
      const sentence = `The lease is lost to epoch ${epoch}: this responder writes nothing more.`;
      return { reason: 'lease_lost', sentence };
    }
  }
}

export function activeEvents(events: StageEvents, isActive: () => boolean): StageEvents {
  return {
    ...events,
    outputsAppended: (info) => {
      if (isActive()) events.outputsAppended?.(info);
    },
  };
}
