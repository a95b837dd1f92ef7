import {
  CAPABILITY_SYMBOLS,
  comparable,
  didYouMean,
  isToolElsewhere,
  jwsPublicKey,
  namedTool,
  parseCapability,
  type Registry,
} from '@waywarden/schemas';
import {
  error,
  grantProblems,
  type RegistryCheck,
  type RegistryProblem,
  repeats,
  warning,
} from './registry-check.ts';

const tools: RegistryCheck = (registry) =>
  registry.tools.flatMap((tool, n) =>
    tool.capabilities.flatMap(({ symbol }, m): readonly RegistryProblem[] => {
      const path = ['tools', n, 'capabilities', m, 'symbol'];
      const meant = didYouMean(symbol, CAPABILITY_SYMBOLS);
      if (parseCapability(symbol) === undefined) {
        return [error(path, `a capability verb:object, without wildcards${meant}`)];
      }
      const plain = symbol.replace(/@(prod|nonprod)$/, '');
      return CAPABILITY_SYMBOLS.some((known) => known === plain)
        ? []
        : [warning(path, `a capability that version 1 lists, unless this one is your own${meant}`)];
    }),
  );

const scopes: RegistryCheck = ({ scope_map: map }) =>
  Object.entries(map).flatMap(([scope, grants]) => grantProblems(grants, ['scope_map', scope]));

type Decoy = Registry['decoys'][number];

function decoyName(decoy: Decoy): string {
  return JSON.stringify([
    decoy.tool?.server,
    decoy.tool?.name,
    decoy.resource_id,
    decoy.credential_uid,
  ]);
}

/** Undefined: nowhere. */
function usedBy({ agents, tools: entries }: Registry, decoy: Decoy): string | undefined {
  const { tool } = decoy;
  if (tool === undefined) return undefined;
  const named = namedTool(tool.name);
  const server = comparable(tool.server ?? named.server ?? '*');
  const isTheDecoy = (pattern: string) => {
    const listed = namedTool(pattern);
    if (comparable(listed.tool) !== comparable(named.tool)) return false;
    return listed.server === undefined || comparable(listed.server) === server;
  };
  const agent = agents.find((one) => one.profile?.tools?.some(isTheDecoy));
  if (agent !== undefined) return `the profile of ${agent.uid} lists it`;
  const entry = entries.find(
    (one) => one.match.tool === tool.name && one.match.server === tool.server,
  );
  return entry?.result_trust === 'trusted' ? 'tools lists it as a system of record' : undefined;
}

const decoys: RegistryCheck = (registry) => {
  const seen = registry.decoys.map(decoyName);
  return registry.decoys.flatMap((decoy, n) => {
    const path = ['decoys', n];
    if (Object.keys(decoy).length === 0) {
      return [error(path, 'a tool, resource_id or credential_uid: this one names nothing')];
    }
    if (seen.indexOf(seen[n] ?? '') !== n) return [warning(path, 'each decoy once')];
    const used = usedBy(registry, decoy);
    if (used !== undefined) {
      return [error(path, `something that nobody has a reason to touch, but ${used}`)];
    }
    const { tool } = decoy;
    if (tool?.server === undefined || !isToolElsewhere(registry, tool)) return [];
    const own = `a tool name that no other server has: where a call tells no server, ${tool.name} is not told`;
    return [warning(path, own)];
  });
};

const receivers: RegistryCheck = ({ agents, receivers: known }) => [
  ...repeats(
    known.map((one) => one.id),
    ['receivers'],
    'id',
  ),
  ...known.flatMap((receiver, n) =>
    receiver.key === undefined && receiver.required
      ? [
          warning(
            ['receivers', n, 'key'],
            'a public JWK: without one its receipts are not believed, and nothing that it must do is ever called contained',
          ),
        ]
      : [],
  ),
  ...known.flatMap((receiver, n) =>
    receiver.probes === true && receiver.key === undefined
      ? [error(['receivers', n, 'probes'], 'a receiver with a key: what it finds is not believed')]
      : [],
  ),
  ...known.flatMap((receiver, n) =>
    receiver.subjects.flatMap((pattern, m) =>
      agents.length === 0 ||
      agents.some(({ uid }) =>
        pattern.endsWith('*') ? uid.startsWith(pattern.slice(0, -1)) : uid === pattern,
      )
        ? []
        : [warning(['receivers', n, 'subjects', m], 'the uid of an agent, or a prefix* of one')],
    ),
  ),
];

/** Counted by keys. */
const operators: RegistryCheck = ({ operators: people = [], receivers: known }) => {
  const holders = [
    ...known.map(({ id, key }) => ({ who: `receiver ${id}`, print: keyPrint(key ?? {}) })),
    ...people.map(({ uid, key }) => ({ who: uid, print: keyPrint(key) })),
  ];
  return [
    ...repeats(
      people.map((one) => one.uid),
      ['operators'],
      'uid',
    ),
    ...people.flatMap(({ key }, n): readonly RegistryProblem[] => {
      const path = ['operators', n, 'key'];
      const print = keyPrint(key);
      if (print === undefined) {
        return [
          warning(path, 'a public JWK that can be used: what this one signs is not believed'),
        ];
      }
      const at = holders.findIndex((one) => one.print === print);
      const other = at < known.length + n ? holders[at] : undefined;
      return other === undefined
        ? []
        : [error(path, `a key of its own: ${other.who} has the same, and two are not told apart`)];
    }),
  ];
};

export const entryChecks: readonly RegistryCheck[] = [tools, scopes, decoys, receivers, operators];

/** Which key a JWK is, whatever else stands in it. Undefined: unusable. */
export function keyPrint(jwk: Readonly<Record<string, unknown>>): string | undefined {
  try {
    const { publicKey } = jwsPublicKey('', jwk);
    return publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  } catch {
    return undefined;
  }
}
