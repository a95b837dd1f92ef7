export { audienceOf } from './core/commands/build-command.ts';
export type { ContainmentView, EnforcementState } from './core/containment/containment-state.ts';
export { confirmedBy } from './core/containment/containment-state.ts';
export type { AllWithheldByPause, PauseState } from './core/guards/enforcement-pause.ts';
export type { ChainHead, RecordedDecision, Sha256 } from './core/model/decision-chain.ts';
export { decideIntake } from './core/stages/decide-intake.ts';
export { createDecideResponse } from './core/stages/decide-response.ts';
export { inReplayOrder } from './core/stages/journal-order.ts';
export {
  type ChainProblem,
  type VerifyOptions,
  verifyDecisions,
} from './core/stages/verify-decisions.ts';
export {
  type CheckedProblem,
  type CheckedRegistry,
  checkRegistryText,
} from './files/check-registry-file.ts';
export {
  contractProblems,
  type FileProblem,
  type ParsedFile,
  parsePolicyFile,
  parseRegistryFile,
  readYaml,
} from './files/parse-yaml-file.ts';
export { containmentRoutes } from './http/containment-routes.ts';
export { giveSignedAct, operatorRoutes } from './http/operator-routes.ts';
export { previewRoute } from './http/preview-route.ts';
export {
  commandKeySet,
  RECEIVER_ROUTER,
  type ResponderServer,
  receiverRoutes,
  startResponderServer,
} from './http/responder-server.ts';
export { type FeedOrders, feedOrdersOf } from './runtime/collect-commands.ts';
export { CommandFeed } from './runtime/command-feed.ts';
export type { KnownContainment, SpentByRule } from './runtime/containments.ts';
export { type Filled, type FillOptions, fillJournal } from './runtime/fill-journal.ts';
export { observeContainments } from './runtime/observe-containments.ts';
export {
  type OperatorDeskParts,
  type SignedActText,
  takeSignedAct,
} from './runtime/operator-desk.ts';
export { ReceiverKeys } from './runtime/receiver-keys.ts';
export { sha256Hex } from './runtime/responder-stages.ts';
export {
  awaitedBy,
  logResponderEvents,
  type Responder,
  type ResponderEvents,
  type ResponderKeys,
  type ResponderOptions,
  responderStages,
  startResponder,
  storedHead,
} from './runtime/start-responder.ts';
export {
  contentVersion,
  type Published,
  publishedRules,
  publishPolicy,
  publishRegistry,
  type RulesPublisherOptions,
} from './sequencer/publish-rules.ts';
export { type Sequencer, startSequencer } from './sequencer/sequencer.ts';
export type { SequencerEvents, SequencerOptions } from './sequencer/sequencer-options.ts';
