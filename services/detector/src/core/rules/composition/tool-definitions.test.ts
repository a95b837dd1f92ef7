/** What is guaranteed of many tools: those that have a place keep it, and a change of theirs is seen. */
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { type KnownTool, metTool } from './tool-definitions.ts';

const HOUR = 490_000;
const WEEK = 7 * 24;

interface Shown {
  readonly hash?: string;
  readonly hour?: number;
  readonly assurance?: 'asserted' | 'authenticated';
}

function meet(tools: readonly KnownTool[], name: string, shown: Shown = {}) {
  const { hash = 'd-1', hour = HOUR, assurance = 'authenticated' } = shown;
  const call = event(1, {
    agent: { uid: 'reporter', assurance },
    tool: { name, server: 'office', definition_hash: hash },
  });
  return metTool(tools, call, hour);
}
const met = (count: number, shown: Shown = {}, before: readonly KnownTool[] = []) =>
  Array.from({ length: count }, (_, n) => `${shown.assurance ?? 'own'}-${n}`).reduce(
    (tools, name) => meet(tools, name, shown).tools,
    before,
  );
const isNew = (tools: readonly KnownTool[], name: string) =>
  meet(tools, name, { hash: 'd-2' }).isNew;

describe('the definitions of an agent with more tools than places', () => {
  it('are known of those that came first, however often all are used', () => {
    const tools = met(40, {}, met(40));
    expect(tools).toHaveLength(32);
    expect(isNew(tools, 'own-0')).toBe(true);
    expect(isNew(tools, 'own-39')).toBe(false);
  });

  it('come to be known of another in the place of one that was not used for a week', () => {
    const later = { hour: HOUR + WEEK };
    const used = met(31, later, met(32));
    expect(isNew(meet(used, 'late', later).tools, 'late')).toBe(true);
    expect(isNew(meet(used, 'late', later).tools, 'own-31')).toBe(false);
    expect(isNew(meet(used, 'late', { hour: HOUR + WEEK - 1 }).tools, 'own-31')).toBe(true);
  });

  it('are neither pushed out by tools that are only asserted, nor kept out by them', () => {
    const forged = { assurance: 'asserted', hour: HOUR + 2 * WEEK } as const;
    expect(isNew(met(40, forged, met(32)), 'own-31')).toBe(true);
    expect(isNew(met(32, {}, met(40, forged)), 'own-31')).toBe(true);
  });
});

describe('the definitions of a tool that has many', () => {
  const many = (count: number, before: readonly KnownTool[] = []) =>
    Array.from({ length: count }, (_, n) => `of-${n}`).reduce(
      (tools, hash) => meet(tools, 'routed', { hash }).tools,
      before,
    );

  it('are known, each of them', () => {
    expect(meet(many(24), 'routed', { hash: 'of-0' }).isNew).toBe(false);
    expect(isNew(many(24), 'routed')).toBe(true);
  });

  it('are kept within the room of all tools, and take none from those that have one', () => {
    const tools = many(1000, met(31));
    expect(tools.map(({ definitions }) => definitions).join('')).toHaveLength(256 * 11);
    expect(meet(tools, 'own-0').isNew).toBe(false);
    expect(meet(tools, 'routed', { hash: 'of-999' }).isNew).toBe(false);
    expect(meet(tools, 'routed', { hash: 'of-0' }).isNew).toBe(true);
  });
});
