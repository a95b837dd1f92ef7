/**
 * The detector's shell: five stages on the runner, with their local state, validators and keys. All
 * that decides is in `core/`; here records are parsed, believed or refused, sealed and counted.
 */
import { join } from 'node:path';
import type { AppendRecord, EventLog, LogRecord } from '@waywarden/event-log';
import {
  HEADERS,
  type MacKey,
  type MacKeyRing,
  macHeaders,
  TOPICS,
  verifyMac,
} from '@waywarden/schemas';
import { historyBegins, LocalState, type Parsed, Stage, type StageEvents } from '@waywarden/stage';
import { decideAggregate } from './core/stages/decide-aggregate.ts';
import { decideAssembly } from './core/stages/decide-assembly.ts';
import { decideFlow } from './core/stages/decide-flow.ts';
import { relayLink } from './core/stages/decide-link.ts';
import { decideProfile } from './core/stages/decide-profile.ts';
import { sayHistory } from './core/stages/say-history.ts';
import {
  parseEventRecord,
  parseFlowRecord,
  parseLinkRecord,
  parsePartialRecord,
  parseStepRecord,
} from './parse-record.ts';

export interface DetectorOptions {
  readonly log: EventLog;
  /** Folder of the local state; a cache that may be deleted. */
  readonly stateDir: string;
  /** Signs what this service writes that decides: alerts, forwarded watermarks and control. */
  readonly macKey: MacKey;
  /** Keys of those who may write watermarks and control records (the sequencer) and our own. */
  readonly trustedKeys: MacKeyRing;
  readonly events?: StageEvents;
  readonly failpoint?: (name: string) => void;
  readonly wallClock: () => string;
  /**
   * `held`: links join the steps only in `settle`, once everything before has been decided, so that
   * a replay has one order of them whatever the stages' speeds are.
   */
  readonly links?: 'live' | 'held';
}

export interface Detector {
  readonly profile: Stage;
  readonly flow: Stage;
  readonly links: Stage;
  readonly assembly: Stage;
  readonly aggregate: Stage;
  /** Resolves when all that stands in the log is decided, links that follow from links included. */
  settle(): Promise<void>;
  /** Resolves when stopped; rejects with the failure of the first stage that failed, which is reported at once. */
  run(onFailure?: (error: unknown) => void): Promise<void>;
  stop(): Promise<void>;
}

const DECIDING: ReadonlySet<string> = new Set([
  TOPICS.alerts.name,
  TOPICS.privilegeLinks.name,
  TOPICS.baselineSnapshots.name,
]);

/** What decides carries a MAC and is refused without: time, control records, links. */
function admitSealed(keys: MacKeyRing): (record: LogRecord) => string | undefined {
  return (record) => {
    const type = record.headers[HEADERS.type];
    const isSealed =
      type === 'watermark' || type === 'control' || record.topic === TOPICS.privilegeLinks.name;
    if (!isSealed) return undefined;
    const verdict = verifyMac(record, keys);
    return verdict === 'ok' ? undefined : `mac_${verdict}`;
  };
}

function sealDeciding(key: MacKey): (record: AppendRecord) => AppendRecord {
  return (record) => {
    const decides = DECIDING.has(record.topic) || record.headers[HEADERS.type] !== 'event';
    if (!decides) return record;
    return { ...record, headers: { ...record.headers, ...macHeaders(record, key) } };
  };
}

type Stages = Pick<Detector, 'profile' | 'flow' | 'links' | 'assembly' | 'aggregate'>;

/** A door that `settle` opens and closes; who still waits when everything stops is turned away. */
class Gate {
  #passed: Promise<boolean> = Promise.resolve(true);
  #let: (passed: boolean) => void = () => undefined;

  close(): void {
    this.#passed = new Promise((resolve) => {
      this.#let = resolve;
    });
  }

  open(): void {
    this.#let(true);
  }

  shut(): void {
    this.#let(false);
  }

  passed(): Promise<boolean> {
    return this.#passed;
  }
}

