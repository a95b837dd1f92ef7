/**
 * Every request to the API passes here: who asks, whether the route allows it, and whether a page of this server sent it
 * (CSRF token, Origin). Roles are read anew each time: a disabled account is out at once.
 */
import fastifyCookie from '@fastify/cookie';
import fastifyCsrf from '@fastify/csrf-protection';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifySession from '@fastify/session';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  type Identity,
  LOCAL_VIEWER,
  NOBODY,
  PERMISSIONS,
  permissionsOf,
} from '../core/access/roles.ts';
import type { AccessLog } from './access-log.ts';
import type { Account } from './account-file.ts';
import type { Accounts } from './accounts.ts';
import { type RouteAccess, routeAccess } from './route-access.ts';
import type { SessionStore } from './session-store.ts';

const SESSION_MS_MAX = 24 * 3_600_000;
const STREAM = '/v1/console/stream';
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface SessionAccount {
  readonly uid: string;
  readonly epoch: number;
  readonly startedMs: number;
}

declare module 'fastify' {
  interface Session {
    account?: SessionAccount;
    oidc?: {
      readonly state: string;
      readonly nonce: string;
      readonly verifier: string;
      readonly back: string;
    };
  }
  interface FastifyRequest {
    identity: Identity;
    /** For answers that go on. */
    isStillAllowed?(): boolean;
  }
}

export interface AccessParts {
  readonly accounts: Accounts;
  readonly log: AccessLog;
  readonly tenant: string;
  /** Programs on this machine read without signing in. */
  readonly localViewers: boolean;
  /** Accounts of the demo: whoever opens the page is the first of them, and may become another. */
  readonly demoAccounts: readonly string[];
  readonly isControl: (authorization: string | undefined) => boolean;
  readonly publicUrl: string;
  readonly sessionSecret: string;
  readonly sessions: SessionStore;
  readonly nowMs: () => number;
}

export const accessTime = ({ nowMs }: Pick<AccessParts, 'nowMs'>): string =>
  new Date(nowMs()).toISOString();

/** As stored now. */
export function sessionAccount(
  { accounts, sessions, nowMs }: AccessParts,
  { session }: FastifyRequest,
): Account | undefined {
  const retained = sessions.find(session?.sessionId)?.account;
  if (retained === undefined || nowMs() - retained.startedMs > SESSION_MS_MAX) return undefined;
  const account = accounts.find(retained.uid);
  return account?.disabled === false && account.epoch === retained.epoch ? account : undefined;
}

function sessionIdentity(parts: AccessParts, request: FastifyRequest): Identity | undefined {
  const account = sessionAccount(parts, request);
  if (account === undefined) return undefined;
  const { uid, roles, must_change: mustChange } = account;
  const role = roles[parts.tenant] ?? null;
  const permissions = role === null || mustChange ? [] : permissionsOf(role);
  return { via: 'session', uid, role, permissions };
}

function identityOf(parts: AccessParts, request: FastifyRequest): Identity {
  const { authorization } = request.headers;
  if (authorization?.startsWith('Bearer ') === true) {
    if (parts.isControl(authorization)) {
      return { via: 'control', uid: null, role: 'admin', permissions: PERMISSIONS };
    }
    const found = parts.accounts.ofToken(authorization.slice('Bearer '.length), parts.tenant);
    if (found !== undefined) {
      const { account, role, permissions } = found;
      return { via: 'token', uid: account.uid, role, permissions };
    }
  }
  return sessionIdentity(parts, request) ?? (parts.localViewers ? LOCAL_VIEWER : NOBODY);
}

function isOwnOrigin({ publicUrl }: AccessParts, { headers }: FastifyRequest): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  try {
    const asked = new URL(origin);
    return asked.origin === new URL(publicUrl).origin || asked.host === host;
  } catch {
    return false;
  }
}

export const signInNeeded = (reply: FastifyReply): FastifyReply =>
  reply.code(401).send({
    error: 'sign_in_needed',
    message: 'This takes an account, and nobody is signed in.',
    what_to_do: 'Sign in on the page, or send an API token as "Authorization: Bearer <token>".',
  });

function refuse(
  parts: AccessParts,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  needed: string,
): FastifyReply {
  const { uid, role } = request.identity;
  if (uid === null) return signInNeeded(reply);
  if (sessionAccount(parts, request)?.must_change === true) {
    return reply.code(403).send({
      error: 'password_change_needed',
      message: `${uid} still has a password that another person knows.`,
      what_to_do: 'Choose your own, on the page or by POST /v1/session/password {current, next}.',
    });
  }
  return reply.code(403).send({
    error: 'not_allowed',
    message: `${uid} has the role ${role ?? 'of nobody'} here, which does not allow this (${needed}).`,
    what_to_do: 'Ask an admin for a role that has it; docs/guide-console.md lists them.',
  });
}

