/** The library for enforcement points: see README.md. */
export {
  type CallFacts,
  factsOfTarget,
  PROVENANCE_ACTIONS,
  REFUSING_ACTIONS,
} from './call-facts.ts';
export type { CommandBatch, CommandSource, RefusedReceipt } from './command-source.ts';
export type { ConsumerOptions } from './consumer-options.ts';
export type { ConsumerState, StateChange, StateStore } from './consumer-state.ts';
export {
  DenyList,
  type DenyListChange,
  type DenyListState,
  type ReceiptVerdict,
} from './deny-list.ts';
export { EventReporter, type ReporterOptions } from './event-reporter.ts';
export { FileStateStore } from './file-state-store.ts';
export {
  type GuardedTransport,
  type GuardOptions,
  guardTransport,
  type Received,
} from './guard-transport.ts';
export { HookForwarder } from './hook-forwarder.ts';
export { type DeniedHook, HookGate, type HookGateOptions, type PassedHook } from './hook-gate.ts';
export { HttpSource, HttpSourceError, type HttpSourceOptions } from './http-source.ts';
export type { Judgement } from './judgement.ts';
export { McpProxy, type McpProxyOptions } from './mcp-proxy.ts';
export { expressMiddleware, fastifyHook, type Refusal, refusalOf } from './middleware.ts';
export {
  type IntrospectionOptions,
  introspectionProbe,
  type Probe,
  type ProbeFinding,
} from './probe.ts';
export { RevocationConsumer } from './revocation-consumer.ts';
export {
  believeCommand,
  believeNotice,
  keyRing,
  type SignedReceipt,
  type SignedRecord,
  signReceipt,
} from './signed-record.ts';
export type { ReportedCall } from './told-calls.ts';
