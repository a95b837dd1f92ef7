/**
 * What publishing another registry would change, in the words of who must answer for it: agents,
 * workflows and the rest that are added, changed, retired or gone, and above all what somebody may
 * do afterwards that he may not do now.
 */
import { canonicalJson, matchesGrant, type Registry, type RegistryAgent } from '@waywarden/schemas';

export interface RegistryChange {
  readonly what: 'added' | 'changed' | 'retired' | 'removed';
  /** agent, workflow, principal, tool, decoy, receiver, scope, operator. */
  readonly kind: string;
  readonly id: string;
  /** Fields that differ; empty for what is added or removed. */
  readonly fields: readonly string[];
  /** What follows from it, in sentences. */
  readonly effects: readonly string[];
}

/** Which class may do more by itself. */
const FREEDOM = ['assistive', 'human_triggered', 'scheduled_job', 'semi_autonomous', 'autonomous'];

type Entry = Readonly<Record<string, unknown>>;

function fieldsOf(before: Entry, after: Entry): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.filter((key) => {
    const [was, is] = [before[key], after[key]];
    if (was === undefined || is === undefined) return was !== is;
    return (
      canonicalJson(JSON.parse(JSON.stringify(was))) !==
      canonicalJson(JSON.parse(JSON.stringify(is)))
    );
  });
}

function grantsGained(before: RegistryAgent, after: RegistryAgent): readonly string[] {
  if (after.grants === undefined) return before.grants === undefined ? [] : ['grants unknown now'];
  const inHand = before.grants ?? [];
  const gained = after.grants.filter((one) => !inHand.some((grant) => matchesGrant(grant, one)));
  const lost = inHand.filter((one) => !after.grants?.some((grant) => matchesGrant(grant, one)));
  return [
    ...(gained.length > 0 ? [`gains ${gained.join(', ')}`] : []),
    ...(lost.length > 0 ? [`loses ${lost.join(', ')}`] : []),
  ];
}

function classChange(before: RegistryAgent, after: RegistryAgent): readonly string[] {
  if (before.class === after.class) return [];
  const [was, is] = [FREEDOM.indexOf(before.class), FREEDOM.indexOf(after.class)];
  const how =
    was >= 0 && is > was
      ? 'class widened'
      : is >= 0 && is < was
        ? 'class narrowed'
        : 'class changed';
  return [`${how}: ${before.class} → ${after.class}`];
}

function agentEffects(before: RegistryAgent, after: RegistryAgent): readonly string[] {
  return [
    ...classChange(before, after),
    ...grantsGained(before, after),
    ...(before.state === after.state ? [] : [`state: ${before.state} → ${after.state}`]),
    ...(!before.never_revoke && after.never_revoke
      ? ['nothing automatic may touch it any more']
      : []),
    ...(before.never_revoke && !after.never_revoke ? ['can be revoked automatically'] : []),
  ];
}

function workflowEffects(before: Entry | undefined, after: Entry | undefined): readonly string[] {
  const of = (entry: Entry | undefined) => {
    const list = entry?.['approvals'];
    return Array.isArray(list) ? (list as readonly Entry[]) : [];
  };
  const known = of(before).map((one) => canonicalJson(JSON.parse(JSON.stringify(one))));
  return of(after)
    .filter((one) => !known.includes(canonicalJson(JSON.parse(JSON.stringify(one)))))
    .map((one) => `approves ${String(one['combination'])} until ${String(one['expires'])}`);
}

function compare(
  kind: string,
  before: ReadonlyMap<string, Entry>,
  after: ReadonlyMap<string, Entry>,
): readonly RegistryChange[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  return ids.flatMap((id): readonly RegistryChange[] => {
    const [was, is] = [before.get(id), after.get(id)];
    const effects = kind === 'workflow' ? workflowEffects(was, is) : [];
    if (was === undefined) return [{ what: 'added', kind, id, fields: [], effects }];
    if (is === undefined) return [{ what: 'removed', kind, id, fields: [], effects }];
    const fields = fieldsOf(was, is);
    return fields.length === 0 ? [] : [{ what: 'changed', kind, id, fields, effects }];
  });
}

function withAgentEffects(
  change: RegistryChange,
  before: RegistryAgent | undefined,
  after: RegistryAgent | undefined,
): RegistryChange {
  if (after === undefined) {
    return { ...change, effects: ['is unregistered from then on: whatever it does is told'] };
  }
  if (before === undefined) {
    const may = after.grants === undefined ? 'unknown' : after.grants.join(', ') || 'nothing';
    return { ...change, effects: [`${after.class}, ${after.state}; granted: ${may}`] };
  }
  const retires = after.state === 'retired' && before.state !== 'retired';
  const what = retires ? 'retired' : change.what;
  return { ...change, what, effects: agentEffects(before, after) };
}

/** Whose signature is believed: no change of it may be overlooked. */
function operatorChanges(before: Registry | undefined, after: Registry): readonly RegistryChange[] {
  const of = (registry: Registry | undefined) =>
    new Map((registry?.operators ?? []).map((one) => [one.uid, one] as const));
  return compare('operator', of(before), of(after)).map((change) => ({
    ...change,
    effects: [
      change.what === 'removed'
        ? 'may sign acts no longer'
        : 'whoever holds this key may sign acts, alone or as a second person',
    ],
  }));
}

const keyed = (entries: readonly Entry[], idOf: (entry: Entry) => string) =>
  new Map(entries.map((entry) => [idOf(entry), entry]));
const asText = (entry: Entry) => JSON.stringify(entry);
const field = (key: string) => (entry: Entry) => String(entry[key]);

/** `before` undefined: nothing was published. Sorted by kind and id. */
export function diffRegistry(
  before: Registry | undefined,
  after: Registry,
): readonly RegistryChange[] {
  const agentsOf = (registry: Registry | undefined) =>
    new Map((registry?.agents ?? []).map((agent) => [agent.uid, agent]));
  const [known, given] = [agentsOf(before), agentsOf(after)];
  const agents = compare('agent', known, given).map((change) =>
    withAgentEffects(change, known.get(change.id), given.get(change.id)),
  );
  const scopes = (registry: Registry | undefined): Map<string, Entry> =>
    new Map(
      Object.entries(registry?.scope_map ?? {}).map(([scope, grants]) => [scope, { grants }]),
    );
  const lists = [
    ['workflow', 'workflows', field('name')],
    ['principal', 'principals', field('uid')],
    ['tool', 'tools', (entry: Entry) => JSON.stringify(entry['match'])],
    ['decoy', 'decoys', asText],
    ['receiver', 'receivers', field('id')],
  ] as const;
  return [
    ...operatorChanges(before, after),
    ...agents,
    ...lists.flatMap(([kind, list, idOf]) =>
      compare(kind, keyed(before?.[list] ?? [], idOf), keyed(after[list], idOf)),
    ),
    ...compare('scope', scopes(before), scopes(after)),
  ];
}

const MARKS = { added: '+', changed: '~', retired: '-', removed: '-' } as const;

/** A line a change, as the command line shows it. */
export function changeLines(changes: readonly RegistryChange[]): readonly string[] {
  return changes.map(({ what, kind, id, fields, effects }) => {
    const details = [...(fields.length > 0 ? [`changed: ${fields.join(', ')}`] : []), ...effects];
    return `  ${MARKS[what]} ${kind} ${id} (${what})${details.length > 0 ? `: ${details.join('; ')}` : ''}`;
  });
}
