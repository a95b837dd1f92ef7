/** The checker's public face: what tests and scripts outside the package use. */
export type { Disagreement } from './assembly-check.ts';
export { type CheckInput, type CheckReport, checkLabels } from './check-labels.ts';
