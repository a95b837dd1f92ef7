export { type HistoryGap, historyBegins, type PlacedGap } from './history.ts';
export { LocalState } from './local-state.ts';
export { cloudEventType, toAppendRecords } from './output-record.ts';
export * from './port.ts';
export { type Parsed, parseJson, Stage, type StageEvents, type StageOptions } from './run-stage.ts';