function stagesOf(options: DetectorOptions, states: Readonly<Record<keyof Stages, LocalState>>) {
  const { log, macKey, trustedKeys, wallClock, events, failpoint } = options;
  const each = {
    log,
    wallClock,
    admit: admitSealed(trustedKeys),
    seal: sealDeciding(macKey),
    ...(events === undefined ? {} : { events }),
    ...(failpoint === undefined ? {} : { failpoint }),
  };
  const gate = new Gate();
  if (options.links === 'held') gate.close();
  const { auditEvents, valueFlows, privilegeLinks, privilegeSteps, baselinePartials } = TOPICS;
  const stages: Stages = {
    profile: new Stage({
      ...each,
      name: 'detector-profile',
      state: states.profile,
      topics: [auditEvents.name],
      decide: sayHistory(decideProfile, historyBegins),
      parse: (record): Parsed => parseEventRecord(record),
    }),
    flow: new Stage({
      ...each,
      name: 'detector-flow',
      state: states.flow,
      topics: [valueFlows.name],
      decide: decideFlow,
      parse: (record): Parsed => parseFlowRecord(record),
    }),
    links: new Stage({
      ...each,
      name: 'detector-links',
      state: states.links,
      topics: [privilegeLinks.name],
      decide: relayLink,
      parse: (record): Parsed => parseLinkRecord(record),
      gate: () => gate.passed(),
    }),
    assembly: new Stage({
      ...each,
      name: 'detector-assembly',
      state: states.assembly,
      topics: [privilegeSteps.name],
      decide: sayHistory(decideAssembly, historyBegins),
      parse: (record): Parsed => parseStepRecord(record),
    }),
    aggregate: new Stage({
      ...each,
      name: 'detector-aggregate',
      state: states.aggregate,
      topics: [baselinePartials.name],
      decide: decideAggregate,
      parse: (record): Parsed => parsePartialRecord(record),
    }),
  };
  return { stages, gate };
}

const sum = (offsets: readonly number[]): number => offsets.reduce((a, b) => a + b, 0);

/** Waits for one stage after the other; links are decided upon until no further one follows. */
async function settle(log: EventLog, stages: Stages, gate: Gate, isInHand: boolean): Promise<void> {
  const { auditEvents, valueFlows, privilegeLinks, privilegeSteps } = TOPICS;
  const reached = async (stage: Stage, topic: string) => {
    const ends = await log.endOffsets(topic);
    await stage.caughtUp(topic, ends);
    return sum(ends);
  };
  await reached(stages.profile, auditEvents.name);
  await reached(stages.aggregate, TOPICS.baselinePartials.name);
  await reached(stages.flow, valueFlows.name);
  await reached(stages.assembly, privilegeSteps.name);
  gate.open();
  let before = -1;
  for (;;) {
    const links = await reached(stages.links, privilegeLinks.name);
    await reached(stages.assembly, privilegeSteps.name);
    if (links === before) break;
    before = links;
  }
  if (isInHand) gate.close();
}

/** In the order in which records pass them. */
export function detectorStages(detector: Stages): readonly Stage[] {
  const { profile, flow, links, assembly, aggregate } = detector;
  return [profile, flow, links, assembly, aggregate];
}

export function startDetector(options: DetectorOptions): Detector {
  const open = (name: keyof Stages) => LocalState.open(join(options.stateDir, name));
  const states = {
    profile: open('profile'),
    flow: open('flow'),
    links: open('links'),
    assembly: open('assembly'),
    aggregate: open('aggregate'),
  };
  const { stages, gate } = stagesOf(options, states);
  const all = Object.values(stages);
  const stop = async () => {
    gate.shut();
    await Promise.all(all.map((stage) => stage.stop()));
  };
  return {
    ...stages,
    settle: () => settle(options.log, stages, gate, options.links === 'held'),
    run: async (onFailure) => {
      try {
        await Promise.all(all.map((stage) => stage.run()));
      } catch (error) {
        onFailure?.(error);
        throw error;
      } finally {
        await stop();
        await Promise.all(Object.values(states).map((state) => state.close()));
      }
    },
    stop,
  };
}
