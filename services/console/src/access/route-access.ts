/**
 * What each route asks of whoever calls it. A route that is not listed keeps the server from starting: nothing is
 * reachable because somebody forgot to say who may reach it.
 */
import type { Permission } from '../core/access/roles.ts';

/**
 * `open`: anybody (the page's files, signing in). `proof`: the request carries a proof of its own, which its route
 * checks (a signed act, a receiver's key, the control token).
 */
export type RouteAccess = Permission | 'open' | 'proof';

export const ROUTES: Readonly<Record<string, RouteAccess>> = {
  'GET /assets/:name': 'open',
  'GET /v1/session': 'open',
  'POST /v1/session': 'open',
  'DELETE /v1/session': 'open',
  'POST /v1/session/password': 'open',
  'GET /v1/session/oidc': 'open',
  'GET /v1/session/oidc/callback': 'open',
  'GET /v1/openapi.json': 'open',
  'POST /v1/acts': 'proof',
  'GET /v1/receivers/command-keys': 'open',
  'GET /v1/receivers/:receiver/commands': 'proof',
  'POST /v1/receivers/:receiver/receipts': 'proof',
  'PUT /v1/registry': 'proof',
  'POST /v1/verify': 'proof',
  'POST /v1/audit/verify': 'proof',
  'GET /v1/log/:topic': 'proof',
  'GET /v1/dead-letters': 'proof',
  'GET /v1/dead-letters/:id': 'proof',
  'POST /v1/dead-letters/redrive': 'proof',
  'GET /v1/events': 'read',
  'GET /v1/events/:id': 'read',
  'GET /v1/events/:id/why': 'read',
  'GET /v1/alerts': 'read',
  'GET /v1/alerts/:id': 'read',
  'GET /v1/alerts/:id/triage': 'read',
  'GET /v1/decisions': 'read',
  'GET /v1/commands': 'read',
  'GET /v1/status': 'read',
  'GET /v1/response-impact': 'read',
  'GET /api/v1/demo': 'read',
  'GET /v1/preview': 'read',
  'GET /v1/registry': 'read',
  'GET /v1/enforcement': 'read',
  'GET /v1/containments': 'read',
  'GET /v1/console/now': 'read',
  'GET /v1/console/sources': 'read',
  'GET /v1/console/alerts': 'read',
  'GET /v1/console/alerts/:id': 'read',
  'GET /v1/console/agent': 'read',
  'GET /v1/console/agents': 'read',
  'GET /v1/console/containments/:id': 'read',
  'GET /v1/console/approvals': 'read',
  'GET /v1/console/chains': 'read',
  'GET /v1/console/chains/:id': 'read',
  'GET /v1/console/stream': 'read',
  'GET /v1/suppressions': 'read',
  'GET /v1/people': 'read',
  'GET /v1/tuning': 'read',
  'GET /v1/console/rules': 'read',
  'GET /v1/rules/tries': 'read',
  'GET /v1/console/source-health': 'read',
  'GET /v1/console/agent/timeline': 'read',
  'POST /v1/tuning/preview': 'triage',
  'POST /v1/rules/check': 'triage',
  'POST /v1/rules/tries': 'respond',
  'GET /v1/rules/proposals': 'read',
  'GET /v1/rules/proposals/:id': 'read',
  'POST /v1/rules/proposals': 'respond',
  'POST /v1/rules/proposals/:id/publish': 'admin',
  'POST /v1/rules/proposals/:id/withdraw': 'respond',
  'POST /v1/tuning': 'respond',
  'DELETE /v1/tuning/:id': 'respond',
  'GET /v1/export/alerts': 'read',
  'POST /v1/triage': 'triage',
  'POST /v1/suppressions/preview': 'triage',
  'POST /v1/suppressions': 'respond',
  'DELETE /v1/suppressions/:id': 'respond',
  'POST /v1/response': 'respond',
  'GET /v1/accounts': 'audit',
  'POST /v1/accounts': 'admin',
  'PATCH /v1/accounts/:uid': 'admin',
  'POST /v1/accounts/:uid/password': 'admin',
  'GET /v1/audit': 'audit',
  'GET /v1/console/audit': 'audit',
  'GET /v1/notify': 'audit',
  'POST /v1/notify/test': 'admin',
  'POST /v1/notify/resend': 'admin',
  'POST /v1/tokens': 'read',
  'DELETE /v1/tokens/:id': 'read',
  'GET /v1/tokens': 'read',
};

/** Addresses of the page itself, which shows what the session may see. */
const PAGE = /^\/(?!v1\/|api\/)/;

export function routeAccess(method: string, url: string): RouteAccess | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  return ROUTES[`${asked} ${url}`] ?? (asked === 'GET' && PAGE.test(url) ? 'open' : undefined);
}
