import { expect, test } from 'vitest';
import { ACTOR_CLASSES } from '../vocabulary/event-vocabulary.ts';
import { classRow, isCriticalFor, isSensitiveFor, SHIPPED_CLASSES } from './class-table.ts';

test('every class has a shipped row with the documented numbers', () => {
  expect(Object.keys(SHIPPED_CLASSES).sort()).toEqual([...ACTOR_CLASSES].sort());
  expect(SHIPPED_CLASSES.scheduled_job.window_grace).toBe('15m');
  expect(SHIPPED_CLASSES.human_triggered.credential_life).toBe('8h');
  expect(SHIPPED_CLASSES.assistive.credential_life).toBe('30m');
  expect(SHIPPED_CLASSES.autonomous.credential_life).toBe('15m');
  expect(SHIPPED_CLASSES.assistive.rubber_stamp).toEqual({ approvals: 20, median: '5s' });
});

test('unknown is at least as strict as every other class', () => {
  expect(classRow(undefined, 'unknown')).toMatchObject({
    approval_for: 'effects',
    unattended_calls: 0,
    credential_life: '15m',
  });
});

test('a policy changes single fields, by class and then by environment; the rest stays shipped', () => {
  const classes = {
    autonomous: {
      credential_life: '10m',
      environments: { prod: { approval_for: 'effects' as const } },
    },
  };
  expect(classRow(classes, 'autonomous', 'dev')).toMatchObject({
    credential_life: '10m',
    approval_for: 'critical',
    unattended_calls: 200,
  });
  expect(classRow(classes, 'autonomous', 'prod').approval_for).toBe('effects');
  // A name that every object has is no environment.
  expect(classRow(classes, 'autonomous', 'constructor').approval_for).toBe('critical');
  expect(classRow(classes, 'assistive', 'prod')).toEqual(SHIPPED_CLASSES.assistive);
});

test('sensitive and critical effects are the shipped ones unless the row names its own', () => {
  const shipped = classRow(undefined, 'semi_autonomous');
  expect(isSensitiveFor(shipped, 'send:external')).toBe(true);
  expect(isCriticalFor(shipped, 'send:external')).toBe(false);
  const own = classRow({ semi_autonomous: { sensitive: ['write:*'] } }, 'semi_autonomous');
  expect(isSensitiveFor(own, 'send:external')).toBe(false);
  expect(isSensitiveFor(own, 'write:config@prod')).toBe(true);
});
