/**
 * Who may do what. A role is held in a tenant; permissions are what routes ask for. A responder commands and an auditor
 * only looks: whoever checks the acts of others gives none.
 */
export const PERMISSIONS = ['read', 'triage', 'respond', 'audit', 'admin'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ['viewer', 'analyst', 'responder', 'admin', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['read'],
  analyst: ['read', 'triage'],
  responder: ['read', 'triage', 'respond'],
  admin: PERMISSIONS,
  auditor: ['read', 'audit'],
};

export const permissionsOf = (role: Role): readonly Permission[] => GRANTS[role];

export const may = (role: Role, permission: Permission): boolean =>
  GRANTS[role].includes(permission);

/** Accounts of these roles sign, so the registry names their keys. */
export const signs = (role: Role): boolean => may(role, 'triage');

/** Who asks: an account, by its session or by a token of its own; the owner of this machine; or a local viewer. */
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
