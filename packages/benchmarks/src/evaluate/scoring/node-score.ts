/**
 * Node level: which single calls were named. Recall asks of each firing incident how much of the
 * acceptable proof that fits best was named; precision asks of each named call whether any acceptable
 * proof of a firing incident holds it. So several acceptable proofs neither cost nor earn anything.
 */
import type { AlertHistory } from './alert-history.ts';
import { OutcomeClusters, type Quality, qualityOf } from './interval.ts';
import type { AssemblyLabel } from './label.ts';

/** `claims`: proofs of assemblies only. `all_alerts`: of an alert without a proof, its evidence. */
export type NodesOf = 'claims' | 'all_alerts';

function namedBy(alert: AlertHistory, of: NodesOf): readonly string[] {
  return alert.conclusions.flatMap(
    ({ claim, evidence }) => claim?.proof ?? (of === 'all_alerts' ? evidence : []),
  );
}

function bestProof(label: AssemblyLabel, named: ReadonlySet<string>) {
  const options = label.proofs.map((proof) => {
    const ids = new Set(proof);
    const hit = [...ids].filter((id) => named.has(id)).length;
    return { hit, missed: ids.size - hit };
  });
  return options.reduce((best, one) =>
    one.hit / (one.hit + one.missed) > best.hit / (best.hit + best.missed) ? one : best,
  );
}

/** Named calls that no proof holds are clustered by the agent that the alert is about. */
export function nodeQuality(
  labels: readonly AssemblyLabel[],
  alerts: readonly AlertHistory[],
  of: NodesOf,
): Quality {
  const firing = labels.filter((label) => label.verdict === 'fires');
  const inProof = new Set(firing.flatMap((label) => label.proofs.flat()));
  const named = new Map<string, string>();
  for (const alert of alerts) {
    for (const id of namedBy(alert, of)) if (!named.has(id)) named.set(id, alert.agentUid);
  }
  const [byCombination, byVariant] = [new OutcomeClusters(), new OutcomeClusters()];
  const names: ReadonlySet<string> = new Set(named.keys());
  for (const label of firing) {
    const best = bestProof(label, names);
    for (const [clusters, name] of [
      [byCombination, label.combination],
      [byVariant, label.variant],
    ] as const) {
      clusters.add(name, 0, best.hit);
      clusters.add(name, 2, best.missed);
    }
  }
  for (const [id, agent] of named) {
    if (inProof.has(id)) continue;
    for (const clusters of [byCombination, byVariant]) clusters.add(`agent ${agent}`, 1);
  }
  return qualityOf([byCombination, byVariant]);
}
