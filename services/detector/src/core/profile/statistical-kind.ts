/** Which kinds of alert say that something is unlikely of an agent, by its history; the others are what a rule says. */
const STATISTICAL: ReadonlySet<string> = new Set(['behavior_deviation', 'reach_growth']);

export const isStatistical = (kind: string): boolean => STATISTICAL.has(kind);
