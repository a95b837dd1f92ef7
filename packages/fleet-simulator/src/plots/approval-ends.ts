/**
 * Days after the first on which the approval of looking somebody up and writing to him ends: some
 * plots are played before, some after.
 */
export const APPROVAL_ENDS = 9;
