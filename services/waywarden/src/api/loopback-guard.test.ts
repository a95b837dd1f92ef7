import { describe, expect, it } from 'vitest';
import { isLoopbackHost } from './loopback-guard.ts';

describe('loopback guard', () => {
  it.each(['127.0.0.1:8787', '127.0.0.1', 'localhost:1', 'LOCALHOST', '[::1]:8787'])(
    'lets %s in',
    (host) => expect(isLoopbackHost(host)).toBe(true),
  );

  it.each([undefined, '', 'evil.example', '127.0.0.1.evil.example:8787', 'localhost.evil', '::1'])(
    'refuses %s, which a rebound name may be',
    (host) => expect(isLoopbackHost(host)).toBe(false),
  );
});
