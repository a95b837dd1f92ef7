/**
 * Signing in at an OpenID Connect provider (code with PKCE, by openid-client). The account is bound to issuer and subject,
 * never to a name. Its role follows the provider's groups at each sign-in.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as client from 'openid-client';
import { z } from 'zod';
import { ROLES, type Role } from '../core/access/roles.ts';
import { type Account, accountUid } from './account-file.ts';
import { type AccessParts, accessTime } from './guard.ts';
import { beginSession, TRIES } from './session-routes.ts';

export const OIDC_CALLBACK = '/v1/session/oidc/callback';

export const oidcSettings = z.strictObject({
  name: z.string().min(1).max(64).default('single sign-on'),
  issuer: z.url(),
  client_id: z.string().min(1).max(256),
  client_secret: z.string().min(1).max(1_024),
  scopes: z.array(z.string().min(1).max(64)).default(['openid', 'email', 'profile']),
  /** The claim by which people are named here. */
  uid_claim: z.string().min(1).max(64).default('email'),
  groups_claim: z.string().min(1).max(64).default('groups'),
  /** Role of each group; of several the strongest. */
  roles: z.record(z.string().min(1).max(256), z.enum(ROLES)),
  /** Of somebody in none of these groups; left out: not let in. */
  default_role: z.enum(ROLES).optional(),
});
export type OidcSettings = z.infer<typeof oidcSettings>;

const STRENGTH: readonly Role[] = ['admin', 'responder', 'analyst', 'auditor', 'viewer'];

export function roleOfGroups(
  { roles, default_role: fallback }: Pick<OidcSettings, 'roles' | 'default_role'>,
  groups: unknown,
): Role | undefined {
  const named = Array.isArray(groups) ? groups : [groups];
  const inHand = named.flatMap((one) =>
    typeof one === 'string' && Object.hasOwn(roles, one) ? [roles[one]] : [],
  );
  return STRENGTH.find((role) => inHand.includes(role)) ?? fallback;
}

type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string };

/** The account, or why nobody is let in. */
async function accountOf(
  { accounts, tenant }: AccessParts,
  settings: OidcSettings,
  claims: Claims,
): Promise<Pick<Account, 'uid'> | string> {
  const role = roleOfGroups(settings, claims[settings.groups_claim]);
  const known = accounts.findBySubject(claims.iss, claims.sub);
  if (role === undefined) {
    // Whoever lost all groups keeps neither the role nor what goes with it.
    const { [tenant]: lost, ...others } = known?.roles ?? {};
    if (known !== undefined && lost !== undefined) {
      await accounts.setRoles(known.uid, others, known.disabled);
    }
    return 'None of your groups has a role here.';
  }
  if (known !== undefined) {
    if (known.disabled) return 'Your account is disabled.';
    if (known.roles[tenant] !== role) {
      await accounts.setRoles(known.uid, { ...known.roles, [tenant]: role }, false);
    }
    return known;
  }
  const uid = accountUid.safeParse(claims[settings.uid_claim]);
  if (!uid.success) return `The provider tells no usable ${settings.uid_claim} of you.`;
  if (settings.uid_claim === 'email' && claims['email_verified'] === false) {
    return 'The provider has not verified your e-mail address.';
  }
  if (accounts.find(uid.data) !== undefined) {
    return `There is an account ${uid.data} already, and it is not bound to your sign-in.`;
  }
  const subject = { iss: claims.iss, sub: claims.sub };
  return accounts.add({
    uid: uid.data,
    roles: { [tenant]: role },
    by: 'oidc',
    subject,
    mustChange: false,
  });
}

/** A page of ours. */
const beginQuery = z.object({
  to: z
    .string()
    .max(2_048)
    .regex(/^\/(?![/\\])/)
    .catch('/'),
});

class Provider {
  readonly #settings: OidcSettings;
  #config: Promise<client.Configuration> | undefined;

  constructor(settings: OidcSettings) {
    this.#settings = settings;
  }

