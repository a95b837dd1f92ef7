/** The library for enforcement points: see README.md. */

export {
  type DeniedHook,
  HookForwarder,
  HookGate,
  type HookGateOptions,
  type PassedHook,
} from './hooks/hook-gate.ts';
export { expressMiddleware, fastifyHook, type Refusal, refusalOf } from './http/middleware.ts';
export { EventReporter, type ReporterOptions } from './mcp/event-reporter.ts';
export {
  type GuardedTransport,
  type GuardOptions,
  guardTransport,
  type Received,
} from './mcp/guard-transport.ts';
export { McpProxy, type McpProxyOptions } from './mcp/mcp-proxy.ts';
export type { ReportedCall } from './mcp/reported-calls.ts';
export {
  type CallFacts,
  factsOfTarget,
  PROVENANCE_ACTIONS,
  REFUSING_ACTIONS,
} from './orders/call-facts.ts';
export type {
  CommandBatch,
  CommandSource,
  ConsumerOptions,
  Judgement,
  RefusedReceipt,
} from './orders/consumer-options.ts';
export type { ConsumerState, StateChange, StateStore } from './orders/consumer-state.ts';
export {
  DenyList,
  type DenyListChange,
  type DenyListState,
  type ReceiptVerdict,
} from './orders/deny-list.ts';
export { FileStateStore } from './orders/file-state-store.ts';
export { HttpSource, HttpSourceError, type HttpSourceOptions } from './orders/http-source.ts';
export {
  type IntrospectionOptions,
  introspectionProbe,
  type Probe,
  type ProbeFinding,
} from './orders/probe.ts';
export { RevocationConsumer } from './orders/revocation-consumer.ts';
export {
  believeCommand,
  believeNotice,
  keyRing,
  type SignedReceipt,
  type SignedRecord,
  signReceipt,
} from './orders/signed-record.ts';
