import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CAPABILITY_SYMBOLS,
  grantProblem,
  isCritical,
  isPrivileged,
  isSensitive,
  matchesGrant,
  parseCapability,
} from './capability.ts';

describe('capability symbols', () => {
  it('are the 33 of version 1, each well-formed and given once', () => {
    expect(new Set(CAPABILITY_SYMBOLS).size).toBe(33);
    for (const symbol of CAPABILITY_SYMBOLS) {
      expect(parseCapability(symbol), symbol).toBeDefined();
      expect(grantProblem(symbol)).toBeUndefined();
    }
  });

  it('parse with and without environment, and into nothing when malformed', () => {
    expect(parseCapability('delete:data@prod')).toEqual({
      verb: 'delete',
      object: 'data',
      environment: 'prod',
    });
    expect(parseCapability('acme:launch_rocket')).toEqual({
      verb: 'acme',
      object: 'launch_rocket',
    });
    for (const bad of ['', 'read', 'read:', ':data', 'read:data@dev', 'Read:data', 'read:*', '*']) {
      expect(parseCapability(bad), bad).toBeUndefined();
    }
  });

  it('are privileged exactly as contracts.md lists', () => {
    expect(CAPABILITY_SYMBOLS.filter(isPrivileged)).toEqual([
      'delete:data',
      'delete:backup',
      'exec:shell',
      'exec:code',
      'create:credential',
      'create:identity',
      'create:payee',
      'grant:access',
      'initiate:payment',
      'approve:payment',
      'approve:change',
      'deploy:production',
      'impersonate:user',
      'modify:agent',
    ]);
    expect(isPrivileged('delete:data@nonprod')).toBe(true);
    expect(isPrivileged('delete')).toBe(false);
  });

  it('have every critical effect among the sensitive ones, except disabling the logs', () => {
    const critical = CAPABILITY_SYMBOLS.filter(isCritical);
    expect(critical).toEqual([
      'disable:logging',
      'grant:access',
      'initiate:payment',
      'approve:payment',
      'deploy:production',
    ]);
    expect(critical.filter((c) => !isSensitive(c))).toEqual(['disable:logging']);
  });
});

describe('grants', () => {
  it.each([
    ['*', 'read:secret', true],
    ['*', 'read:secret@prod', true],
    ['read:*', 'read:secret@prod', true],
    ['read:*', 'send:external', false],
    ['read:secret', 'read:secret@prod', true],
    ['read:secret', 'read:secret@nonprod', true],
    ['read:secret@prod', 'read:secret@prod', true],
    ['read:secret@prod', 'read:secret@nonprod', false],
    ['read:secret@prod', 'read:secret', false],
    ['read:*@nonprod', 'read:secret@nonprod', true],
    ['read:*@nonprod', 'read:secret@prod', false],
    ['*@nonprod', 'exec:shell@nonprod', true],
    ['*@prod', 'exec:shell@nonprod', false],
    ['read:sec', 'read:secret', false],
    ['re*', 'read:secret', false],
  ])('%s contains %s: %s', (grant, symbol, contained) => {
    expect(matchesGrant(grant, symbol)).toBe(contained);
  });

  it('say why a pattern is none', () => {
    expect(grantProblem('*:secret')).toContain('verb:*');
    expect(grantProblem('read:*@prod')).toBeUndefined();
  });

  it('without environment contain whatever the same grant with one contains', () => {
    const grant = fc.constantFrom('*', 'read:*', 'read:secret', 'delete:data');
    const symbol = fc
      .tuple(fc.constantFrom(...CAPABILITY_SYMBOLS), fc.constantFrom('', '@prod', '@nonprod'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(grant, fc.constantFrom('@prod', '@nonprod'), symbol, (g, environment, s) => {
        if (matchesGrant(g + environment, s)) expect(matchesGrant(g, s)).toBe(true);
      }),
    );
  });
});
