/** The simulator's public face: a plan in, a registry and a stream of events and labels out. */
export { EventBytes, type WrittenEvent } from './event-bytes.ts';
export {
  planProblem,
  SCENARIOS,
  type Scenario,
  SIMULATOR_VERSION,
  type SimulationPlan,
  simulate,
} from './simulate.ts';
