/**
 * Runs a fleet's events through detector and responder over a given log, and reads back what they
 * concluded. No store: what is compared here is decided before it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHIPPED_POLICY, startDetector } from '@waywarden/detector';
import type { AppendRecord, EventLog } from '@waywarden/event-log';
import { EventAcceptor, loadCatalogue, replayKeys } from '@waywarden/ingest';
import {
  parsePolicyFile,
  publishPolicy,
  publishRegistry,
  startResponder,
} from '@waywarden/responder';
import {
  type Alert,
  type AuditEvent,
  type Decision,
  HEADERS,
  type InputEvent,
  type Policy,
  type RevocationCommand,
  registrySchema,
  TOPICS,
} from '@waywarden/schemas';
import { lastByKey } from '../../services/waywarden/src/runtime/scan-topic.ts';
import { loadServiceKeys } from '../../services/waywarden/src/runtime/service-keys.ts';
import { ensureTopics } from '../../services/waywarden/src/runtime/topic-plan.ts';
import { FLEET_REGISTRY } from './fleet.ts';

const wallClock = () => '2026-11-24T00:00:00Z';

export function enforcingPolicy(): Policy {
  const parse = (path: string | URL) => {
    const parsed = parsePolicyFile(readFileSync(path, 'utf8'));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return parsed.value;
  };
  const enforcing = parse(new URL('../policies/enforcing.yaml', import.meta.url));
  return { ...enforcing, combinations: parse(SHIPPED_POLICY).combinations };
}

/**
 * The fleet's input as records of `audit.events`, by the real ingest path.
 *
 * @param observed when ingest received each of them; left out, when it says that it happened.
 * @param assurance what the source's token proves.
 */
export function fleetRecords(
  inputs: readonly InputEvent[],
  observed?: readonly string[],
  assurance: 'authenticated' | 'asserted' = 'authenticated',
): {
  readonly records: readonly AppendRecord[];
  readonly events: readonly AuditEvent[];
} {
  // By id: what the acceptor asks of is its own copy of the input.
  const observedOf = new Map(inputs.map((one, at) => [one.native_id, observed?.[at]]));
  const acceptor = new EventAcceptor({
    tenant: 'acme',
    source: { kind: 'test', instance: assurance === 'asserted' ? 'hearsay' : 'fleet' },
    assurance,
    trustFields: true,
    keys: replayKeys(),
    catalogue: loadCatalogue(),
    now: (input) => observedOf.get(input.native_id) ?? input.event_time,
  });
  const batch = acceptor.accept(inputs.map((input, at) => ({ input, line: at + 1 })));
  if (batch.deadLettered > 0) throw new Error(JSON.stringify(batch.errors.slice(0, 3)));
  return { records: batch.records, events: batch.events };
}

/** A seeded interleaving that keeps the order of each key's own records. */
export function interleaved(
  records: readonly AppendRecord[],
  random: () => number,
): AppendRecord[] {
  const queues = new Map<string | null, AppendRecord[]>();
  for (const record of records) queues.set(record.key, [...(queues.get(record.key) ?? []), record]);
  const open = [...queues.values()];
  const out: AppendRecord[] = [];
  while (open.length > 0) {
    const pick = Math.floor(random() * open.length);
    const queue = open[pick];
    const next = queue?.shift();
    if (next !== undefined) out.push(next);
    if (queue === undefined || queue.length === 0) open.splice(pick, 1);
  }
  return out;
}

export interface FleetConclusions {
  readonly alerts: readonly Alert[];
  readonly decisions: readonly Decision[];
  readonly commands: readonly RevocationCommand[];
}

export interface RunFleetOptions {
  readonly log: EventLog;
  readonly partitions: number;
  readonly records: readonly AppendRecord[];
  /** Default: the fleet's own, in which every agent is registered. */
  readonly registry?: object;
  /** Default: the shipped combinations under the acceptance runs' rules. */
  readonly policy?: Policy;
}

export async function runFleet({
  log,
  partitions,
  records,
  registry = FLEET_REGISTRY,
  policy = enforcingPolicy(),
}: RunFleetOptions): Promise<FleetConclusions> {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-fleet-'));
  await ensureTopics(log, partitions);
  const keys = loadServiceKeys(join(folder, 'keys'), wallClock());
  const detector = startDetector({
    log,
    stateDir: join(folder, 'detector'),
    macKey: keys.detectorMac,
    trustedKeys: new Map([...keys.sequencerRing, ...keys.detectorRing]),
    wallClock,
  });
  const responder = await startResponder({
    log,
    stateDir: join(folder, 'responder'),
    keys: {
      signingKey: keys.commandSigning,
      macKey: keys.sequencerMac,
      macKeys: keys.sequencerRing,
      alertKeys: keys.detectorRing,
      registryKeys: keys.registryRing,
    },
    wallClock,
    // When a silence is noticed depends on how far the log is; what follows from events does not.
    nobodyAnswers: true,
  });
  const running = Promise.all([detector.run(), responder.run()]);
  const work = async () => {
    const publisher = { log, signingKey: keys.registrySigning, wallClock };
    await publishRegistry(publisher, 'acme', registrySchema.parse(registry));
    await publishPolicy(publisher, 'acme', policy);
    const end = async (topic: string) => log.endOffsets(topic);
    await responder.sequencer.caughtUp((await end(TOPICS.registry.name))[0] ?? 0);
    for (let at = 0; at < records.length; at += 50) await log.append(records.slice(at, at + 50));
    const latest =
      records
        .map((r) => r.headers[HEADERS.ceTime] ?? '')
        .sort()
        .at(-1) ?? '';
    await responder.sequencer.advance(latest);
    await detector.settle();
    const caughtUp = [
      [responder.intake, TOPICS.alerts.name],
      [responder.response, TOPICS.responseJournal.name],
    ] as const;
    for (const [stage, topic] of caughtUp) await stage.caughtUp(topic, await end(topic));
    return {
      alerts: await lastByKey<Alert>(log, TOPICS.alerts.name, (a) => a.alert_id),
      decisions: await lastByKey<Decision>(log, TOPICS.decisions.name, (d) => d.decision_id),
      commands: await lastByKey<RevocationCommand>(
        log,
        TOPICS.revocationCommands.name,
        (c) => c.command_id,
      ),
    };
  };
  try {
    return await Promise.race([
      work(),
      running.then(() => Promise.reject(new Error('stopped early'))),
    ]);
  } finally {
    await Promise.all([detector.stop(), responder.stop()]);
    await running.catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What must not depend on partitions or arrival. */
export function openAlerts(alerts: readonly Alert[]): readonly string[] {
  return alerts
    .filter((a) => a.state === 'open')
    .map((a) =>
      JSON.stringify([a.alert_id, a.kind, a.subject, [...(a.assembly?.proof ?? [])], a.severity]),
    )
    .sort();
}
