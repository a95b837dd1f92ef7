/** Notices to real receivers: Standard Webhooks' own verifier, an SMTP server, HTTP servers that fail and come back. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Alert } from '@waywarden/schemas';
import { loadOrCreateKeyFile, macKeyRing } from '@waywarden/schemas';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildAlert, uuidOf } from '../testing/triage-builders.ts';
import { TENANT, WorkWorld } from '../testing/work-world.ts';
import { Notifier } from './notifier.ts';
import { notifySettings } from './notify-settings.ts';

const SECRET = `whsec_${Buffer.from('a secret that is known to two').toString('base64')}`;
const soon = { timeout: 15_000, interval: 25 };

interface Got {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** Keeps what comes, and answers what it is told to. */
class Receiver {
  readonly got: Got[] = [];
  status = 200;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let text = '';
      request.on('data', (data: Buffer) => {
        text += data.toString();
      });
      request.on('end', () => {
        this.got.push({ path: request.url ?? '', headers: request.headers, text });
        response.writeHead(this.status).end();
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let world: WorkWorld;
let receiver: Receiver;
let url: string;
let notifier: Notifier | undefined;

beforeEach(async () => {
  world = await WorkWorld.open();
  world.nowMs = Date.now();
  receiver = new Receiver();
  url = await receiver.start();
});

afterEach(async () => {
  await notifier?.stop();
  receiver.stop();
  await world.close();
});

function start(receivers: readonly object[]): Notifier {
  const file = { service: 'detector', uses: ['mac'] as const, createdAt: '2026-11-24T09:00:00Z' };
  notifier = new Notifier({
    ...{ log: world.log, tenant: TENANT },
    ring: macKeyRing(loadOrCreateKeyFile(join(world.folder, 'detector.json'), file)),
    settings: notifySettings.parse({ receivers }),
    stateFile: join(world.folder, 'notify.json'),
    publicUrl: 'https://waywarden.acme.example',
    ownerOf: () => 'support@acme',
    workOf: (id) => world.work.follower.board.entry(id),
    isPlaced: (id) => world.work.follower.board.isPlaced(id),
    alertOf: async (id) => {
      const entry = world.work.follower.board.entry(id);
      return entry && (await world.work.lists.records([entry]))[0];
    },
    nowMs: () => world.nowMs,
    pauseMs: () => 20,
  });
  notifier.start();
  return notifier;
}

const webhook = (more: object = {}) => ({
  name: 'siem',
  kind: 'webhook',
  url: `${url}/hook`,
  secret: SECRET,
  ...more,
});
/** A receiver hears of what comes once it has begun. */
const begun = (one: Notifier) =>
  vi.waitFor(() => expect(Object.keys(one.report()).length).toBeGreaterThan(0), soon);

async function told(alert: Partial<Alert>): Promise<void> {
  await world.alert(buildAlert(alert));
}

async function ready(receivers: readonly object[]): Promise<Notifier> {
  const one = start(receivers);
  await begun(one);
  // Until each has noted where the log ends, it would begin behind the first alert.
  const { NotifyState } = await import('./notify-state.ts');
  await vi.waitFor(() => {
    const state = new NotifyState(join(world.folder, 'notify.json'));
    for (const { name } of one.report()) expect(state.of(name)).toBeDefined();
  }, soon);
  return one;
}

describe('a webhook', () => {
  it('is signed so that the standard’s own verifier believes it, and says where to look', async () => {
    await ready([webhook()]);
    await told({});
    await vi.waitFor(() => expect(receiver.got).toHaveLength(1), soon);
    const { text, headers } = receiver.got[0]!;
    const given = headers as Record<string, string>;
    const body = new Webhook(SECRET).verify(text, given) as {
      type: string;
      data: Record<string, unknown>;
    };
    expect(body).toMatchObject({
      type: 'alert.raised',
      data: { severity: 'high', owner: 'support@acme' },
    });
    expect(body.data['url']).toBe(`https://waywarden.acme.example/alerts/${uuidOf(1)}`);
    expect(() => new Webhook(SECRET).verify(`${text} `, given)).toThrow();
  });

  it('tells an alert once at each severity, and when it is withdrawn', async () => {
    await ready([webhook()]);
    await told({});
    await told({ revision: 2, count: 2 });
    await told({ revision: 3, severity: 'critical' });
    await told({ revision: 4, severity: 'critical', state: 'withdrawn' });
    await told({ alert_id: uuidOf(9), state: 'withdrawn' });
    await told({ alert_id: uuidOf(2) });
    await vi.waitFor(() => expect(receiver.got).toHaveLength(4), soon);
    const types = receiver.got.map(({ text }) => [
      JSON.parse(text).type,
      JSON.parse(text).data.severity,
    ]);
    expect(types.toSorted()).toEqual([
      ['alert.raised', 'critical'],
      ['alert.raised', 'high'],
      ['alert.raised', 'high'],
      ['alert.withdrawn', 'critical'],
    ]);
    expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(4);
  });

  it('a receiver that is away for a while misses nothing and gets nothing twice', async () => {
    // As of a token that expired, and is given anew.
    receiver.status = 401;
    await ready([webhook()]);
    for (let n = 1; n <= 3; n++) await told({ alert_id: uuidOf(n) });
    await vi.waitFor(() => expect(receiver.got.length).toBeGreaterThan(2), soon);
    const failed = receiver.got.length;
    receiver.status = 200;
    await vi.waitFor(
      () => expect(notifier?.report()[0]).toMatchObject({ sent: 3, failing: null }),
      soon,
    );
    const taken = receiver.got.slice(failed).map(({ headers }) => headers['webhook-id']);
    expect(new Set(taken).size).toBe(3);
  });

  it('goes on after a restart where it stood', async () => {
    const first = await ready([webhook()]);
    await told({ alert_id: uuidOf(1) });
    await vi.waitFor(() => expect(first.report()[0]?.sent).toBe(1), soon);
    await first.stop();
    await told({ alert_id: uuidOf(2) });
    const second = start([webhook()]);
    await vi.waitFor(() => expect(second.report()[0]?.sent).toBe(2), soon);
    expect(receiver.got.map(({ text }) => JSON.parse(text).data.alert_id)).toEqual([
      uuidOf(1),
      uuidOf(2),
    ]);
  });

  it('a notice that is refused for good is set aside, with why, and the next ones go on', async () => {
    receiver.status = 410;
    const one = await ready([webhook()]);
    await told({ alert_id: uuidOf(1) });
    await vi.waitFor(
      () => expect(one.dead(10)).toMatchObject([{ alert_id: uuidOf(1), why: 'answered 410' }]),
      soon,
    );
    receiver.status = 200;
    await told({ alert_id: uuidOf(2) });
    await vi.waitFor(() => expect(one.report()[0]?.failing).toBeNull(), soon);
  });
});

describe('what people do', () => {
  const pagerduty = () => ({
    ...{ name: 'night', kind: 'pagerduty', routing_key: 'R0', url: `${url}/v2/enqueue` },
  });
  const slack = () => ({ name: 'soc', kind: 'slack', url: `${url}/slack` });
  const actions = () =>
    receiver.got
      .filter(({ path }) => path !== '/slack')
      .map(({ text }) => JSON.parse(text).event_action as string);
  const chats = () => receiver.got.filter(({ path }) => path === '/slack');

  async function close(): Promise<void> {
    await world.addRoles(['analyst']);
    const analyst = await world.signIn('analyst');
    const change = { state: 'closed', classification: 'benign_expected' };
    const alerts = [{ alert_id: uuidOf(1), revision: 1 }];
    const closing = { alerts, change, reason: 'announced' };
    expect((await world.ask('POST', '/v1/triage', analyst, closing)).status).toBe(200);
  }

  it('resolves the incident when the alert is closed, and raises it anew on more evidence', async () => {
    const one = await ready([pagerduty(), slack()]);
    await told({});
    await vi.waitFor(() => expect(receiver.got).toHaveLength(2), soon);
    await close();
    await vi.waitFor(() => expect(actions()).toEqual(['trigger', 'resolve']), soon);
    expect(chats()).toHaveLength(1);
    await one.stop();
    await told({ revision: 2, count: 2 });
    start([pagerduty(), slack()]);
    await vi.waitFor(() => expect(actions()).toEqual(['trigger', 'resolve', 'trigger']), soon);
    await vi.waitFor(() => expect(chats()).toHaveLength(2), soon);
    expect(chats()[1]?.text).toContain('HIGH, AGAIN');
  });

  it('raises anew what was closed and got more evidence while nothing was sent', async () => {
    const one = await ready([pagerduty(), slack()]);
    await told({});
    await vi.waitFor(() => expect(receiver.got).toHaveLength(2), soon);
    await one.stop();
    await close();
    await told({ revision: 2, count: 2 });
    await vi.waitFor(
      () => expect(world.work.follower.board.entry(uuidOf(1))?.reopened).toBe(true),
      soon,
    );
    start([pagerduty(), slack()]);
    await vi.waitFor(() => expect(actions()).toEqual(['trigger', 'trigger']), soon);
    await vi.waitFor(() => expect(chats()).toHaveLength(2), soon);
    expect(chats()[1]?.text).toContain('HIGH, AGAIN');
  });

  it('what was set aside is sent again when somebody asks for it', async () => {
    receiver.status = 410;
    const one = await ready([webhook()]);
    await told({});
    await vi.waitFor(() => expect(one.dead(10)).toHaveLength(1), soon);
    await vi.waitFor(() => expect(world.work.follower.board.entry(uuidOf(1))).toBeDefined(), soon);
    expect(await one.resend('siem')).toEqual({ sent: 0, failed: 1 });
    receiver.status = 200;
    expect(await one.resend('siem')).toEqual({ sent: 1, failed: 0 });
    expect(one.dead(10)).toEqual([]);
    expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await one.resend('nobody')).toBeUndefined();
  });
});

describe('who is told', () => {
  it('is who asked for this severity, kind, owner and hour, and nobody of what is hygiene', async () => {
    const hour = new Date(world.nowMs).getUTCHours();
    const two = (n: number) => String(n % 24).padStart(2, '0');
    const later = `${two(hour + 2)}:00-${two(hour + 3)}:00`;
    await ready([
      webhook({ name: 'all', url: `${url}/all`, match: { severity_min: 'low' } }),
      webhook({ name: 'grave', url: `${url}/grave`, match: { severity_min: 'critical' } }),
      webhook({ name: 'kind', url: `${url}/kind`, match: { kinds: ['class_drift'] } }),
      webhook({ name: 'owner', url: `${url}/owner`, match: { owners: ['somebody@acme'] } }),
      webhook({ name: 'later', url: `${url}/later`, match: { hours: later } }),
    ]);
    await told({ alert_id: uuidOf(1), severity: 'critical' });
    await told({ alert_id: uuidOf(2), kind: 'class_drift' });
    await told({ alert_id: uuidOf(3), hygiene: true });
    await told({ alert_id: uuidOf(4), tenant_id: 'other' });
    await vi.waitFor(() => expect(receiver.got).toHaveLength(4), soon);
    expect(receiver.got.map(({ path }) => path).toSorted()).toEqual([
      '/all',
      '/all',
      '/grave',
      '/kind',
    ]);
  });
});

describe('what a suppression hides by its tool', () => {
  it('is sent to nobody, though the tool is known only later', async () => {
    const tools = new Map([
      [uuidOf(51), 'mail/send'],
      [uuidOf(52), 'erp/pay'],
    ]);
    let isStored = false;
    const rows = <T>(_: string, { ids }: { readonly ids?: unknown } = {}) => {
      const known = (Array.isArray(ids) && isStored ? ids : []).filter((id) => tools.has(id));
      return Promise.resolve(known.map((id) => ({ id, workflow: '', tool: tools.get(id) }) as T));
    };
    await world.close();
    world = await WorkWorld.open({ store: { rows } });
    world.nowMs = Date.now();
    await world.addRoles(['responder']);
    const responder = await world.signIn('responder');
    const scope = { kind: 'hijack_suspected', tool: 'mail/send' };
    const given = { scope, expires_in: '1d', reason: 'a test' };
    expect((await world.ask('POST', '/v1/suppressions', responder, given)).status).toBe(200);
    await ready([webhook()]);
    const at = new Date(world.nowMs + 1_000).toISOString();
    const cites = (n: number) =>
      [{ event_id: uuidOf(n), agent_uid: 'a', role: 'r' }] as unknown as Alert['evidence'];
    await told({ alert_id: uuidOf(1), detected_at: at, evidence: cites(51) });
    await told({ alert_id: uuidOf(2), detected_at: at, evidence: cites(52) });
    isStored = true;
    await vi.waitFor(() => expect(receiver.got).toHaveLength(1), soon);
    expect(JSON.parse(receiver.got[0]!.text).data.alert_id).toBe(uuidOf(2));
    await vi.waitFor(
      () => expect(world.work.follower.board.entry(uuidOf(1))?.state).toBe('suppressed'),
      soon,
    );
  });
});

describe('other receivers', () => {
  it('Slack gets blocks with a button to the page, and an agent’s text stays text', async () => {
    await ready([{ name: 'soc', kind: 'slack', url: `${url}/slack` }]);
    await told({ summary: 'it said <!channel> & <https://evil.example|click>' });
    await vi.waitFor(() => expect(receiver.got).toHaveLength(1), soon);
    const { blocks } = JSON.parse(receiver.got[0]!.text);
    expect(blocks[1].text.text).toContain(
      '&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;',
    );
    expect(blocks.at(-1).elements[0].url).toContain('/alerts/');
  });

  it('PagerDuty gets events v2 with the alert as its key, resolved when it is withdrawn', async () => {
    await ready([
      { name: 'night', kind: 'pagerduty', routing_key: 'R0', url: `${url}/v2/enqueue` },
    ]);
    await told({ severity: 'critical' });
    await told({ revision: 2, severity: 'critical', state: 'withdrawn' });
    await vi.waitFor(() => expect(receiver.got).toHaveLength(2), soon);
    const [raised, over] = receiver.got.map(({ text }) => JSON.parse(text));
    expect(raised).toMatchObject({
      ...{ routing_key: 'R0', event_action: 'trigger', dedup_key: uuidOf(1) },
      payload: { severity: 'critical', source: 'spiffe://acme/agent/mail-1' },
    });
    expect(over).toEqual({ routing_key: 'R0', event_action: 'resolve', dedup_key: uuidOf(1) });
  });

  it('a mail arrives, and the text of an agent adds no header to it', async () => {
    const mails: string[] = [];
    const smtp = new SMTPServer({
      ...{ authOptional: true, disabledCommands: ['STARTTLS'] },
      onData: (stream, _session, done) => {
        let text = '';
        stream.on('data', (data: Buffer) => {
          text += data.toString();
        });
        stream.on('end', () => {
          mails.push(text);
          done();
        });
      },
    });
    await new Promise<void>((resolve) => {
      smtp.listen(0, '127.0.0.1', resolve);
    });
    const { port } = smtp.server.address() as AddressInfo;
    const to = ['soc@acme.example'];
    await ready([
      { name: 'mail', kind: 'email', smtp: `smtp://127.0.0.1:${port}`, from: 'w@acme.example', to },
    ]);
    await told({ title: 'one\r\nBcc: eve@evil.example' });
    await vi.waitFor(() => expect(mails).toHaveLength(1), soon);
    expect(mails[0]).toContain('Subject: [high] one Bcc: eve@evil.example');
    expect(mails[0]?.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/m);
    await new Promise<void>((resolve) => {
      smtp.close(resolve);
    });
  });
});

describe('the file of receivers', () => {
  it.each<[string, object]>([
    ['an address in clear', { ...webhookOf(), url: 'http://siem.acme.example/hook' }],
    ['a secret that is none', { ...webhookOf(), secret: 'x' }],
    ['a field that nobody knows', { ...webhookOf(), bogus: 1 }],
    ['hours of no day', { ...webhookOf(), match: { hours: '25:00-26:00' } }],
    [
      'mail in clear to elsewhere',
      {
        name: 'm',
        kind: 'email',
        smtp: 'smtp://mail.acme.example',
        from: 'a@b.cd',
        to: ['a@b.cd'],
      },
    ],
  ])('%s is refused', (_, one) => {
    expect(notifySettings.safeParse({ receivers: [one] }).success).toBe(false);
  });

  it('two of one name are refused', () => {
    expect(notifySettings.safeParse({ receivers: [webhookOf(), webhookOf()] }).success).toBe(false);
  });
});

function webhookOf() {
  return { name: 'siem', kind: 'webhook', url: 'https://siem.acme.example/hook', secret: SECRET };
}
