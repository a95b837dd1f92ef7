/** Guarantees: a target comes back as it was from its parameters, and ids of two levels are none. */
import { expect, it } from 'vitest';
import { TARGET_LEVELS, type TargetLevel, targetOfParameters, targetParameters } from './target.ts';

const WHOSE = { tenant_id: 'acme', agent_uid: 'agent/a' };

const idsOf = (level: TargetLevel): readonly string[] => {
  const { ids, ...rest }: { ids: readonly string[]; oneOf?: readonly string[] } =
    TARGET_LEVELS[level];
  return [...ids, ...(rest.oneOf ?? []).slice(0, 1)];
};

it.each(Object.keys(TARGET_LEVELS) as TargetLevel[])('reads a target of level %s back', (level) => {
  const ids = Object.fromEntries(idsOf(level).map((id) => [id, `its ${id}`]));
  const target = { level, ...WHOSE, ...ids };
  expect(targetOfParameters(WHOSE, targetParameters(target))).toEqual(target);
});

it('reads the payment of a call back', () => {
  const target = { level: 'call', ...WHOSE, call_uid: 'c', payment_id: 'p' };
  expect(targetOfParameters(WHOSE, targetParameters(target))).toEqual(target);
});

it.each([
  { task: 't', credential: 'c' },
  { delegation: 'd' },
  { payment: 'p' },
  { sender: 's', fp: 'f' },
])('finds no level for %j', (parameters) => {
  expect(targetOfParameters(WHOSE, parameters)).toBeUndefined();
});
