/** How many times the usual an amount is: what of different agents and features can be compared. */

/** Of what is usually nothing, one is usual: nobody does less and something. */
export function timesOf(amount: number, usual: number): number {
  return Number((amount / Math.max(1, usual)).toPrecision(3));
}
