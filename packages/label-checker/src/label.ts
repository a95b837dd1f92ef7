/**
 * A line of a labels file, as docs/benchmarks-fleet.md ("A label") describes it. Unknown fields are
 * kept: a label may say more than can be checked.
 */
import { TARGET_LEVEL_NAMES } from '@waywarden/schemas';

import type { Neutraliser } from './residual-access.ts';

export interface CutAction {
  readonly action: string;
  readonly level: string;
  readonly agentUid: string;
  readonly ids: ReadonlyMap<string, string>;
}

export interface AssemblyLabel {
  readonly stream: 'assembly';
  readonly incidentId: string;
  readonly verdict: string;
  readonly kind: string | null;
  readonly combination: string;
  readonly variant: string;
  readonly proofs: readonly (readonly string[])[];
  readonly contributors: readonly string[];
  readonly completedBy: string | null;
  readonly taskId: string | undefined;
  /** Alternatives; each is one action or several together. */
  readonly cuts: readonly (readonly CutAction[])[];
  readonly nativeIds: readonly string[];
  readonly residualAccess: readonly string[];
  readonly neutralise: readonly Neutraliser[];
  readonly slow: boolean;
}

/** A label of another stream, as it stands. */
export interface OtherLabel {
  readonly stream: string;
  readonly incidentId: string;
  readonly fields: ReadonlyMap<string, unknown>;
}

export type ReadLabel =
  | { readonly label: AssemblyLabel }
  | { readonly other: OtherLabel }
  | { readonly problem: string };

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return new Map(isObject ? Object.entries(value) : []);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The texts of a list; undefined when it is no list of texts. */
export function textsOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((item) => typeof item === 'string');
  return texts.length === value.length ? texts : undefined;
}

function cutAction(value: unknown): CutAction {
  const fields = fieldsOf(value);
  const target = fields.has('target') ? fieldsOf(fields.get('target')) : fields;
  const known = new Set(['action', 'level', 'agent_uid', 'tenant_id', 'target']);
  return {
    action: textOf(fields.get('action')) ?? '',
    level: TARGET_LEVEL_NAMES.find((name) => name === target.get('level')) ?? '',
    agentUid: textOf(target.get('agent_uid')) ?? '',
    ids: new Map(
      [...target].flatMap(([key, id]) =>
        typeof id === 'string' && !known.has(key) ? [[key, id]] : [],
      ),
    ),
  };
}

function cutsOf(value: unknown): readonly (readonly CutAction[])[] {
  if (!Array.isArray(value)) return [];
  return value.map((one) => (Array.isArray(one) ? one.map(cutAction) : [cutAction(one)]));
}

function neutralisersOf(value: unknown): readonly Neutraliser[] {
  if (!Array.isArray(value)) return [];
  return value.map((one) => ({
    what: textOf(fieldsOf(one).get('what')) ?? '',
    action: textOf(fieldsOf(one).get('action')) ?? '',
  }));
}

function proofsOf(value: unknown): readonly (readonly string[])[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const proofs = value.map(textsOf).filter((proof) => proof !== undefined);
  return proofs.length === value.length ? proofs : undefined;
}

function assemblyLabel(fields: ReadonlyMap<string, unknown>): ReadLabel {
  const incidentId = textOf(fields.get('incident_id'));
  const verdict = textOf(fields.get('verdict'));
  const combination = textOf(fields.get('combination'));
  const proofs = proofsOf(fields.get('proofs'));
  const contributors = textsOf(fields.get('contributors'));
  const nativeIds = textsOf(fields.get('native_ids'));
  if (incidentId === undefined || verdict === undefined || combination === undefined) {
    return { problem: 'incident_id, verdict and combination must be texts' };
  }
  if (proofs === undefined || contributors === undefined || nativeIds === undefined) {
    return {
      problem: `${incidentId}: proofs, contributors and native_ids must be lists of native ids and uids`,
    };
  }
  return {
    label: {
      stream: 'assembly',
      incidentId,
      verdict,
      kind: textOf(fields.get('kind')) ?? null,
      combination,
      variant: textOf(fields.get('variant')) ?? '',
      proofs,
      contributors,
      completedBy: textOf(fields.get('completed_by')) ?? null,
      taskId: textOf(fields.get('task_id')),
      cuts: cutsOf(fields.get('cuts')),
      nativeIds,
      residualAccess: textsOf(fields.get('residual_access')) ?? [],
      neutralise: neutralisersOf(fields.get('neutralise')),
      slow: fields.get('slow') === true,
    },
  };
}

export function readLabel(value: unknown): ReadLabel {
  const fields = fieldsOf(value);
  const stream = textOf(fields.get('stream'));
  if (stream === undefined) return { problem: 'stream must be a text' };
  if (stream === 'assembly') return assemblyLabel(fields);
  const incidentId = textOf(fields.get('incident_id'));
  if (incidentId === undefined) return { problem: 'incident_id must be a text' };
  return { other: { stream, incidentId, fields } };
}
