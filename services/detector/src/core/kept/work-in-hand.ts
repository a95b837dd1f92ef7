/**
 * Which state of an agent is no knowledge of it but belongs to work that it has in hand: what it read in
 * a chain or planted in any, what was told of a chain, how far a task is, its last step and when it was, alerts that may still get a revision, which texts it obeyed. It is bounded
 * by how much of it may be open at once, lasts no longer than that, and is measured apart
 * (`bench --agent-state`): an agent that rests has none of it in memory.
 */
export const WORK_IN_HAND: ReadonlySet<string> = new Set([
  'context',
  'chains',
  'planted',
  'sighted',
  'progress',
  'read',
  'alert',
  'tracked',
  'obeyed',
  'steps',
  'ticks',
]);
