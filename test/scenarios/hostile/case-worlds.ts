/** Worlds of their own for cases that need other limits, and what such cases wait for. */
import { type HostileCase, HostileWorld, type WorldOptions } from './hostile-world.ts';

/** What the case was answered there counts for the row. */
export function inWorldOf(options: WorldOptions, run: HostileCase): HostileCase {
  return async (w) => {
    const own = await HostileWorld.open(options);
    try {
      await own.begin(w.name);
      await run(own);
      w.answers.push(...own.answers);
    } finally {
      own.release();
      await own.close();
    }
  };
}

export async function untilInHand(w: HostileWorld, bodies: number): Promise<void> {
  for (;;) {
    const text = await (await fetch(`${w.ingest.url}/metrics`)).text();
    if (text.includes(`waywarden_ingest_in_hand_bodies ${bodies}\n`)) return;
  }
}
