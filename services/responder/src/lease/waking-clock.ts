/** A clock that never goes back and runs through a machine's sleep. */
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
