/**
 * Labels of assemblies against what brute force finds: each label field by field, and completions
 * that no label mentions.
 */
import type { Policy, Registry } from '@waywarden/schemas';
import type { Call } from './call.ts';
import type { Completion, Completions } from './completion.ts';
import { cutProblems } from './cut.ts';
import { priceFaults } from './cut-price.ts';
import type { AssemblyLabel, CutAction } from './label.ts';
import type { LinkTable } from './path.ts';
import { eventFaults } from './plot-events.ts';
import { type Neutraliser, residualAccessOf } from './residual-access.ts';
import type { Stream } from './stream.ts';

export interface Disagreement {
  readonly incidentId: string;
  readonly field: string;
  readonly label: string;
  readonly found: string;
}

export interface CheckContext {
  readonly stream: Stream;
  readonly table: LinkTable;
  readonly policy: Policy;
  readonly registry: Registry;
  readonly completions: Completions;
  /** Events that any label names. */
  readonly named: ReadonlySet<string>;
}

const setText = (ids: readonly string[]) => `{${[...ids].sort().join(', ')}}`;
const setsText = (sets: readonly (readonly string[])[]) =>
  sets.length === 0 ? 'none' : [...new Set(sets.map(setText))].sort().join(' | ');

export function proofIds(completion: Completion): readonly (readonly string[])[] {
  return completion.proofs.map((proof) => proof.calls.map((call) => call.id));
}

/** The chains of the calls that a label names; a quiet one must not be completed in any of them. */
function chainsOf(label: AssemblyLabel, stream: Stream): ReadonlySet<string> {
  const named = label.taskId === undefined ? [] : [`task:${label.taskId}`];
  const ofCalls = label.nativeIds.flatMap((id) => {
    const call = stream.byId.get(id);
    return call === undefined ? [] : [call.chain];
  });
  return new Set([...named, ...ofCalls]);
}

/** The completions that a label is about: same combination, in a chain of its calls. */
function completionsFor(label: AssemblyLabel, context: CheckContext): readonly Completion[] {
  const chains = chainsOf(label, context.stream);
  const own = new Set(label.nativeIds);
  return context.completions.found.filter(
    (one) =>
      one.combination === label.combination &&
      chains.has(one.chain) &&
      one.proofs.some((proof) => proof.calls.some((call) => own.has(call.id))),
  );
}

const verdictOf = (found: Completion | undefined) =>
  found !== undefined && !found.approved ? 'fires' : 'quiet';

/** By which links the calls of a proof hang together. */
function linksText(calls: readonly Call[], table: LinkTable): string {
  const isIn = (call: Call | undefined) => call === undefined || calls.includes(call);
  return calls
    .flatMap((call) => table.into(call))
    .filter((link) => isIn(link.from) && isIn(link.needs))
    .map((link) => `${link.from.id} -${link.kind}-> ${link.to.id}`)
    .join(', ');
}

function describe(found: Completion | undefined, table: LinkTable): string {
  if (found === undefined) return 'quiet: no call completes it';
  const links = linksText(found.proofs[0]?.calls ?? [], table);
  const proofs = setsText(proofIds(found));
  if (found.approved) return `quiet: approved; ${proofs}`;
  const outside = found.outside.length === 0 ? '' : `; outside ${found.outside.join('; ')}`;
  return `fires: ${proofs}; by ${links}${outside}`;
}

const neutralisersText = (all: readonly Neutraliser[]) =>
  all.length === 0 ? 'none' : all.map(({ what, action }) => `${what}: ${action}`).join(', ');

const uniqueText = (texts: readonly string[]) => [...new Set(texts)].sort().join(' or ');

