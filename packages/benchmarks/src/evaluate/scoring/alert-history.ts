/**
 * Lines of an alert file gathered by alert: an alert is counted once however often it was revised or
 * repeated, and is judged by everything that it ever said.
 *
 * An alert that ends withdrawn is no alarm. Posture is listed and not queued, so it is none either.
 */
import { epochMs } from '@waywarden/schemas';
import type { AdapterAlert, Response } from './adapter-alert.ts';

/** Different conclusions kept of one alert; further ones are counted in `dropped`. */
export const CONCLUSIONS_MAX = 256;

export interface CutAction {
  readonly action: string;
  readonly level: string;
  readonly agentUid: string | undefined;
  readonly taskId: string | undefined;
  /** What it undoes, where it does not stop an agent. */
  readonly thing: string | undefined;
}

export interface Claim {
  readonly combination: string | undefined;
  /** Native ids, sorted, each once. */
  readonly proof: readonly string[];
  readonly contributors: readonly string[];
  readonly completedBy: string | undefined;
  readonly residualAccess: readonly string[];
  /** "what: action" of each action that it names against a residual access. */
  readonly neutralise: readonly string[];
  readonly cut: readonly CutAction[];
  readonly cutSound: boolean | undefined;
}

/** One thing that an alert said, and when it first did. */
export interface Conclusion {
  readonly kind: string;
  readonly firstDetectedMs: number;
  readonly detectedMs: number;
  readonly evidence: readonly string[];
  readonly claim: Claim | undefined;
}

export interface AlertHistory {
  readonly alertId: string;
  readonly kind: string;
  readonly severity: string;
  readonly statistical: boolean;
  readonly agentUid: string;
  /** Every agent that it names. */
  readonly agents: ReadonlySet<string>;
  /** In the order of revisions. */
  readonly conclusions: readonly Conclusion[];
  readonly dropped: number;
  readonly responses: readonly Response[];
}

/** Decided by a threshold on a learned score; all other kinds follow from a rule. */
const STATISTICAL_KINDS: ReadonlySet<string> = new Set([
  'behavior_deviation',
  'hijack_suspected',
  'class_drift',
  'reach_growth',
  'approval_quality',
]);

const distinct = (ids: readonly string[]): readonly string[] => [...new Set(ids)].sort();

function claimOf(
  assembly: NonNullable<AdapterAlert['assembly']>,
  nativeOf: ReadonlyMap<string, string>,
): Claim {
  return {
    combination: assembly.combination,
    proof: distinct(assembly.proof.map((id) => nativeOf.get(id) ?? id)),
    contributors: distinct((assembly.contributors ?? []).map((one) => one.agent_uid)),
    completedBy: assembly.completed_by,
    residualAccess: distinct((assembly.residual_access ?? []).map((one) => one.what)),
    neutralise: distinct(
      (assembly.residual_access ?? []).flatMap(({ what, neutralise = [] }) =>
        neutralise.map((action) => `${what}: ${action}`),
      ),
    ),
    cut: (assembly.cut ?? []).map(({ action, target }) => ({
      action,
      level: target.level,
      agentUid: target.agent_uid,
      taskId: target.task_id,
      thing: target.credential_uid ?? target.grant_id ?? target.payment_id ?? target.resource_id,
    })),
    cutSound: assembly.cut_sound,
  };
}

function conclusionOf(line: AdapterAlert): Conclusion {
  const evidence = line.evidence ?? [];
  const nativeOf = new Map(
    evidence.flatMap(({ event_id, native_id }) =>
      event_id === undefined || native_id === undefined ? [] : [[event_id, native_id] as const],
    ),
  );
  const detectedMs = epochMs(line.detected_at);
  return {
    kind: line.kind,
    firstDetectedMs:
      line.first_detected_at === undefined ? detectedMs : epochMs(line.first_detected_at),
    detectedMs,
    evidence: distinct(evidence.flatMap((one) => one.native_id ?? one.event_id ?? [])),
    claim: line.assembly === undefined ? undefined : claimOf(line.assembly, nativeOf),
  };
}

const saysTheSame = (a: Conclusion, b: Conclusion): boolean =>
  a.kind === b.kind &&
  JSON.stringify([a.evidence, a.claim]) === JSON.stringify([b.evidence, b.claim]);

interface Gathered {
  readonly conclusions: Conclusion[];
  readonly agents: Set<string>;
  last: AdapterAlert;
  dropped: number;
}

export interface AlertFile {
  readonly alerts: readonly AlertHistory[];
  readonly withdrawn: number;
  readonly hygiene: number;
  /** Lines that repeated or revised an alert of an earlier line. */
  readonly repeats: number;
}

export class AlertGatherer {
  readonly #byId = new Map<string, Gathered>();
  #lines = 0;

  /** How many alerts are held. */
  get size(): number {
    return this.#byId.size;
  }

  add(line: AdapterAlert): void {
    this.#lines++;
    const conclusion = conclusionOf(line);
    const inHand = this.#byId.get(line.alert_id);
    const gathered = inHand ?? {
      conclusions: [],
      agents: new Set<string>(),
      last: line,
      dropped: 0,
    };
    if (inHand === undefined) this.#byId.set(line.alert_id, gathered);
    if ((line.revision ?? 0) >= (gathered.last.revision ?? 0)) gathered.last = line;
    for (const uid of agentsNamed(line)) gathered.agents.add(uid);
    if (gathered.conclusions.some((one) => saysTheSame(one, conclusion))) return;
    if (gathered.conclusions.length < CONCLUSIONS_MAX) gathered.conclusions.push(conclusion);
    else gathered.dropped++;
  }

  /** Alerts that stand, sorted by id. */
  finish(): AlertFile {
    const all = [...this.#byId].sort(([a], [b]) => (a < b ? -1 : 1));
    const standing = all.filter(([, one]) => one.last.state !== 'withdrawn');
    const alarms = standing.filter(([, one]) => one.last.hygiene !== true);
    return {
      alerts: alarms.map(([alertId, one]) => historyOf(alertId, one)),
      withdrawn: all.length - standing.length,
      hygiene: standing.length - alarms.length,
      repeats: this.#lines - all.length,
    };
  }
}

function agentsNamed(line: AdapterAlert): readonly string[] {
  return [
    line.subject.agent_uid,
    ...(line.evidence ?? []).flatMap((one) => one.agent_uid ?? []),
    ...(line.assembly?.contributors ?? []).map((one) => one.agent_uid),
  ];
}

function historyOf(alertId: string, one: Gathered): AlertHistory {
  const { last } = one;
  return {
    alertId,
    kind: last.kind,
    severity: last.severity ?? 'unstated',
    statistical: last.statistical ?? STATISTICAL_KINDS.has(last.kind),
    agentUid: last.subject.agent_uid,
    agents: one.agents,
    conclusions: [...one.conclusions].sort((a, b) => a.detectedMs - b.detectedMs),
    dropped: one.dropped,
    responses: last.responses ?? [],
  };
}
