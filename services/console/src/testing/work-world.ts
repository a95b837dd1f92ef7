/** A workplace on a real log, with real accounts, for tests: no store, and a responder's desk that notes what it takes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  type Alert,
  activeMacKey,
  alertKey,
  HEADERS,
  loadOrCreateKeyFile,
  type MacKey,
  macHeaders,
  macKeyRing,
  type OperatorAct,
  TOPICS,
} from '@waywarden/schemas';
import { type FastifyInstance, fastify } from 'fastify';
import { AccessLog } from '../access/access-log.ts';
import { Accounts } from '../access/accounts.ts';
import { ROUTES } from '../access/route-access.ts';
import { consoleRoutes } from '../api/console-routes.ts';
import { errorAnswers } from '../api/error-answers.ts';
import { ROLES, type Role } from '../core/access/roles.ts';
import { Workplace, type WorkplaceParts } from '../workplace.ts';

export const TENANT = 'acme';
export const PASSWORD = 'correct horse battery';
const CREATED = '2026-11-24T09:00:00Z';
const CONTROL = 'Bearer the-owner';

export type Headers = Readonly<Record<string, string>>;

function macOf(folder: string, service: string) {
  const file = loadOrCreateKeyFile(join(folder, `${service}.json`), {
    ...{ service, uses: ['mac'] as const, createdAt: CREATED },
  });
  return { key: activeMacKey(file), ring: macKeyRing(file) };
}

function addMissing(app: FastifyInstance): void {
  for (const route of Object.keys(ROUTES)) {
    const [method, url = ''] = route.split(' ') as ['GET', string];
    if (!app.hasRoute({ method, url })) app.route({ method, url, handler: async () => ({}) });
  }
}

export class WorkWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'waywarden-work-'));
  readonly acts: OperatorAct[] = [];
  log!: EventLog;
  app!: FastifyInstance;
  work!: Workplace;
  accounts!: Accounts;
  detector!: MacKey;
  operatorsChanged = 0;
  nowMs = Date.parse('2026-11-24T12:00:00Z');
  #close: () => void = () => undefined;
  #everyRoute = false;

  /** `log`: another than an embedded one of its own; `everyRoute`: also those that other services serve, empty. */
  static async open(
    options: Partial<WorkplaceParts> = {},
    log?: EventLog,
    everyRoute = false,
  ): Promise<WorkWorld> {
    const world = new WorkWorld();
    world.#everyRoute = everyRoute;
    world.log = log ?? (await openLmdbLog({ path: join(world.folder, 'log') }));
    await world.log.createTopics([
      { name: TOPICS.alerts.name, partitions: 2 },
      { name: TOPICS.auditEvents.name, partitions: 1 },
      { name: TOPICS.triage.name, partitions: 1 },
    ]);
    await world.serve(options);
    return world;
  }

  /** Anew on the same folder: what a restart finds. */
  async serve(options: Partial<WorkplaceParts> = {}): Promise<void> {
    const detector = macOf(this.folder, 'detector');
    const console = macOf(this.folder, 'console');
    this.detector = detector.key;
    const now = () => new Date(this.nowMs).toISOString();
    this.accounts = new Accounts({
      file: join(this.folder, 'accounts.json'),
      keys: join(this.folder, 'accounts'),
      now,
      changed: async () => {
        this.operatorsChanged += 1;
      },
    });
    const store = { rows: () => Promise.resolve([]) };
    this.work = new Workplace({
      ...{ log: this.log, store, tenant: TENANT, audience: 'waywarden:acme' },
      rings: { alerts: detector.ring, triage: console.ring },
      macKey: console.key,
      registry: () => undefined,
      take: async ({ act }) => {
        this.acts.push(JSON.parse(act));
        return { outcome: { by: [], withheld: null, issuedIds: [] } };
      },
      ...{
        accounts: this.accounts,
        accessLog: new AccessLog(join(this.folder, 'access.jsonl'), TENANT),
      },
      ...{ localViewers: false, demoAccounts: [], publicUrl: 'http://localhost:80' },
      isControl: (authorization) => authorization === CONTROL,
      nowMs: () => this.nowMs,
      onProblem: (message) => {
        throw new Error(message);
      },
      ...options,
    });
    const app = fastify();
    this.app = app;
    this.work.guard(app);
    errorAnswers(app);
    this.work.routes(app);
    const streams = consoleRoutes(app, {
      ...{ store, log: this.log, tenant: TENANT, rules: () => ({}), now, tryIt: '', connect: [] },
      status: () => Promise.resolve({ counts: null, stages: [] } as never),
      sources: () => [],
      queue: this.work.lists,
    });
    this.#close = () => streams.close();
    if (this.#everyRoute) app.after(() => addMissing(app));
    await this.work.start();
    await app.ready();
  }

  async stopServing(): Promise<void> {
    this.#close();
    await this.app.close();
    await this.work.stop();
  }

  async close(): Promise<void> {
    await this.stopServing();
    await this.log.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** One account of each role, named after it. */
  async addRoles(roles: readonly Role[] = ROLES): Promise<void> {
    for (const role of roles) {
      const given = { uid: role, roles: { [TENANT]: role }, by: 'test', mustChange: false };
      await this.accounts.add({ ...given, password: PASSWORD });
    }
  }

  async signIn(uid: string, password = PASSWORD): Promise<Headers> {
    const payload = { uid, password };
    const answer = await this.app.inject({ method: 'POST', url: '/v1/session', payload });
    if (answer.statusCode !== 204) throw new Error(`${answer.statusCode} ${answer.body}`);
    const [cookie = ''] = [answer.headers['set-cookie']].flat();
    const session = { cookie: String(cookie).split(';')[0] ?? '' };
    const asked = await this.app.inject({ url: '/v1/session', headers: session });
    return { ...session, 'x-csrf-token': asked.json().csrf };
  }

  async ask(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    headers: Headers,
    payload?: object,
  ) {
    const answer = await this.app.inject({
      ...{ method, url, headers },
      ...(payload === undefined ? {} : { payload }),
    });
    return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
  }

  async alert(alert: Alert, key: MacKey = this.detector): Promise<void> {
    const headers = { [HEADERS.type]: 'event' };
    const record = {
      ...{ topic: TOPICS.alerts.name, key: alertKey(alert.tenant_id, alert.alert_id) },
      value: new TextEncoder().encode(JSON.stringify(alert)),
    };
    const sealed = { ...headers, ...macHeaders({ ...record, headers }, key) };
    await this.log.append([{ ...record, headers: sealed }]);
  }
}
