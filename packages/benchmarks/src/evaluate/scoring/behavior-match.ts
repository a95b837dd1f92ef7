/**
 * Which alerts are about which labelled attack on behaviour.
 *
 * An alert detects an incident when its kind is acceptable, it is about the incident's agent (as its
 * subject or in its evidence) or names one of the incident's calls, and it says so between the onset
 * (less what clocks may differ) and an hour after the end. An alert that was open before counts from the revision that adds to it.
 * It locates the incident when it also names one of its calls. Rejected: any alert in the window
 * counts, which pays for noise; that is reported beside it as `noticed`.
 */
import { epochMs } from '@waywarden/schemas';
import type { AlertHistory, Conclusion } from './alert-history.ts';
import type { BehaviorLabel } from './label.ts';
import type { StreamFacts } from './stream-facts.ts';

/** After the end of an incident a detection still counts for so long. */
export const GRACE_MS = 3_600_000;
/** The onset is told in true time; what was detected, by clocks that may be slow (`clock_skew`). */
export const SKEW_MS = 120_000;
/** A label that lists so many calls may concern later ones too. */
const LISTED_MAX = 400;

export interface Detection {
  readonly alert: AlertHistory;
  readonly detectedMs: number;
}

export interface MatchedIncident {
  readonly label: BehaviorLabel;
  /** Earliest with an acceptable kind. */
  readonly detected: Detection | undefined;
  readonly located: boolean;
  /** Of any kind. */
  readonly noticed: Detection | undefined;
  /** Kinds that were raised about it, acceptable or not. */
  readonly kinds: readonly string[];
  readonly alerts: readonly AlertHistory[];
}

/** When a conclusion first speaks inside the window. */
function timeWithin(one: Conclusion, fromMs: number, toMs: number): number | undefined {
  return [one.firstDetectedMs, one.detectedMs].find((at) => at >= fromMs && at <= toMs);
}

class AlertIndex {
  readonly #byAgent = new Map<string, AlertHistory[]>();
  readonly #byEvent = new Map<string, AlertHistory[]>();

  constructor(alerts: readonly AlertHistory[]) {
    const put = (map: Map<string, AlertHistory[]>, key: string, alert: AlertHistory) => {
      const inHand = map.get(key);
      if (inHand === undefined) map.set(key, [alert]);
      else inHand.push(alert);
    };
    for (const alert of alerts) {
      for (const uid of alert.agents) put(this.#byAgent, uid, alert);
      const named = alert.conclusions.flatMap((one) => one.evidence);
      for (const id of new Set(named)) put(this.#byEvent, id, alert);
    }
  }

  about(label: BehaviorLabel): readonly AlertHistory[] {
    const byAgent = this.#byAgent.get(label.agent_uid) ?? [];
    const byEvent = label.native_ids.flatMap((id) => this.#byEvent.get(id) ?? []);
    return [...new Set([...byAgent, ...byEvent])];
  }
}

interface Spoken extends Detection {
  readonly conclusion: Conclusion;
}

function earliest(spoken: readonly Spoken[]): Detection | undefined {
  const [first] = [...spoken].sort(
    (a, b) => a.detectedMs - b.detectedMs || (a.alert.alertId < b.alert.alertId ? -1 : 1),
  );
  return first === undefined ? undefined : { alert: first.alert, detectedMs: first.detectedMs };
}

/** Whether a call is one of the incident's, or may be one of those that its label has no room for. */
function isConcerned(
  id: string,
  label: BehaviorLabel,
  own: ReadonlySet<string>,
  facts: StreamFacts,
): boolean {
  if (own.has(id)) return true;
  const place = facts.placeOf(id);
  if (place === undefined || own.size < LISTED_MAX) return false;
  const [fromMs, toMs] = [epochMs(label.onset), epochMs(label.end)];
  return place.agentUid === label.agent_uid && place.atMs >= fromMs && place.atMs <= toMs;
}

function matchIncident(
  label: BehaviorLabel,
  index: AlertIndex,
  facts: StreamFacts,
): MatchedIncident {
  const [fromMs, toMs] = [epochMs(label.onset) - SKEW_MS, epochMs(label.end) + GRACE_MS];
  const spoken: Spoken[] = index.about(label).flatMap((alert) =>
    alert.conclusions.flatMap((conclusion) => {
      const detectedMs = timeWithin(conclusion, fromMs, toMs);
      return detectedMs === undefined ? [] : [{ alert, conclusion, detectedMs }];
    }),
  );
  const acceptable = spoken.filter((one) => label.acceptable_kinds.includes(one.conclusion.kind));
  const own = new Set(label.native_ids);
  return {
    label,
    detected: earliest(acceptable),
    located: acceptable.some((one) =>
      one.conclusion.evidence.some((id) => isConcerned(id, label, own, facts)),
    ),
    noticed: earliest(spoken),
    kinds: [...new Set(spoken.map((one) => one.conclusion.kind))].sort(),
    alerts: [...new Set(spoken.map((one) => one.alert))],
  };
}

export function matchBehavior(
  labels: readonly BehaviorLabel[],
  alerts: readonly AlertHistory[],
  facts: StreamFacts,
): readonly MatchedIncident[] {
  const index = new AlertIndex(alerts);
  return labels.map((label) => matchIncident(label, index, facts));
}

/**
 * The same incidents on agents that they did not happen to: what the rule finds by chance. Each label
 * moves half way round the stream's agents and names no call.
 */
export function displaced(
  labels: readonly BehaviorLabel[],
  agents: readonly string[],
): readonly BehaviorLabel[] {
  const attacked = new Set(labels.map((label) => label.agent_uid));
  const calm = agents.filter((uid) => !attacked.has(uid));
  const others = calm.length > 0 ? calm : agents;
  return labels.map((label, at) => {
    const place = (at + Math.floor(others.length / 2)) % Math.max(1, others.length);
    return { ...label, agent_uid: others[place] ?? label.agent_uid, native_ids: [] };
  });
}
