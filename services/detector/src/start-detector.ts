/**
 * The detector's shell: two stages on the runner, with their local state, validators and keys. All
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
import { LocalState, type Parsed, Stage, type StageEvents } from '@waywarden/stage';
import { decideAssembly } from './core/assembly/decide-assembly.ts';
import { decideProfile } from './core/decide-profile.ts';
import { parseEventRecord, parseStepRecord } from './parse-record.ts';

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
}

export interface Detector {
  readonly profile: Stage;
  readonly assembly: Stage;
  /** Resolves when stopped; rejects with the failure of the first stage that failed. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

/** Events are protected by the broker's ACL; time and control carry a MAC and are refused without. */
function admitSealed(keys: MacKeyRing): (record: LogRecord) => string | undefined {
  return (record) => {
    const type = record.headers[HEADERS.type];
    if (type !== 'watermark' && type !== 'control') return undefined;
    const verdict = verifyMac(record, keys);
    return verdict === 'ok' ? undefined : `mac_${verdict}`;
  };
}

function sealDeciding(key: MacKey): (record: AppendRecord) => AppendRecord {
  return (record) => {
    const decides = record.topic === TOPICS.alerts.name || record.headers[HEADERS.type] !== 'event';
    if (!decides) return record;
    return { ...record, headers: { ...record.headers, ...macHeaders(record, key) } };
  };
}

export function startDetector(options: DetectorOptions): Detector {
  const { log, macKey, trustedKeys, wallClock, events, failpoint } = options;
  const profileState = LocalState.open(join(options.stateDir, 'profile'));
  const assemblyState = LocalState.open(join(options.stateDir, 'assembly'));
  const each = {
    log,
    wallClock,
    admit: admitSealed(trustedKeys),
    seal: sealDeciding(macKey),
    ...(events === undefined ? {} : { events }),
    ...(failpoint === undefined ? {} : { failpoint }),
  };
  const profile = new Stage({
    ...each,
    name: 'detector-profile',
    state: profileState,
    topics: [TOPICS.auditEvents.name],
    decide: decideProfile,
    parse: (record): Parsed => parseEventRecord(record),
  });
  const assembly = new Stage({
    ...each,
    name: 'detector-assembly',
    state: assemblyState,
    topics: [TOPICS.privilegeSteps.name],
    decide: decideAssembly,
    parse: (record): Parsed => parseStepRecord(record),
  });
  const stop = async () => {
    await Promise.all([profile.stop(), assembly.stop()]);
  };
  return {
    profile,
    assembly,
    run: async () => {
      try {
        await Promise.all([profile.run(), assembly.run()]);
      } finally {
        await stop();
        await Promise.all([profileState.close(), assemblyState.close()]);
      }
    },
    stop,
  };
}
