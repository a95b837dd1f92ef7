/**
 * What makes the console a place to work in: who is signed in, the lists of alerts, and the desks that take what people
 * do. The server lends it log, store and the responder's desk.
 */
import { randomBytes } from 'node:crypto';
import type { EventLog } from '@waywarden/event-log';
import type { MacKey, MacKeyRing, Registry } from '@waywarden/schemas';
import type { FastifyInstance } from 'fastify';
import type { AccessLog } from './access/access-log.ts';
import { accountRoutes } from './access/account-routes.ts';
import type { Accounts } from './access/accounts.ts';
import { type AccessParts, guardRoutes } from './access/guard.ts';
import { type OidcSettings, oidcRoutes } from './access/oidc.ts';
import { sessionRoutes } from './access/session-routes.ts';
import { SessionStore, sessionCookie } from './access/session-store.ts';
import { type SlaSettings, slaTargets } from './core/triage/sla.ts';
import { Notifier } from './notify/notifier.ts';
import { notifyRoutes } from './notify/notify-routes.ts';
import type { NotifySettings } from './notify/notify-settings.ts';
import { openApiRoute } from './openapi.ts';
import type { StorePort } from './store/console-store.ts';
import { AlertFollower } from './triage/alert-follower.ts';
import { AlertLists } from './triage/alert-lists.ts';
import { auditRoute } from './triage/audit-route.ts';
import { exportRoute } from './triage/export-route.ts';
import { ResponseDesk, type TakeAct } from './triage/response-desk.ts';
import { TriageDesk } from './triage/triage-desk.ts';
import { triageRoutes } from './triage/triage-routes.ts';
import { PublishDesk } from './tuning/publish-desk.ts';
import type { RulesPort } from './tuning/rules-port.ts';
import { TuningDesk } from './tuning/tuning-desk.ts';
import { tuningRoutes } from './tuning/tuning-routes.ts';
import { TwoPeople } from './tuning/two-people.ts';

const SECRET_BYTES = 48;

/** Who may sign in, and where it is written down. */
interface SignInParts {
  readonly accounts: Accounts;
  readonly accessLog: AccessLog;
  readonly localViewers: boolean;
  readonly demoAccounts: readonly string[];
  /** Another place to sign in. */
  readonly oidc?: OidcSettings | undefined;
  readonly isControl: AccessParts['isControl'];
}

/** How acts are signed and taken. */
interface ActParts {
  /** Who signed acts are for (`aud`). */
  readonly audience: string;
  readonly rings: { readonly alerts: MacKeyRing; readonly triage: MacKeyRing };
  readonly macKey: MacKey;
  readonly take: TakeAct;
}

export interface WorkplaceParts extends SignInParts, ActParts {
  readonly log: EventLog;
  readonly store: StorePort;
  /** Of readers of the log; absent: one console for it. */
  readonly group?: string | undefined;
  readonly tenant: string;
  readonly registry: () => Registry | undefined;
  /** Absent: rules are published elsewhere, and none is changed here. */
  readonly rules?: RulesPort | undefined;
  /** How long alerts may wait; absent: the defaults. */
  readonly sla?: SlaSettings | undefined;
  /** Who is told of alerts, and where it is kept how far they came. */
  readonly notify?: { readonly settings: NotifySettings; readonly stateFile: string } | undefined;
  readonly publicUrl: string;
  readonly nowMs: () => number;
  readonly onProblem: (message: string) => void;
}

export class Workplace {
  readonly follower: AlertFollower;
  readonly lists: AlertLists;
  readonly #parts: WorkplaceParts;
  readonly #access: AccessParts;
  readonly #response: ResponseDesk;
  readonly #desk: TriageDesk;
  readonly #tuning: TuningDesk;
  readonly #publishing: PublishDesk | undefined;
  readonly #notifier: Notifier | undefined;

