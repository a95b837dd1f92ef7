/** A running `up` with a person who orders by hand and a receiver, and what is read of it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Alert, AuditEvent } from '@waywarden/schemas';
import { runCommand, runWaywarden } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { npmStart, type RunningUp } from '../support/up-process.ts';
import { type Listening, startProgram } from './live-clients.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RECEIVER = join(ROOT, 'packages/revocation-consumer/bin/receiver.mjs');
const PERSON = 'ana@acme.example';
const RECEIVER_ID = 'gate';

export interface Containment {
  readonly command_id: string;
  readonly state: string;
  readonly target: { readonly agent_uid: string; readonly task_id?: string };
  readonly receivers: readonly { readonly receiver: string; readonly state: string }[];
  readonly denied: { readonly by_order: boolean } | null;
}

export class LiveWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'waywarden-live-'));
  readonly #started: Listening[] = [];
  #up: RunningUp | undefined;
  token = '';

  get url(): string {
    if (this.#up === undefined) throw new Error('The world is not open.');
    return this.#up.url;
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  /** `agents`: uids that are registered. */
  async open(...agents: readonly string[]): Promise<void> {
    const keys = ['keys', '--receiver', RECEIVER_ID, '--key', this.at('gate.json')];
    const said = execFileSync(process.execPath, [RECEIVER, ...keys], { encoding: 'utf8' });
    const key = ['operator-key', '--by', PERSON, '--out', this.at('ana.json'), '--json'];
    const operator = await runCommand(...key);
    const lines = [
      'version: 1',
      'agents:',
      ...agents.map((uid) => `  - { uid: ${uid}, class: assistive, grants: ["ingest:untrusted"] }`),
      said.trimEnd(),
      'operators:',
      `  - ${JSON.stringify(operator)}`,
    ];
    writeFileSync(this.at('registry.yaml'), `${lines.join('\n')}\n`);
    const policy = join(ROOT, 'packages/revocation-consumer/example/policy.yaml');
    const files = ['--registry', this.at('registry.yaml'), '--policy', policy];
    this.#up = await npmStart(this.at('data'), '--no-demo', ...files);
    this.token = await this.tokenFor('otel/live');
    writeFileSync(this.at('token'), this.token);
  }

  async close(): Promise<void> {
    for (const one of this.#started) one.stop();
    this.#up?.child.kill('SIGTERM');
    await this.#up?.ended;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async tokenFor(source: string): Promise<string> {
    const what = ['--source', source, '--assurance', 'authenticated', '--json'];
    const made = await runCommand('token', 'create', '--data', this.at('data'), ...what);
    return String(made['token']);
  }

  /** The library's own door: `proxy` or `hooks`. */
  async door(kind: 'proxy' | 'hooks', ...flags: readonly string[]): Promise<Listening> {
    const own = ['--receiver', RECEIVER_ID, '--key', this.at('gate.json'), '--tenant', 'default'];
    const where = ['--waywarden', this.url, '--token-file', this.at('token'), '--port', '0'];
    const args = [RECEIVER, kind, ...own, ...where, ...flags];
    const door = await startProgram({ command: process.execPath, args, env: {}, cwd: this.folder });
    return this.keep(door);
  }

  /** Stopped with the world. */
  keep(started: Listening): Listening {
    this.#started.push(started);
    return started;
  }

  /** What a person orders. */
  async order(action: string, ...target: readonly string[]): Promise<void> {
    const by = ['--by', PERSON, '--key', this.at('ana.json'), '--reason', 'seen in a test'];
    const flags = [...target, ...by, '--data', this.at('data'), '--yes'];
    const { code, stdout, stderr } = await runWaywarden('order', action, ...flags);
    if (code !== 0) throw new Error(`order ${action} ended with ${code}: ${stderr}${stdout}`);
  }

  async #ask<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** The first made first. */
  async #events(agent: string): Promise<readonly AuditEvent[]> {
    const { events } = await this.#ask<{ events: readonly { event_id: string }[] }>(
      '/v1/events?limit=200',
    );
    const fates = await Promise.all(
      events.map(({ event_id: id }) => this.#ask<{ event: AuditEvent }>(`/v1/events/${id}`)),
    );
    return fates
      .map(({ event }) => event)
      .filter((one) => one.agent.uid === agent)
      .toSorted((a, b) => (a.event_time < b.event_time ? -1 : 1));
  }

  /** Once so many calls of it are there. */
  eventsOf(agent: string, count: number): Promise<readonly AuditEvent[]> {
    return until(async () => {
      const events = await this.#events(agent);
      return events.length >= count ? events : undefined;
    }, 60_000);
  }

  alertOf(agent: string, kind: string): Promise<Alert> {
    return until(async () => {
      const { alerts } = await this.#ask<{ alerts: readonly Alert[] }>('/v1/alerts?limit=200');
      return alerts.find((one) => one.kind === kind && JSON.stringify(one).includes(agent));
    }, 60_000);
  }

  async containment(agent: string): Promise<Containment | undefined> {
    const said = await this.#ask<{ containments: readonly Containment[] }>('/v1/containments');
    return said.containments.find(({ target }) => target.agent_uid === agent);
  }
}
