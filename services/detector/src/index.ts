export type { Score } from './core/alerting/alarm.ts';
export { alertOutput } from './core/alerting/alert-output.ts';
export { confidenceOf, statedReasons } from './core/alerting/confidence.ts';
export { decideAssembly } from './core/assembly/decide-assembly.ts';
export { judgeExample } from './core/assembly/example-steps.ts';
export { type CombinationWhy, explainFiring } from './core/assembly/explain-combination.ts';
export { chainsLeadingTo, type LeadingChain } from './core/assembly/proof/explained-links.ts';
export { assemblyCounters } from './core/assembly/stage-counters.ts';
export type { Feature } from './core/baselines/feature.ts';
export { decideProfile } from './core/decide-profile.ts';
export { DETECTOR_VERSION } from './core/detector-version.ts';
export { FEATURES } from './core/features.ts';
export { decideFlow } from './core/flow/decide-flow.ts';
export { relayLink } from './core/flow/relay-links.ts';
export { RULES } from './core/governance/findings.ts';
export type { BenignHistory } from './core/injection/agent-history.ts';
export { toCall, toReading } from './core/injection/call-view.ts';
export {
  type Evidence,
  evidenceOf,
  TERM_NAMES,
  TERMS,
  type Term,
  type Terms,
} from './core/injection/evidence.ts';
export { everyTerm, TIE_TEXTS } from './core/injection/explain-evidence.ts';
export { judgeEvent } from './core/injection/instruction-match.ts';
export {
  type EvidenceModel,
  evidenceModel,
  logitOf,
  useEvidenceModel,
} from './core/injection/judge-call.ts';
export { EMPTY_CONTEXT, observe } from './core/injection/read-context.ts';
export { agentKeyOf, readAgentKey } from './core/kept/agent-key.ts';
export { WORK_IN_HAND } from './core/kept/work-in-hand.ts';
export { declare } from './core/profile/declarations.ts';
export {
  type CallScore,
  featuresOf,
  isScored,
  learnCall,
  scoreCall,
} from './core/profile/score-call.ts';
export { sightEvent } from './core/profile/seen-events.ts';
export { STEPS, switchOff } from './core/switched-off.ts';
export { observeAssembly } from './observe-assembly.ts';
export { SHIPPED_POLICY } from './shipped-policy.ts';
export {
  type Detector,
  type DetectorOptions,
  detectorStages,
  startDetector,
} from './start-detector.ts';
