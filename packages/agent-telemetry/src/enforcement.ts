/** What an enforcement point needs of this package, without the decoders of telemetry. */
export { HookDenials } from './hooks/hook-entry.ts';
export { HookReader, type HookSender } from './hooks/hook-reader.ts';
export type { AgentLabel, CallObservation, Observation } from './model/observation.ts';
export { toolValue } from './wire/mcp-settlement.ts';
