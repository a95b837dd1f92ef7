/** Guarantees: a repeat is one call, and whatever names the events and agents have, they are told apart. */
import { describe, expect, it } from 'vitest';
import { SECRET_TO_EGRESS as policy } from '../testing/secret-to-egress.ts';
import { Bench, idOf, step } from '../testing/step-builder.ts';

const LENGTH = 32;

/** A secret is read, much else is done, and the secret is sent. */
function chainOf(length: number, agentOf: (n: number) => string) {
  return Array.from({ length }, (_, n) => {
    const place = { id: `call-${n}`, agent: agentOf(n), at: n };
    if (n === 0) {
      return step({ ...place, capabilities: ['read:secret'], result: { value: 'token' } });
    }
    if (n === length - 1) {
      return step({ ...place, capabilities: ['send:external'], args: { value: 'token' } });
    }
    return step({ ...place, capabilities: ['read:internal'] });
  });
}

describe('a chain', () => {
  it('knows all of its calls, and each once', () => {
    const length = LENGTH;
    const bench = new Bench(policy);
    const calls = chainOf(length, () => 'agent');
    bench.feed(...calls, ...calls);
    const [alert, ...others] = bench.open();
    expect(others).toEqual([]);
    expect(alert?.evidence.map((one) => one.event_id)).toEqual(
      expect.arrayContaining([idOf('call-0'), idOf(`call-${length - 1}`)]),
    );
    expect(alert?.revision).toBe(1);
  });

  it('keeps apart agents of any name', () => {
    const names = ['__proto__', 'constructor', 'toString', ''];
    const bench = new Bench(policy);
    const length = LENGTH + names.length;
    bench.feed(...chainOf(length, (n) => names[n % names.length] ?? ''));
    const retained = [...bench.transaction.entries.keys()].flatMap(
      (key) => /\/agent\/(.*)$/.exec(key)?.[1] ?? [],
    );
    expect(retained.sort()).toEqual([...names].sort());
  });
});
