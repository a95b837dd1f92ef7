/** Who asks: an account, by its session or by a token of its own; the owner of this machine; or a local viewer. */
import type { Permission, Role } from '../core/access/roles.ts';

export interface Identity {
  readonly via: 'session' | 'token' | 'control' | 'local';
  /** Null: nobody who could sign. */
  readonly uid: string | null;
  readonly role: Role | null;
  readonly permissions: readonly Permission[];
}

export const NOBODY: Identity = { via: 'local', uid: null, role: null, permissions: [] };
/** A program on this machine, where sign-in is not demanded: it reads, and does nothing in anybody's name. */
export const LOCAL_VIEWER: Identity = {
  via: 'local',
  uid: null,
  role: 'viewer',
  permissions: ['read'],
};
