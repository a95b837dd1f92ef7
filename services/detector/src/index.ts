import { fileURLToPath } from 'node:url';

/** The shipped policy's path, from `src` and `dist` alike. */
export const SHIPPED_POLICY = fileURLToPath(new URL('../policy/default.yaml', import.meta.url));

export type { Score } from './core/alerting/alarm.ts';
export { confidenceOf, statedReasons } from './core/alerting/build-alert.ts';
export { alertOutput } from './core/alerting/standing-alert.ts';
export type { Feature } from './core/baselines/feature.ts';
export { assemblyCounters } from './core/correlation/assembly/model/stage-counters.ts';
export {
  chainsLeadingTo,
  type LeadingChain,
} from './core/correlation/assembly/proof/explained-links.ts';
export { DETECTOR_VERSION } from './core/domain/detector-version.ts';
export { STEPS, switchOff } from './core/domain/switched-off.ts';
export type { BenignHistory } from './core/injection/agent-history.ts';
export { toCall, toReading } from './core/injection/call-view.ts';
export { judgeEvent } from './core/injection/instruction-match.ts';
export {
  type Evidence,
  type EvidenceModel,
  everyTerm,
  evidenceModel,
  evidenceOf,
  logitOf,
  TERM_NAMES,
  TERMS,
  type Term,
  type Terms,
  useEvidenceModel,
} from './core/injection/judge-hijack.ts';
export { EMPTY_CONTEXT, observe } from './core/injection/read-context.ts';
export { RULES } from './core/rules/all-rules.ts';
export { WORK_IN_HAND } from './core/rules/identity/passers-by.ts';
export { decideAssembly } from './core/stages/decide-assembly.ts';
export { decideFlow } from './core/stages/decide-flow.ts';
export { relayLink } from './core/stages/decide-link.ts';
export { decideProfile } from './core/stages/decide-profile.ts';
export { judgeExample } from './core/stages/example-steps.ts';
export { type CombinationWhy, explainFiring } from './core/stages/explain-combination.ts';
export {
  type CallScore,
  FEATURES,
  featuresOf,
  isScored,
  learnCall,
  scoreCall,
} from './core/stages/features.ts';
export { agentKeyOf, readAgentKey } from './core/state/agent/agent-key.ts';
export { declare } from './core/state/agent/declarations.ts';
export { sightEvent } from './core/state/agent/duplicate-events.ts';
export { TIE_TEXTS } from './core/wording/hijack.ts';
export { observeAssembly } from './observe-assembly.ts';
export {
  type Detector,
  type DetectorOptions,
  detectorStages,
  startDetector,
} from './start-detector.ts';
