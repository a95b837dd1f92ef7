/** A verified token's word on who acts replaces the body's. */
import { type Assurance, formatLogTime, type InputEvent } from '@waywarden/schemas';

export interface ProvenIdentity {
  readonly uid: string;
  readonly principal?: string | undefined;
  readonly chain: readonly { readonly uid: string; readonly assurance: Assurance }[];
  readonly credential?: string | undefined;
  readonly expiresAt: number;
  readonly scopes: readonly string[];
}

const LISTED_MAX = 256;
const UID_SOURCE = 'token';

export function withoutHopAssurance(input: InputEvent): InputEvent {
  const chain = input.delegation?.chain;
  if (chain?.some(({ assurance }) => assurance !== undefined) !== true) return input;
  const plain = chain.map(({ assurance: _, ...hop }) => hop);
  return { ...input, delegation: { ...input.delegation, chain: plain } };
}

/** The token does. */
export function byItself(body: unknown, uid: string): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return 'agent' in body ? body : { ...body, agent: { uid } };
}

export function underIdentity(input: InputEvent, identity: ProvenIdentity): InputEvent {
  const { uid, principal, chain, credential, expiresAt, scopes } = identity;
  const {
    delegation: _delegation,
    principal: _principal,
    credential: _credential,
    ...rest
  } = input;
  const [root] = chain;
  const parent = chain.at(-1);
  return {
    ...rest,
    agent: { ...input.agent, uid, uid_source: UID_SOURCE },
    ...(principal !== undefined && { principal: { uid: principal } }),
    ...(credential !== undefined && {
      credential: {
        uid: credential,
        type: 'access_token',
        expires_at: formatLogTime({ ms: expiresAt, ns: 0 }),
      },
    }),
    ...(scopes.length > 0 && { scopes: scopes.slice(0, LISTED_MAX) }),
    ...(root !== undefined &&
      parent !== undefined && {
        delegation: {
          root_agent_uid: root.uid,
          parent_agent_uid: parent.uid,
          depth: chain.length,
          chain: chain.map((hop) => ({
            agent_uid: hop.uid,
            via: 'act_claim',
            assurance: hop.assurance,
          })),
        },
      }),
  };
}
