/**
 * Whether the checker would notice: faults put into labels that agree, one field at a time, and how
 * many of them are told. A checker that says "no label disagrees" is worth what it says of wrong ones.
 *
 * Each fault is put into every label that has the field, all labels at once; a label is noticed when
 * something is said of it. What is not noticed is listed by name: it is what the checker can't see.
 */
import { ASSEMBLY_KINDS } from '@waywarden/schemas';
import type { CheckReport } from './check-labels.ts';

type Label = Readonly<Record<string, unknown>>;

interface Fault {
  readonly stream: string;
  readonly name: string;
  /** The label with the fault; undefined: it has nothing to spoil. */
  readonly spoil: (label: Label) => Label | undefined;
}

const HOUR_MS = 3_600_000;

function isLabel(value: unknown): value is Label {
  return typeof value === 'object' && value !== null;
}

const listOf = (label: Label, field: string): readonly unknown[] => {
  const value = label[field];
  return Array.isArray(value) ? value : [];
};

/** One element fewer, from the middle: first and last are told by onset and end. */
function without(field: string, least: number) {
  return (label: Label): Label | undefined => {
    const list = listOf(label, field);
    const at = Math.floor((list.length - 1) / 2);
    return list.length < least
      ? undefined
      : { ...label, [field]: list.filter((_, index) => index !== at) };
  };
}

const firing = (spoil: Fault['spoil']) => (label: Label) =>
  label['verdict'] === 'fires' ? spoil(label) : undefined;

/** The next of a list of names instead of the one that stands there. */
function next(field: string, names: readonly string[]) {
  return (label: Label): Label => ({
    ...label,
    [field]: names[(names.indexOf(String(label[field])) + 1) % names.length],
  });
}

function moved(fields: readonly string[], byMs: number) {
  return (label: Label): Label => {
    const times = fields.map((field) => [
      field,
      new Date(Date.parse(String(label[field])) + byMs).toISOString(),
    ]);
    return { ...label, ...Object.fromEntries(times) };
  };
}

/** A cut that is sound and stops everything of the agent instead of one task. */
function dearer(label: Label): Label | undefined {
  const cuts = listOf(label, 'cuts').filter((cut) => isLabel(cut) && cut['level'] === 'agent');
  return cuts.length === 0 || cuts.length === listOf(label, 'cuts').length
    ? undefined
    : { ...label, cuts };
}

const elsewhere = (label: Label): Label | undefined => {
  const cuts = listOf(label, 'cuts').map((cut) =>
    isLabel(cut) ? { ...cut, agent_uid: 'somebody-else' } : cut,
  );
  return cuts.length === 0 ? undefined : { ...label, cuts };
};

/** Quiet instead of firing: everything that a firing label says is gone. */
const QUIET = {
  verdict: 'quiet',
  kind: null,
  proofs: [],
  contributors: [],
  completed_by: null,
  residual_access: [],
  neutralise: [],
  cuts: [],
};

const FAULTS: readonly Fault[] = [
  { stream: 'assembly', name: 'quiet, not firing', spoil: firing((one) => ({ ...one, ...QUIET })) },
  { stream: 'assembly', name: 'another kind', spoil: firing(next('kind', ASSEMBLY_KINDS)) },
  { stream: 'assembly', name: 'one proof of several fewer', spoil: firing(without('proofs', 2)) },
  {
    stream: 'assembly',
    name: 'a proof without a call',
    spoil: firing((label) => {
      const [proof, ...rest] = listOf(label, 'proofs');
      return Array.isArray(proof) ? { ...label, proofs: [proof.slice(1), ...rest] } : undefined;
    }),
  },
  { stream: 'assembly', name: 'a contributor fewer', spoil: firing(without('contributors', 1)) },
  {
    stream: 'assembly',
    name: 'another completer',
    spoil: firing((label) => {
      const other = listOf(label, 'contributors').find((uid) => uid !== label['completed_by']);
      return other === undefined ? undefined : { ...label, completed_by: other };
    }),
  },
  { stream: 'assembly', name: 'another task', spoil: (label) => ({ ...label, task_id: 'none' }) },
  {
    stream: 'assembly',
    name: 'residual access fewer',
    spoil: firing(without('residual_access', 1)),
  },
  { stream: 'assembly', name: 'neutralise fewer', spoil: firing(without('neutralise', 1)) },
  {
    stream: 'assembly',
    name: 'slow, or not',
    spoil: firing((label) => ({ ...label, slow: label['slow'] !== true })),
  },
  { stream: 'assembly', name: 'cuts of somebody else', spoil: firing(elsewhere) },
  { stream: 'assembly', name: 'the dearest cut alone', spoil: firing(dearer) },
  { stream: 'assembly', name: 'an event fewer', spoil: without('native_ids', 1) },
  {
    stream: 'behavior',
    name: 'another strength',
    spoil: next('strength', ['weak', 'medium', 'strong']),
  },
  { stream: 'behavior', name: 'a kind fewer', spoil: without('acceptable_kinds', 1) },
  { stream: 'behavior', name: 'a task fewer', spoil: without('task_ids', 1) },
  { stream: 'behavior', name: 'an event fewer', spoil: without('native_ids', 1) },
  { stream: 'behavior', name: 'an hour earlier', spoil: moved(['onset', 'end'], -HOUR_MS) },
  { stream: 'behavior', name: 'an hour longer', spoil: moved(['end'], HOUR_MS) },
  {
    stream: 'behavior',
    name: 'another agent',
    spoil: (label) => ({ ...label, agent_uid: 'somebody-else' }),
  },
  { stream: 'benign', name: 'a day later', spoil: moved(['from', 'to'], 24 * HOUR_MS) },
  { stream: 'benign', name: 'an hour longer', spoil: moved(['to'], HOUR_MS) },
  { stream: 'benign', name: 'an agent fewer', spoil: without('agents', 2) },
  {
    stream: 'benign',
    name: 'a kind more',
    spoil: (label) => ({ ...label, acceptable_kinds: ['decoy_touched'] }),
  },
];

export interface FaultResult {
  readonly stream: string;
  readonly name: string;
  readonly put: number;
  readonly missed: readonly string[];
}

export function faultResults(
  labels: readonly unknown[],
  check: (labels: readonly unknown[]) => CheckReport,
): readonly FaultResult[] {
  return FAULTS.map(({ stream, name, spoil }) => {
    const spoilt = new Set<string>();
    const given = labels.map((label) => {
      const wrong = isLabel(label) && label['stream'] === stream ? spoil(label) : undefined;
      if (wrong !== undefined) spoilt.add(String(wrong['incident_id']));
      return wrong ?? label;
    });
    const told = spoilt.size === 0 ? [] : check(given).disagreements;
    const noticed = new Set(told.map((one) => one.incidentId));
    const missed = [...spoilt].filter((id) => !noticed.has(id));
    return { stream, name, put: spoilt.size, missed };
  }).filter(({ put }) => put > 0);
}

const MISSED_MAX = 20;

export function faultReport(
  labels: readonly unknown[],
  check: (labels: readonly unknown[]) => CheckReport,
): string {
  const lines = faultResults(labels, check).map(({ stream, name, put, missed }) => {
    const which = missed.length === 0 ? '' : `; not ${missed.slice(0, MISSED_MAX).join(', ')}`;
    return `${stream}, ${name}: ${put - missed.length} of ${put} noticed${which}`;
  });
  return `${lines.join('\n')}\n`;
}
