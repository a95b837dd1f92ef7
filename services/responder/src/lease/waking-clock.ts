/** A clock for leases: never back, and on through the sleep of a machine, during which the monotonic one stands. */
export function wakingClock(
  monotonicMs: () => number = () => performance.now(),
  wallMs: () => number = () => Date.now(),
): () => number {
  let at = 0;
  let monotonic = monotonicMs();
  let wall = wallMs();
  return () => {
    const [nextMonotonic, nextWall] = [monotonicMs(), wallMs()];
    at += Math.max(nextMonotonic - monotonic, nextWall - wall);
    monotonic = nextMonotonic;
    wall = nextWall;
    return at;
  };
}
