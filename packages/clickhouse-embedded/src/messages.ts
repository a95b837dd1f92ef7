// What parent and child say to each other over the IPC channel, and the limits both must agree on.

/** A point at which the child kills itself with SIGKILL, for tests of the "unknown outcome" window of an insert. */
export interface InsertFailpoint {
  /** `insert-received`: body read, nothing applied. `insert-applied`: committed, the client not yet told. */
  readonly at: 'insert-received' | 'insert-applied';
  readonly afterInserts: number;
}

export interface EngineConfig {
  readonly folder: string;
  readonly password?: string | undefined;
  readonly failpoint?: InsertFailpoint | undefined;
  readonly maxMemoryBytesPerQuery: number;
}

export type ToChild =
  | { readonly kind: 'start'; readonly config: EngineConfig }
  /** Comes with a socket handle. */
  | { readonly kind: 'connection'; readonly id: number }
  | { readonly kind: 'ping' }
  | { readonly kind: 'stop' };

export type ToParent =
  | { readonly kind: 'ready' }
  /** The child has its copy of the socket: the parent must not destroy the connection. */
  | { readonly kind: 'took'; readonly id: number }
  | { readonly kind: 'pong' }
  | { readonly kind: 'failed'; readonly message: string };

const isTagged = (value: unknown): value is { readonly kind: string } =>
  typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';

// The channel is between our own two files of one version, so the tag is all there is to check.
export const asToChild = (value: unknown): ToChild | undefined =>
  isTagged(value) ? (value as ToChild) : undefined;
export const asToParent = (value: unknown): ToParent | undefined =>
  isTagged(value) ? (value as ToParent) : undefined;