function compareFiring(
  label: AssemblyLabel,
  found: Completion,
  { stream }: CheckContext,
): readonly Disagreement[] {
  const out: Disagreement[] = [];
  const differ = (field: string, labelText: string, foundText: string) => {
    if (labelText !== foundText) {
      out.push({ incidentId: label.incidentId, field, label: labelText, found: foundText });
    }
  };
  differ('kind', String(label.kind), found.kinds.join(' or '));
  differ('proofs', setsText(label.proofs), setsText(proofIds(found)));
  differ('contributors', setText(label.contributors), setsText(found.contributors));
  differ('completed_by', String(label.completedBy), found.completer.agent);
  differ('task_id', String(label.taskId), String(found.completer.task));
  differ('slow', String(label.slow), String(found.slow));
  const residual = found.proofs.map((proof) => residualAccessOf(proof.calls, stream.limits));
  differ(
    'residual_access',
    setText(label.residualAccess),
    uniqueText(residual.map(({ what }) => setText(what))),
  );
  differ(
    'neutralise',
    neutralisersText(label.neutralise),
    uniqueText(residual.map(({ neutralise }) => neutralisersText(neutralise))),
  );
  return out;
}

function compareQuiet(label: AssemblyLabel): readonly Disagreement[] {
  const empty = label.kind === null && label.proofs.length === 0 && label.completedBy === null;
  const harmless = label.residualAccess.length === 0 && label.neutralise.length === 0;
  if (empty && harmless && label.cuts.length === 0) return [];
  const text = 'a quiet label that names a kind, proofs, completer, residual access or cuts';
  return [{ incidentId: label.incidentId, field: 'quiet', label: text, found: 'quiet' }];
}

function checkCuts(
  label: AssemblyLabel,
  found: Completion,
  context: CheckContext,
): readonly Disagreement[] {
  if (label.cuts.length === 0) {
    const text = 'no cut stops it';
    return [{ incidentId: label.incidentId, field: 'cuts', label: 'none', found: text }];
  }
  const told = (cut: readonly CutAction[]) =>
    cut.map((one) => `${one.action}@${one.level} ${one.agentUid}`).join(' and ');
  const unsound = label.cuts.flatMap((cut) =>
    cutProblems(cut, found, context.table, context).map((problem) => ({
      incidentId: label.incidentId,
      field: 'cuts',
      label: told(cut),
      found: problem,
    })),
  );
  const dear = priceFaults(label.cuts, found, context.table, context).map((problem) => ({
    incidentId: label.incidentId,
    field: 'cheapest cut',
    label: label.cuts.map(told).join(' or '),
    found: problem,
  }));
  return [...unsound, ...dear];
}

function missingCalls(label: AssemblyLabel, stream: Stream): readonly Disagreement[] {
  const named = new Set([...label.nativeIds, ...label.proofs.flat()]);
  return [...named]
    .filter((id) => !stream.byId.has(id))
    .map((id) => ({
      incidentId: label.incidentId,
      field: 'native_ids',
      label: id,
      found: 'no such event',
    }));
}

export function checkAssemblyLabel(
  label: AssemblyLabel,
  context: CheckContext,
): readonly Disagreement[] {
  const missing = missingCalls(label, context.stream);
  if (missing.length > 0) return missing;
  const events = eventFaults(label, context.named, context.stream).map((fault) => ({
    incidentId: label.incidentId,
    ...fault,
  }));
  return [...events, ...checkVerdict(label, context)];
}

function checkVerdict(label: AssemblyLabel, context: CheckContext): readonly Disagreement[] {
  const candidates = completionsFor(label, context);
  const found = candidates.find((one) => verdictOf(one) === 'fires') ?? candidates[0];
  if (label.verdict !== verdictOf(found)) {
    const told = `${label.verdict}${label.proofs.length === 0 ? '' : `: ${setsText(label.proofs)}`}`;
    return [
      {
        incidentId: label.incidentId,
        field: 'verdict',
        label: told,
        found: describe(found, context.table),
      },
    ];
  }
  if (found === undefined || label.verdict === 'quiet') return compareQuiet(label);
  return [...compareFiring(label, found, context), ...checkCuts(label, found, context)];
}

/** "combinations completed in the stream that no label mentions" */
export function unlabelled(
  labels: readonly AssemblyLabel[],
  context: CheckContext,
): readonly Disagreement[] {
  const mentioned = new Set(labels.flatMap((label) => completionsFor(label, context)));
  return context.completions.found
    .filter((one) => !one.approved && !mentioned.has(one))
    .map((one) => ({
      incidentId: `${one.combination} in ${one.chain}`,
      field: 'unlabelled',
      label: 'no label',
      found: describe(one, context.table),
    }));
}