function asksForOther({ tenant }: AccessParts, { query }: FastifyRequest): boolean {
  const asked = typeof query === 'object' && query !== null && 'tenant' in query;
  return asked && (query as { readonly tenant: unknown }).tenant !== tenant;
}

function accessOf({ method, routeOptions: { url } }: FastifyRequest): RouteAccess | undefined {
  return url === undefined ? 'open' : routeAccess(method, url);
}

function isStillAllowed(parts: AccessParts, request: FastifyRequest): boolean {
  const access = accessOf(request);
  try {
    const { uid, permissions } = identityOf(parts, request);
    const isIn = access === 'open' || access === 'proof';
    return uid === request.identity.uid && (isIn || permissions.some((one) => one === access));
  } catch {
    return false; // Accounts that can't be read.
  }
}

/** What a page asks by itself is no use of a session. */
const isByItself = ({ headers, routeOptions }: FastifyRequest): boolean =>
  headers['x-ww-by-itself'] !== undefined || routeOptions.url === STREAM;

async function guard(
  parts: AccessParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  if (!isByItself(request)) parts.sessions.touch(request.session?.sessionId);
  request.identity = identityOf(parts, request);
  const { url } = request.routeOptions;
  const access = accessOf(request);
  const changes = !SAFE.has(request.method);
  if (changes && access !== 'proof' && !isOwnOrigin(parts, request)) {
    return reply.code(403).send({
      error: 'other_origin',
      message: `A page of ${request.headers.origin ?? ''} may not act here.`,
      what_to_do: 'Use the page of this server.',
    });
  }
  if (access === 'open' || access === 'proof') return undefined;
  if (asksForOther(parts, request)) {
    return reply.code(403).send({
      error: 'not_allowed',
      message: `This server answers for tenant ${parts.tenant} alone.`,
      what_to_do: 'Leave the tenant out, or ask the server of the other one.',
    });
  }
  const { identity } = request;
  if (access === undefined || !identity.permissions.includes(access)) {
    if (changes) {
      const by = identity.uid ?? 'nobody';
      const of = `${request.method} ${url}`;
      parts.log.write({ at: accessTime(parts), act: 'denied', by, of, from: request.ip });
    }
    return refuse(parts, { request, reply }, access ?? 'nobody');
  }
  return undefined;
}

/** A browser sends its cookie along for whoever asks it to; only our own page knows the token. */
function needsCsrf({ method, identity, routeOptions }: FastifyRequest): boolean {
  if (SAFE.has(method) || identity.via !== 'session' || routeOptions.url === undefined)
    return false;
  const access = routeAccess(method, routeOptions.url);
  return access !== 'open' && access !== 'proof';
}

function registerSessions(app: FastifyInstance, parts: AccessParts): void {
  const isSecure = parts.publicUrl.startsWith('https:');
  const { sessions: store } = parts;
  const { cookieName } = store;
  // An answer to a question from before a sign-in must neither clear the new session, nor bring back the old one.
  app.addHook('onSend', (request, _reply, payload, done) => {
    const { session } = request;
    if (session && (store.hasEnded(request) || !session.isModified())) {
      Object.assign(request, { session: null });
    }
    done(null, payload);
  });
  app.register(fastifyCookie);
  app.register(fastifySession, {
    ...{ secret: parts.sessionSecret, cookieName, store, saveUninitialized: false },
    cookie: {
      ...{ httpOnly: true, secure: isSecure, sameSite: 'lax', path: '/' },
      maxAge: SESSION_MS_MAX,
    },
  });
}

export function guardRoutes(app: FastifyInstance, parts: AccessParts): void {
  registerSessions(app, parts);
  app.register(fastifyCsrf, {
    sessionPlugin: '@fastify/session',
    getToken: ({ headers }) => {
      const token = headers['x-csrf-token'];
      return typeof token === 'string' ? token : undefined;
    },
  });
  app.register(fastifyRateLimit, {
    global: false,
    errorResponseBuilder: (_request, { after }) => ({
      statusCode: 429,
      error: 'too_many',
      message: `Too many tries; wait ${after}.`,
      what_to_do: 'Wait, then try again.',
    }),
  });
  app.decorateRequest('identity', null as unknown as Identity);
  app.decorateRequest('isStillAllowed', function isIn(this: FastifyRequest) {
    return isStillAllowed(parts, this);
  });
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) {
      if (routeAccess(one, url) === undefined) {
        throw new TypeError(`Route ${one} ${url} says nowhere who may call it (route-access.ts).`);
      }
    }
  });
  app.addHook('preParsing', (request, reply) => guard(parts, request, reply));
  app.addHook('preHandler', (request, reply, done) => {
    if (needsCsrf(request)) app.csrfProtection(request, reply, done);
    else done();
  });
}
