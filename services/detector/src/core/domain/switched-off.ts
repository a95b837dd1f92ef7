/** What a benchmark leaves out by name; nothing in any other process. */
const off = new Set<string>();

export const STEPS = ['groups', 'budget', 'quarantine'] as const;

export function switchOff(names: readonly string[]): void {
  for (const name of names) off.add(name);
}

export const isOn = (name: string): boolean => !off.has(name);
