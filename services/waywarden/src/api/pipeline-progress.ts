/**
 * How far each stage is behind. Once a second ends are noted and each stage says when it got there: an upper bound,
 * a second old.
 */
import type { EventLog } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';
import type { StageEvents } from '@waywarden/stage';
import type { Pipeline } from '../runtime/pipeline.ts';

const RATE_WINDOW_S = 10;
const ARCHIVER_EVERY_S = 5;
const PROFILE_STAGE = 'detector-profile';

export interface StageLag {
  readonly name: string;
  readonly reads: string;
  readonly end: number;
  readonly passed: number;
  readonly lag: number;
  readonly behind_s: number;
}

interface Probe {
  readonly name: string;
  readonly topic: string;
  readonly everySeconds: number;
  readonly reached: (ends: readonly number[]) => Promise<void>;
  end: number;
  passed: number;
  askedAtMs: number | undefined;
  nextAtMs: number;
}

const sum = (offsets: readonly number[]): number => offsets.reduce((a, b) => a + b, 0);

function probesOf(pipeline: Pipeline): Probe[] {
  const { detector, responder, archiver } = pipeline;
  const probe = (
    name: string,
    topic: string,
    reached: Probe['reached'],
    everySeconds = 1,
  ): Probe => ({
    name,
    topic,
    reached,
    everySeconds,
    end: 0,
    passed: 0,
    askedAtMs: undefined,
    nextAtMs: 0,
  });
  const { auditEvents, valueFlows, privilegeLinks, privilegeSteps, alerts, responseJournal } =
    TOPICS;
  const { baselinePartials, registry } = TOPICS;
  return [
    probe('detector: each agent', auditEvents.name, (ends) =>
      detector.profile.caughtUp(auditEvents.name, ends),
    ),
    probe('detector: values across chains', valueFlows.name, (ends) =>
      detector.flow.caughtUp(valueFlows.name, ends),
    ),
    probe('detector: links', privilegeLinks.name, (ends) =>
      detector.links.caughtUp(privilegeLinks.name, ends),
    ),
    probe('detector: assembly', privilegeSteps.name, (ends) =>
      detector.assembly.caughtUp(privilegeSteps.name, ends),
    ),
    probe('detector: peers', baselinePartials.name, (ends) =>
      detector.aggregate.caughtUp(baselinePartials.name, ends),
    ),
    probe('responder: rules', registry.name, (ends) =>
      responder.rules.caughtUp(registry.name, ends),
    ),
    probe('responder: intake', alerts.name, (ends) => responder.intake.caughtUp(alerts.name, ends)),
    probe('responder: calls of who is contained', auditEvents.name, (ends) =>
      responder.watch.caughtUp(auditEvents.name, ends),
    ),
    probe('responder: decisions', responseJournal.name, (ends) =>
      responder.response.caughtUp(responseJournal.name, ends),
    ),
    probe(
      'archiver: store',
      auditEvents.name,
      (ends) => archiver.flush({ [auditEvents.name]: ends }),
      ARCHIVER_EVERY_S,
    ),
  ];
}

export class EventRate {
  readonly #perSecond = new Map<number, number>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Negative: watermarks. */
  add(records: number): void {
    const second = Math.floor(this.#nowMs() / 1000);
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + records);
    for (const known of this.#perSecond.keys()) {
      if (known < second - RATE_WINDOW_S) this.#perSecond.delete(known);
    }
  }

  perSecond(): number {
    const since = Math.floor(this.#nowMs() / 1000) - RATE_WINDOW_S;
    let records = 0;
    for (const [second, count] of this.#perSecond) if (second >= since) records += count;
    return Math.max(0, records / RATE_WINDOW_S);
  }

  batchDecided: NonNullable<StageEvents['batchDecided']> = ({ stage, records, repeats }) => {
    if (stage === PROFILE_STAGE) this.add(records - repeats);
  };
}

export class PipelineProgress {
  readonly #probes: readonly Probe[];
  readonly #log: EventLog;
  readonly #nowMs: () => number;

  constructor(pipeline: Pipeline, nowMs: () => number) {
    this.#probes = probesOf(pipeline);
    this.#log = pipeline.log;
    this.#nowMs = nowMs;
  }

  async look(): Promise<void> {
    for (const probe of this.#probes) {
      const ends = await this.#log.endOffsets(probe.topic);
      const nowMs = this.#nowMs();
      probe.end = sum(ends);
      if (probe.askedAtMs !== undefined || probe.passed >= probe.end || nowMs < probe.nextAtMs) {
        continue;
      }
      probe.askedAtMs = nowMs;
      probe.nextAtMs = nowMs + probe.everySeconds * 1000;
      const end = probe.end;
      probe.reached(ends).then(
        () => {
          probe.passed = end;
          probe.askedAtMs = undefined;
        },
        // `pipeline.failed` says so.
        () => undefined,
      );
    }
  }

  stages(): readonly StageLag[] {
    return this.#probes.map(({ name, topic, end, passed, askedAtMs }) => ({
      name,
      reads: topic,
      end,
      passed,
      lag: Math.max(0, end - passed),
      behind_s: askedAtMs === undefined ? 0 : Math.round((this.#nowMs() - askedAtMs) / 100) / 10,
    }));
  }
}
