/** Accounts for admins, tokens for everybody, the audit for auditors. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PERMISSIONS, ROLES } from '../core/access/roles.ts';
import { type Account, accountUid } from './account-file.ts';
import { type AccessParts, accessTime, signInNeeded } from './guard.ts';
import { newPassword } from './password.ts';

const DAY_MS = 86_400_000;
const TOKEN_DAYS_MAX = 365;
const AUDIT_MAX = 500;

const uidParameter = z.object({ uid: accountUid });
const newAccount = z.strictObject({ uid: accountUid, role: z.enum(ROLES) });
const changed = z.strictObject({
  role: z.enum(ROLES).nullable().optional(),
  disabled: z.boolean().optional(),
});
const newToken = z.strictObject({
  label: z.string().trim().min(1).max(128),
  scopes: z.array(z.enum(PERMISSIONS)).min(1).max(PERMISSIONS.length),
  days: z.number().int().min(1).max(TOKEN_DAYS_MAX).default(90),
});
export const tokensQuery = z.strictObject({ uid: z.string().min(1).max(128).optional() });
const auditQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(AUDIT_MAX).default(100),
});

function shown(
  { uid, roles, disabled, active, subject, created_at, created_by }: Account,
  tenant: string,
) {
  return {
    ...{ uid, role: roles[tenant] ?? null, disabled, active, created_at, created_by },
    signs_in_by: subject === null ? 'password' : 'oidc',
  };
}

const noAccount = (reply: FastifyReply, uid: string) =>
  reply.code(404).send({
    error: 'not_found',
    message: `There is no account ${uid}.`,
    what_to_do: 'GET /v1/accounts lists them.',
  });

const noToken = (reply: FastifyReply, id: string) =>
  reply.code(404).send({
    error: 'not_found',
    message: `No token ${id} is yours to revoke.`,
    what_to_do: 'GET /v1/tokens lists your own; an admin adds ?uid=UID.',
  });

/** Who has a role here, or none anywhere yet. */
const isOfTenant = ({ roles }: Account, tenant: string): boolean =>
  roles[tenant] !== undefined || Object.keys(roles).length === 0;

/** Who works for other tenants too is no matter of one tenant's admin alone. */
const isShared = ({ roles }: Account, tenant: string): boolean =>
  Object.keys(roles).some((one) => one !== tenant);

function refuseShared(reply: FastifyReply, uid: string): FastifyReply {
  return reply.code(403).send({
    error: 'other_tenants',
    message: `${uid} has roles in other tenants, so only its role here can be changed.`,
    what_to_do: 'Take its role here away, or use "waywarden account" on the machine.',
  });
}

function isLastAdmin({ accounts, tenant }: AccessParts, uid: string): boolean {
  const admins = accounts
    .all()
    .filter((one) => one.roles[tenant] === 'admin' && !one.disabled)
    .map((one) => one.uid);
  return admins.length === 1 && admins[0] === uid;
}

const noTokenByToken = (reply: FastifyReply) =>
  reply.code(403).send({
    error: 'not_allowed',
    message: 'A token manages no tokens.',
    what_to_do: 'Sign in with the account.',
  });

const nameOf = (uid: string | null) => uid ?? 'owner of this machine';

/** Whose tokens somebody may see and revoke. */
function managed({ accounts, tenant }: AccessParts, { identity }: FastifyRequest) {
  const isAdmin = identity.permissions.includes('admin');
  return accounts
    .all()
    .filter((one) => one.uid === identity.uid || (isAdmin && isOfTenant(one, tenant)));
}

const tooMany = (reply: FastifyReply, message: string) =>
  reply.code(409).send({ error: 'too_many', message, what_to_do: 'Revoke or disable one first.' });

