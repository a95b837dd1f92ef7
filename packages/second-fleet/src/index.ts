// What other programs use.
export { checkLines, type Finding } from './check.ts';
export { type Line, type Options, simulateSecondFleet } from './simulate.ts';
