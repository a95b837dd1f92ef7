export { setCollector } from './collector.ts';
export { LocalState } from './local-state.ts';
export { toAppendRecords } from './output-record.ts';
export * from './port.ts';
export {
  type HistoryGap,
  historyBegins,
  type PlacedGap,
  rememberGap,
  stageSpace,
} from './restore-partition.ts';
export { Stage } from './run-stage.ts';
export { SharedEnding } from './shared-ending.ts';
export type { StageEvents, StageOptions } from './stage-options.ts';
export { type Parsed, parseJson } from './stage-options.ts';
