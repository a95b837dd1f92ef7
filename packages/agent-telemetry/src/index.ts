export { CallJoin, type JoinCounts, type JoinOptions } from './call-join.ts';
export { ClientReader } from './client-reader.ts';
export {
  type Client,
  type ClientSetup,
  type Detection,
  FACTS,
  type Fact,
  factWords,
  loadClients,
  loadDetections,
} from './clients/client-table.ts';
export { HookReader } from './hooks/hook-reader.ts';
export { AGENT_SOURCES, type AgentSource, type Call } from './model/call.ts';
export type {
  AgentFact,
  AgentLabel,
  CallObservation,
  CallOutcome,
  CallStage,
  Channel,
  ClientRequest,
  ClientResponse,
  Observation,
  ReadResult,
  ToolDefinition,
} from './model/observation.ts';
export {
  loadMappings,
  type Mapping,
  type MappingText,
  mappingOf,
  RecordReader,
  readMappedRecord,
} from './records/record-reader.ts';
export { ExchangeReader } from './wire/exchange-reader.ts';
