/**
 * Guarantees: attacks on behaviour use no field, tool, argument, kind of target or name that daily
 * work does not use, except what the attack is.
 */
import { expect, test } from 'vitest';
import { AGENTS_MIN } from './fleet.ts';
import type { BehaviorLabel } from './labels.ts';
import { simulate } from './simulate.ts';
import type { SimulatedEvent } from './simulated-event.ts';

/** Fields whose values are words of a small vocabulary; of the others only the field counts. */
const WORDED =
  /(?:\.version|\.class|activity|effect|outcome|resource_type|sensitivity|environment|\.name|\.server|\.system|user_agent|trust|symbol|\.type|\.definition_hash|approval\.mode|args\.value\.table|script|channel|title|status)$/;

/** The form of a name: what stands before its number, and how it is built. */
const formOf = (name: string): string =>
  name
    .replace(/[0-9a-f]{12}/g, 'x')
    .replace(/^.*@.*$/, 'mail')
    .replace(/\d+/g, 'n');

function* wordsOf(value: unknown, path: string): Generator<string> {
  if (Array.isArray(value)) for (const one of value) yield* wordsOf(one, `${path}[]`);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) yield* wordsOf(one, `${path}.${key}`);
  } else if (value !== undefined) {
    yield path;
    if (WORDED.test(path)) yield `${path}=${String(value).replace(/_\d+$/, '_n')}`;
    if (/(?:resource_id|native_id|span_id)$/.test(path)) yield `${path}=${formOf(String(value))}`;
  }
}

function* vocabularyOf(event: SimulatedEvent): Generator<string> {
  yield* wordsOf(event, '');
  const { tool, args, result, approval } = event;
  const name = `${tool?.server}/${tool?.name}`;
  for (const key of Object.keys(args?.value ?? {})) yield `${name} is given ${key}`;
  for (const key of Object.keys(args?.features ?? {})) yield `${name} has feature ${key}`;
  // Any call can fail, and says so in the same words.
  const returned = event.outcome === 'tool_error' ? {} : (result?.value ?? {});
  for (const key of Object.keys(returned)) yield `${name} returns ${key}`;
  yield `approval by ${Object.keys(approval ?? {}).join()}`;
}

/** What only attacks have, because it is what they are. */
const EXCEPTIONS: readonly {
  readonly word: RegExp;
  readonly family: string;
  readonly why: string;
}[] = [
  {
    word: /^\.tool\.definition_hash=/,
    family: 'undeclared_change',
    why: 'a definition that nobody else has is the change; a rolled-out one is as new',
  },
  {
    word: /^\.approval\.mode=bypassed$/,
    family: 'approval_bypass',
    why: 'that a decision was bypassed is the attack; `auto` and `none` are everywhere',
  },
];

function split(seed: string) {
  const plan = { scenario: 'fleet-attacks', seed, agents: 3 * AGENTS_MIN, days: 16 } as const;
  const all = [...simulate(plan).lines()];
  const attacks = all.flatMap(({ kind, value }) =>
    kind === 'label' && value.stream === 'behavior' ? [value] : [],
  );
  const familyOf = new Map<string, string>();
  for (const { family, native_ids } of attacks)
    for (const id of native_ids) familyOf.set(id, family);
  const tasks = new Set(attacks.flatMap((a: BehaviorLabel) => a.task_ids));
  return { events: all.flatMap((l) => (l.kind === 'event' ? [l.value] : [])), familyOf, tasks };
}

test.each(['tuning-1', 'tuning-2'])('attacks speak the words of daily work, seed %s', (seed) => {
  const { events, familyOf, tasks } = split(seed);
  const ordinary = new Set<string>();
  for (const event of events) {
    if (familyOf.has(event.native_id) || tasks.has(event.task?.id ?? '')) continue;
    for (const word of vocabularyOf(event)) ordinary.add(word);
  }
  const strange = new Set<string>();
  for (const event of events) {
    const family = familyOf.get(event.native_id);
    if (family === undefined) continue;
    for (const word of vocabularyOf(event)) {
      const excepted = EXCEPTIONS.some((e) => e.family === family && e.word.test(word));
      if (!ordinary.has(word) && !excepted) strange.add(`${family}: ${word}`);
    }
  }
  expect(familyOf.size).toBeGreaterThan(100);
  expect([...strange]).toEqual([]);
});
