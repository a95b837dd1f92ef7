export {
  type Interval,
  recordEValue,
  studentQuantile,
  studentTail,
  wilsonInterval,
} from './statistics.ts';