  /** Asked at a sign-in: a provider that is away stops nobody else. */
  config(): Promise<client.Configuration> {
    const { issuer, client_id: id, client_secret: secret } = this.#settings;
    const url = new URL(issuer);
    const isLocal = url.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname);
    const options = isLocal ? { execute: [client.allowInsecureRequests] } : {};
    this.#config ??= client.discovery(url, id, secret, undefined, options).catch((error) => {
      this.#config = undefined;
      throw error;
    });
    return this.#config;
  }

  async claims(
    current: URL,
    retained: NonNullable<FastifyRequest['session']['oidc']>,
  ): Promise<Claims> {
    const config = await this.config();
    const tokens = await client.authorizationCodeGrant(config, current, {
      pkceCodeVerifier: retained.verifier,
      expectedState: retained.state,
      expectedNonce: retained.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new TypeError('The provider gave no ID token.');
    const more = config.serverMetadata().userinfo_endpoint
      ? await client.fetchUserInfo(config, tokens.access_token, claims.sub)
      : {};
    return { ...more, ...claims };
  }
}

function refuse(reply: FastifyReply, code: 403 | 502, message: string): FastifyReply {
  const what_to_do =
    code === 502
      ? 'Try again; if it stays so, look at --oidc and at the provider.'
      : 'Ask an admin of this installation.';
  // Who comes back from the provider is a person in a browser: a page, and the way back.
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign-in refused · Waywarden</title><h1>Sign-in refused</h1><p>${escaped(message)} ${what_to_do}</p><p><a href="/">Back to Waywarden</a></p></html>`;
  if (reply.request.headers.accept?.includes('text/html') === true) {
    const policy = "default-src 'none'; frame-ancestors 'none'";
    const type = 'text/html; charset=utf-8';
    return reply.code(code).header('content-security-policy', policy).type(type).send(page);
  }
  return reply.code(code).send({ error: 'sign_in_refused', message, what_to_do });
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (text: string) => text.replace(/[&<>]/g, (char) => ESCAPES[char] ?? char);

export function oidcRoutes(app: FastifyInstance, parts: AccessParts, settings: OidcSettings): void {
  const provider = new Provider(settings);
  const redirect_uri = new URL(OIDC_CALLBACK, parts.publicUrl).href;
  const begin = async (request: FastifyRequest, reply: FastifyReply) => {
    const { to: back } = beginQuery.parse(request.query);
    try {
      const config = await provider.config();
      const verifier = client.randomPKCECodeVerifier();
      const state = client.randomState();
      const nonce = client.randomNonce();
      request.session.oidc = { state, nonce, verifier, back };
      const to = client.buildAuthorizationUrl(config, {
        ...{ redirect_uri, state, nonce, scope: settings.scopes.join(' ') },
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return reply.redirect(to.href, 302);
    } catch (error) {
      request.log.error(error, 'the OIDC provider does not answer as it should');
      return refuse(reply, 502, `${settings.name} does not answer.`);
    }
  };
  // The limit on tries comes after its plugin.
  app.after(() => app.get('/v1/session/oidc', { config: TRIES }, begin));
  app.get(OIDC_CALLBACK, async (request, reply) => {
    const retained = request.session.oidc;
    if (retained === undefined) return refuse(reply, 403, 'This sign-in did not begin here.');
    delete request.session.oidc;
    let claims: Claims;
    try {
      claims = await provider.claims(new URL(request.url, parts.publicUrl), retained);
    } catch (error) {
      request.log.warn(error, 'a sign-in by OIDC failed');
      return refuse(reply, 403, `${settings.name} did not confirm the sign-in.`);
    }
    if (parts.sessions.hasEnded(request)) return refuse(reply, 403, 'This sign-in was left.');
    const found = await accountOf(parts, settings, claims);
    const by = typeof found === 'string' ? claims.sub : found.uid;
    const act = typeof found === 'string' ? 'sign_in_refused' : 'signed_in';
    parts.log.write({ at: accessTime(parts), act, by, from: request.ip, detail: 'oidc' });
    if (typeof found === 'string') return refuse(reply, 403, found);
    await beginSession(parts, { request, reply }, found);
    return reply.redirect(retained.back, 302);
  });
}
