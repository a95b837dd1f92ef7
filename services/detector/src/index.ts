export { decideAssembly } from './core/assembly/decide-assembly.ts';
export { judgeExample } from './core/assembly/example-steps.ts';
export { type CombinationWhy, explainFiring } from './core/assembly/explain-combination.ts';
export { alertOutput, decideProfile } from './core/decide-profile.ts';
export { DETECTOR_VERSION } from './core/detector-version.ts';
export { type CallScore, isScored, learnCall, scoreCall } from './core/profile/score-call.ts';
export { sightEvent } from './core/profile/seen-events.ts';
export { SHIPPED_POLICY } from './shipped-policy.ts';
export { type Detector, type DetectorOptions, startDetector } from './start-detector.ts';
