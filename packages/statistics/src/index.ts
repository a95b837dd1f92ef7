/** What simple-statistics lacks: Student's t, Wilson's interval, e-values. Each names its source. */
export { recordEValue } from './e-value.ts';
export { studentQuantile, studentTail } from './student.ts';
export { type Interval, wilsonInterval } from './wilson.ts';