function tokenRoutes(app: FastifyInstance, parts: AccessParts): void {
  const { accounts, log } = parts;
  app.get('/v1/tokens', async (request, reply) => {
    const { uid = request.identity.uid } = tokensQuery.parse(request.query);
    if (request.identity.via === 'token') return noTokenByToken(reply);
    if (uid === null) return signInNeeded(reply);
    const found = managed(parts, request).find((one) => one.uid === uid);
    if (found === undefined) return noAccount(reply, uid);
    return { tokens: found.tokens.map(({ digest: _, ...rest }) => rest) };
  });
  app.post('/v1/tokens', async (request, reply) => {
    const { label, scopes, days } = newToken.parse(request.body);
    const { uid, permissions } = request.identity;
    if (request.identity.via === 'token') return noTokenByToken(reply);
    if (uid === null) return signInNeeded(reply);
    const wider = scopes.filter((one) => !permissions.includes(one));
    if (wider.length > 0) {
      return reply.code(403).send({
        error: 'not_allowed',
        message: `A token may no more than its account: ${wider.join(', ')} is not yours.`,
        what_to_do: 'Leave it out.',
      });
    }
    const expires = new Date(parts.nowMs() + days * DAY_MS).toISOString();
    const issued = accounts.issueToken(uid, { label, scopes, expires });
    if (issued === undefined) return tooMany(reply, `${uid} has as many tokens as it may.`);
    log.write({
      at: accessTime(parts),
      act: 'token_issued',
      by: uid,
      of: issued.id,
      detail: label,
    });
    return reply.code(201).send({ ...issued, label, scopes, expires });
  });
  app.delete('/v1/tokens/:id', async (request, reply) => {
    const { id } = z.object({ id: z.uuid() }).parse(request.params);
    const { uid, via, permissions } = request.identity;
    if (via === 'token') return noTokenByToken(reply);
    if (uid === null && !permissions.includes('admin')) return signInNeeded(reply);
    const owner = managed(parts, request).find(({ tokens }) => tokens.some((one) => one.id === id));
    if (owner === undefined) return noToken(reply, id);
    if (owner.uid !== uid && isShared(owner, parts.tenant)) return refuseShared(reply, owner.uid);
    accounts.revokeToken(owner.uid, id);
    const detail = owner.uid;
    log.write({ at: accessTime(parts), act: 'token_revoked', by: nameOf(uid), of: id, detail });
    return reply.code(204).send();
  });
}

function passwordRoute(app: FastifyInstance, parts: AccessParts): void {
  const { accounts, log, tenant } = parts;
  app.post('/v1/accounts/:uid/password', async (request, reply) => {
    const { uid } = uidParameter.parse(request.params);
    const known = accounts.find(uid);
    if (known !== undefined && isShared(known, tenant)) return refuseShared(reply, uid);
    if (known != null && known.subject !== null) {
      return reply.code(409).send({
        error: 'signs_in_elsewhere',
        message: `${uid} signs in at another place and has no password here.`,
        what_to_do: 'Reset it there, or disable the account.',
      });
    }
    const by = nameOf(request.identity.uid);
    const password = await accounts.resetPassword(uid, by);
    if (password === undefined) return noAccount(reply, uid);
    log.write({ at: accessTime(parts), act: 'password_reset', by, of: uid });
    return { uid, first_password: password };
  });
}

export function accountRoutes(app: FastifyInstance, parts: AccessParts): void {
  const { accounts, log, tenant } = parts;
  app.get('/v1/accounts', async () => ({
    accounts: accounts
      .all()
      .filter((one) => isOfTenant(one, tenant))
      .map((one) => shown(one, tenant)),
  }));
  app.post('/v1/accounts', async (request, reply) => {
    const { uid, role } = newAccount.parse(request.body);
    if (accounts.find(uid) !== undefined) {
      return reply.code(409).send({
        error: 'exists',
        message: `There is an account ${uid} already.`,
        what_to_do: 'Change its role (PATCH /v1/accounts/UID), or choose another name.',
      });
    }
    if (accounts.isFull) return tooMany(reply, 'There are as many accounts as there may be.');
    const by = nameOf(request.identity.uid);
    const password = newPassword();
    const made = await accounts.add({ uid, roles: { [tenant]: role }, by, password });
    log.write({ at: accessTime(parts), act: 'account_added', by, of: uid, detail: role });
    return reply.code(201).send({ ...shown(made, tenant), first_password: password });
  });
  app.patch('/v1/accounts/:uid', async (request, reply) => {
    const { uid } = uidParameter.parse(request.params);
    const { role, disabled } = changed.parse(request.body);
    const before = accounts.find(uid);
    if (before === undefined) return noAccount(reply, uid);
    if (disabled !== undefined && isShared(before, tenant)) return refuseShared(reply, uid);
    if (
      isLastAdmin(parts, uid) &&
      (disabled === true || (role !== undefined && role !== 'admin'))
    ) {
      return reply.code(409).send({
        error: 'last_admin',
        message: `${uid} is the last admin here.`,
        what_to_do: 'Make somebody else an admin first.',
      });
    }
    const { [tenant]: own, ...others } = before.roles;
    const next = role === undefined ? own : role;
    const roles = next === undefined || next === null ? others : { ...others, [tenant]: next };
    await accounts.setRoles(uid, roles, disabled ?? before.disabled);
    const by = nameOf(request.identity.uid);
    const detail = `${next ?? 'no role'}${disabled === true ? ', disabled' : ''}`;
    log.write({ at: accessTime(parts), act: 'account_changed', by, of: uid, detail });
    const after = accounts.find(uid);
    return after === undefined ? noAccount(reply, uid) : shown(after, tenant);
  });
  passwordRoute(app, parts);
  tokenRoutes(app, parts);
  app.get('/v1/audit', async (request) => {
    const { limit } = auditQuery.parse(request.query);
    return { access: log.newest(limit) };
  });
}
