/**
 * What a benchmark leaves out, by name, to show what it is worth (docs/measurements/ablation.md): features
 * (`features.ts`), rules (`rules/findings.ts`) and the steps of an alert's life. Nothing is, in any other process.
 */
const off = new Set<string>();

/** Steps of `alerting/life-cycle.ts`, and what keeps odd work from being learnt (`state/agent/quarantine.ts`). */
export const STEPS = ['weak-signs', 'groups', 'budget', 'quarantine'] as const;

/** Once, before the first event. */
export function switchOff(names: readonly string[]): void {
  for (const name of names) off.add(name);
}

export const isOn = (name: string): boolean => !off.has(name);
