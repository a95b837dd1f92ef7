/** Signing in and out with a password, changing it, and who is signed in. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Account, accountUid } from './account-file.ts';
import { type AccessParts, accessTime, sessionAccount, signInNeeded } from './guard.ts';
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, TooManyPasswordsError } from './password.ts';

export const TRIES = { rateLimit: { max: 30, timeWindow: '1 minute' } };
const BODY_BYTES_MAX = 4_096;

const signIn = z.union([
  z.strictObject({ uid: accountUid, password: z.string().min(1).max(PASSWORD_LENGTH_MAX) }),
  z.strictObject({ demo_account: accountUid }),
]);
const change = z.strictObject({
  current: z.string().min(1).max(PASSWORD_LENGTH_MAX),
  next: z.string().min(PASSWORD_LENGTH_MIN).max(PASSWORD_LENGTH_MAX),
});

async function signInto(parts: AccessParts, { session }: FastifyRequest, uid: string) {
  await parts.accounts.activate(uid);
  const epoch = parts.accounts.find(uid)?.epoch ?? 0;
  session.account = { uid, epoch, startedMs: parts.nowMs() };
}

/** A session of its own for each sign-in: one that was planted before is worth nothing. */
export async function beginSession(
  parts: AccessParts,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  { uid }: Pick<Account, 'uid'>,
): Promise<void> {
  await request.session.regenerate();
  await signInto(parts, request, uid);
  // Its secret now: two questions at once would else make one each.
  reply.generateCsrf();
}

function sessionAnswer(
  parts: AccessParts,
  request: FastifyRequest,
  reply: FastifyReply,
  oidc: string | null,
) {
  const account = sessionAccount(parts, request);
  return {
    tenant: parts.tenant,
    uid: account?.uid ?? null,
    role: account?.roles[parts.tenant] ?? null,
    permissions: request.identity.permissions,
    must_change: account?.must_change === true,
    csrf: account === undefined ? null : reply.generateCsrf(),
    oidc,
    demo_accounts: parts.demoAccounts,
  };
}

function refuseSignIn(reply: FastifyReply, why: 'refused' | 'locked'): FastifyReply {
  if (why === 'locked') {
    return reply.code(429).send({
      error: 'locked',
      message: 'Too many wrong passwords for this account.',
      what_to_do: 'Wait 15 minutes, or ask an admin to reset the password.',
    });
  }
  return reply.code(401).send({
    error: 'sign_in_refused',
    message: 'No account has this name and password.',
    what_to_do:
      'Check both. The first password of a new installation stands in first-password.txt of its data folder.',
  });
}

async function accountOf(
  parts: AccessParts,
  given: z.infer<typeof signIn>,
): Promise<Account | 'refused' | 'locked'> {
  if (!('demo_account' in given)) return parts.accounts.signIn(given.uid, given.password);
  const isDemo = parts.demoAccounts.includes(given.demo_account);
  return (isDemo ? parts.accounts.find(given.demo_account) : undefined) ?? 'refused';
}

export function sessionRoutes(app: FastifyInstance, parts: AccessParts, oidc: string | null): void {
  const write =
    (act: 'signed_in' | 'signed_out' | 'sign_in_refused' | 'password_changed') =>
    (request: FastifyRequest, by: string) =>
      parts.log.write({ at: accessTime(parts), act, by, from: request.ip });
  app.get('/v1/session', async (request, reply) => {
    const [demo] = parts.demoAccounts;
    if (request.session.account === undefined && demo !== undefined) {
      await beginSession(parts, { request, reply }, { uid: demo });
      write('signed_in')(request, demo);
      return reply.redirect('/v1/session', 302);
    }
    return sessionAnswer(parts, request, reply, oidc);
  });
  // The routes with a limit on tries come after its plugin.
  app.after(() => {
    app.post(
      '/v1/session',
      { bodyLimit: BODY_BYTES_MAX, config: TRIES },
      async (request, reply) => {
        const given = signIn.parse(request.body);
        const uid = 'uid' in given ? given.uid : given.demo_account;
        let found: Account | 'refused' | 'locked';
        try {
          found = await accountOf(parts, given);
        } catch (error) {
          if (!(error instanceof TooManyPasswordsError)) throw error;
          return refuseSignIn(reply, 'locked');
        }
        if (typeof found === 'string') {
          write('sign_in_refused')(request, uid);
          return refuseSignIn(reply, found);
        }
        // Who becomes another of the demo stays in the session that the page's questions under way name.
        const isChange = 'demo_account' in given && request.session.account !== undefined;
        if (isChange) await signInto(parts, request, uid);
        else await beginSession(parts, { request, reply }, found);
        write('signed_in')(request, uid);
        return reply.code(204).send();
      },
    );
    app.post(
      '/v1/session/password',
      { bodyLimit: BODY_BYTES_MAX, config: TRIES },
      async (request, reply) => {
        const account = () => sessionAccount(parts, request);
        const uid = account()?.uid;
        if (uid === undefined) return signInNeeded(reply);
        const { current, next } = change.parse(request.body);
        const found = await parts.accounts.signIn(uid, current);
        if (typeof found === 'string') return refuseSignIn(reply, found);
        if (next === current || next.toLowerCase().includes(uid.toLowerCase())) {
          return reply.code(400).send({
            error: 'password_weak',
            message: 'The new password is the old one, or holds the name of the account.',
            what_to_do: `Choose another of at least ${PASSWORD_LENGTH_MIN} characters.`,
          });
        }
        const isMeant = () => account()?.uid === uid;
        if (!(await parts.accounts.changePassword(uid, next, isMeant))) return signInNeeded(reply);
        await beginSession(parts, { request, reply }, { uid });
        write('password_changed')(request, uid);
        return reply.code(204).send();
      },
    );
  });
  app.delete('/v1/session', async (request, reply) => {
    const uid = request.session.account?.uid;
    if (uid !== undefined) write('signed_out')(request, uid);
    await request.session.destroy();
    return reply.code(204).send();
  });
}
