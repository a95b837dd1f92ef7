export { dataPaths } from './runtime/data-folder.ts';
export { openPipeline, type Pipeline, type PipelineOptions } from './runtime/pipeline.ts';
export { type ReplayOptions, type ReplayReport, replayFiles } from './runtime/replay-files.ts';
export { loadPolicy, loadRegistry } from './runtime/rule-files.ts';
