/**
 * Waywarden's own detector over a stream: the real path (ingest, log, detector, responder) in a
 * folder that is thrown away, and its conclusions as an alert file like any other detector's. No
 * store: nothing that is scored is decided there. Alerts go to disk one by one, decisions stay.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FEATURES, RULES, STEPS, switchOff, TERM_NAMES } from '@waywarden/detector';
import type { Format } from '@waywarden/ingest';
import {
  type Alert,
  type Assurance,
  type Decision,
  HEADERS,
  type Policy,
  type Registry,
  type RevocationCommand,
  TOPICS,
} from '@waywarden/schemas';
import { UsageError } from '@waywarden/waywarden/input/command-output';
import { dataPaths } from '@waywarden/waywarden/runtime/data-folder';
import { openPipeline, type Pipeline } from '@waywarden/waywarden/runtime/pipeline';
import { feedFiles } from '@waywarden/waywarden/runtime/replay-files';
import { lastByKey, scanTopic } from '@waywarden/waywarden/runtime/scan-topic';
import { LineFile } from '../stream-file.ts';
import type { AdapterAlert, Response } from './scoring/adapter-alert.ts';

/** `--without`: leaves features, rules, steps and terms of evidence out by name, in this process. */
export function leaveOut(names: readonly string[]): void {
  const known = [
    ...FEATURES.map(({ name }) => name),
    ...Object.keys(RULES),
    ...STEPS,
    ...TERM_NAMES,
  ];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--without ${unknown}: there is none; give ${known.join(', ')}.`);
  }
  switchOff(names);
}

const TENANT = 'default';
/** Events between two watermarks: what falls due with time does so to this grain, and no finer. */
const BATCH_EVENTS = 500;
const DECODER = new TextDecoder();

interface StreamRun {
  readonly events: string;
  readonly registry: Registry | undefined;
  readonly policy: Policy;
  readonly assurance: Assurance;
  /** Default: `events`. */
  readonly format?: Format;
  /** Whether derived fields of the file are believed; default: of `events`, which are simulated. */
  readonly trustFields?: boolean;
}

interface DetectorRun extends StreamRun {
  /** Where the alert file goes. */
  readonly out: string;
}

/** Last of each rule: what was decided of an earlier revision no longer stands. */
async function withheldOf({ log }: Pipeline, add: (id: string, one: Response) => void) {
  const decisions = await lastByKey<Decision>(
    log,
    TOPICS.decisions.name,
    (one) => `${one.alert_ids.join()}|${one.rule_id}`,
  );
  for (const { alert_ids, rule_id, mode, would_be_command, withheld_reason } of decisions) {
    if (withheld_reason === null) continue;
    const action = would_be_command?.action ?? 'none';
    const target = would_be_command?.target ?? { level: 'none' };
    add(alert_ids[0] ?? '', { rule_id, mode, action, target, withheld_reason });
  }
}

async function issuedTo({ log }: Pipeline, add: (id: string, one: Response) => void) {
  const commands = await lastByKey<RevocationCommand>(
    log,
    TOPICS.revocationCommands.name,
    (one) => one.command_id,
  );
  for (const { action, target, alert_ids, initiating_entity } of commands) {
    if (initiating_entity === 'admin' || action === 'restore' || action === 'probe') continue;
    add(alert_ids[0] ?? '', { mode: 'enforce', action, target, withheld_reason: null });
  }
}

async function responsesByAlert(
  pipeline: Pipeline,
): Promise<ReadonlyMap<string, readonly Response[]>> {
  const byAlert = new Map<string, Response[]>();
  const add = (id: string, one: Response) => {
    byAlert.set(id, [...(byAlert.get(id) ?? []), one]);
  };
  await withheldOf(pipeline, add);
  await issuedTo(pipeline, add);
  return byAlert;
}

function assemblyOf({ assembly, evidence }: Alert): Pick<AdapterAlert, 'assembly'> {
  if (assembly === undefined) return {};
  const native = new Map(evidence.map((one) => [one.event_id, one.native_id]));
  const { combination, proof, contributors, completed_by, residual_access, cut, cut_sound } =
    assembly;
  return {
    assembly: {
      combination,
      proof: proof.map((id) => native.get(id) ?? id),
      contributors: contributors.map(({ agent_uid }) => ({ agent_uid })),
      completed_by,
      residual_access: residual_access.map(({ what, neutralise }) => ({ what, neutralise })),
      cut: cut.map(({ action, target }) => ({ action, target })),
      ...(cut_sound === undefined ? {} : { cut_sound }),
    },
  };
}

/** The alert of the contracts with what the adapter format takes, and no more. */
function adapterLine(alert: Alert, responses: readonly Response[]): AdapterAlert {
  const { hygiene } = alert;
  return {
    alert_id: alert.alert_id,
    revision: alert.revision,
    state: alert.state,
    kind: alert.kind,
    ...(hygiene === undefined ? {} : { hygiene }),
    severity: alert.severity,
    first_detected_at: alert.first_detected_at,
    detected_at: alert.detected_at,
    subject: alert.subject,
    evidence: alert.evidence.map(({ event_id, native_id, agent_uid }) => ({
      event_id,
      agent_uid,
      ...(native_id === undefined ? {} : { native_id }),
    })),
    ...assemblyOf(alert),
    ...(responses.length === 0 ? {} : { responses: [...responses] }),
  };
}

async function writeAlerts(pipeline: Pipeline, out: string): Promise<number> {
  const responses = await responsesByAlert(pipeline);
  const file = new LineFile(out);
  try {
    for await (const record of scanTopic(pipeline.log, TOPICS.alerts.name)) {
      if (record.value === null || record.headers[HEADERS.type] !== 'event') continue;
      const alert = JSON.parse(DECODER.decode(record.value)) as Alert;
      file.add(JSON.stringify(adapterLine(alert, responses.get(alert.alert_id) ?? [])));
    }
    return file.lines;
  } finally {
    file.close();
  }
}

/**
 * Feeds the stream, lets everything settle and reads the pipeline before its folder is thrown away.
 * @throws UsageError when lines of the stream can't be read as events.
 */
export async function overStream<T>(
  run: StreamRun,
  read: (pipeline: Pipeline) => Promise<T>,
): Promise<T> {
  const { format = 'events', trustFields = format === 'events' } = run;
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-evaluate-'));
  try {
    const pipeline = await openPipeline({
      paths: dataPaths(folder),
      command: 'replay',
      partitions: 1,
      journal: 'replay',
      archive: false,
    });
    try {
      await pipeline.publish(TENANT, run.registry, run.policy);
      const fed = await feedFiles(pipeline, {
        files: [run.events],
        registry: run.registry,
        format,
        tenant: TENANT,
        assurance: run.assurance,
        ...(trustFields ? { trustFields: true as const } : {}),
        batchEvents: BATCH_EVENTS,
      });
      if (fed.deadLettered > 0) {
        throw new UsageError(
          `${run.events}: ${fed.deadLettered} of ${fed.read} lines are no events. Scores of a part of a stream mean nothing; see what "waywarden replay" says of them.`,
        );
      }
      await pipeline.settle();
      return await read(pipeline);
    } finally {
      await pipeline.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function runDetector(run: DetectorRun): Promise<void> {
  await overStream(run, (pipeline) => writeAlerts(pipeline, run.out));
}
