/** Stamped on every alert; raised when the same events would give other alerts. */
export const DETECTOR_VERSION = '2.7.0';