  constructor(parts: WorkplaceParts) {
    this.#parts = parts;
    const { log, store, tenant, audience, rings, macKey, accounts, nowMs, registry, group } = parts;
    const now = () => new Date(nowMs()).toISOString();
    const { onProblem } = parts;
    this.follower = new AlertFollower({ log, tenant, store, rings, group, onProblem });
    this.lists = new AlertLists({
      follower: this.follower,
      log,
      registry,
      now,
      targets: slaTargets(parts.sla),
    });
    const people = new TwoPeople((first, second) => this.#tied(first, second));
    this.#response = new ResponseDesk({ tenant, audience, accounts, take: parts.take, nowMs });
    this.#desk = new TriageDesk({
      ...{ log, tenant, audience, follower: this.follower, accounts, macKey, nowMs },
      response: this.#response,
    });
    this.#tuning = new TuningDesk({
      ...{ lists: this.lists, follower: this.follower, desk: this.#desk },
      ...{ store, rules: parts.rules, nowMs, people },
    });
    this.#publishing =
      parts.rules &&
      new PublishDesk({ follower: this.follower, desk: this.#desk, rules: parts.rules, people });
    this.#notifier = this.#notifierOf(parts);
    this.#access = {
      ...{ accounts, log: parts.accessLog, tenant, nowMs, publicUrl: parts.publicUrl },
      ...{ localViewers: parts.localViewers, demoAccounts: parts.demoAccounts },
      isControl: parts.isControl,
      sessionSecret: randomBytes(SECRET_BYTES).toString('base64url'),
      sessions: new SessionStore(sessionCookie(parts.publicUrl, macKey.id), nowMs),
    };
  }

  #tied(first: string, second: string): string | undefined {
    const { accounts, accessLog, nowMs } = this.#parts;
    const detail = accounts.tie(first, second);
    if (detail !== undefined) {
      const at = new Date(nowMs()).toISOString();
      accessLog.write({ at, act: 'denied', by: second, of: first, detail });
    }
    return detail;
  }

  #notifierOf({ notify, log, tenant, rings, publicUrl, nowMs }: WorkplaceParts) {
    if (notify === undefined) return undefined;
    return new Notifier({
      ...{ log, tenant, ring: rings.alerts, publicUrl, nowMs, ...notify },
      ownerOf: (agent) => this.lists.ownerOf(agent),
      workOf: (id) => this.follower.board.entry(id),
      isPlaced: (id) => this.follower.board.isPlaced(id),
      alertOf: async (id) => {
        const entry = this.follower.board.entry(id);
        return entry && (await this.lists.records([entry]))[0];
      },
    });
  }

  /** Before any other route: every one of them is guarded. */
  guard(app: FastifyInstance): void {
    guardRoutes(app, this.#access);
  }

  routes(app: FastifyInstance): void {
    const { accounts, tenant, nowMs, log, publicUrl } = this.#parts;
    const { oidc, store, accessLog, rings } = this.#parts;
    sessionRoutes(app, this.#access, oidc?.name ?? null);
    if (oidc !== undefined) oidcRoutes(app, this.#access, oidc);
    accountRoutes(app, this.#access);
    openApiRoute(app);
    const { alerts: ring } = rings;
    auditRoute(app, { log, store, accessLog, tenant, ring: rings.triage });
    exportRoute(app, { log, tenant, follower: this.follower, publicUrl, ring });
    const now = () => new Date(nowMs()).toISOString();
    tuningRoutes(app, {
      ...{ desk: this.#tuning, publishing: this.#publishing, rules: this.#parts.rules, now },
    });
    notifyRoutes(app, { notifier: this.#notifier, tenant, now });
    triageRoutes(app, {
      ...{ lists: this.lists, follower: this.follower, desk: this.#desk },
      ...{ response: this.#response, store: this.#parts.store, accounts, tenant, nowMs },
    });
  }

  async start(): Promise<void> {
    await this.follower.start();
    this.#notifier?.start();
  }

  async stop(): Promise<void> {
    await this.#notifier?.stop();
    await this.follower.stop();
  }
}
