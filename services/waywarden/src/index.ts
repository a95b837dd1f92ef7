/** What tests and scripts use of the composition root. */
export { dataPaths } from './embedded/data-folder.ts';
export { openPipeline, type Pipeline, type PipelineOptions } from './embedded/pipeline.ts';
export { type ReplayOptions, type ReplayReport, replayFiles } from './embedded/replay-files.ts';
export { loadPolicy, loadRegistry } from './embedded/rule-files.ts';
