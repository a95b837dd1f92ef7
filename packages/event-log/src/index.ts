export { RECORD_BYTES_MAX } from './limits.ts';
export * from './partition-of.ts';
export * from './port.ts';
export * from './src-mark.ts';
