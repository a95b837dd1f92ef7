/** rsyslog, when this machine has it: takes messages over TCP and writes each as a line of a file. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** False, loudly, where it is absent; REQUIRE_SYSLOG makes that an error. */
export function hasSyslogDaemon(): boolean {
  if (spawnSync('rsyslogd', ['-v']).error === undefined) return true;
  if (process.env['REQUIRE_SYSLOG'] === '1') throw new Error('REQUIRE_SYSLOG: no rsyslogd here');
  console.warn(
    `\n${'='.repeat(78)}\nNO rsyslogd: TESTS OF SYSLOG ARE SKIPPED.\n${'='.repeat(78)}\n`,
  );
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export interface SyslogDaemon {
  readonly port: number;
  /** `priority host program text` of each message, in the order in which they came. */
  readonly lines: () => readonly string[];
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

/** Not started yet. */
export async function syslogDaemon(): Promise<SyslogDaemon> {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-syslog-'));
  const port = await freePort();
  const out = join(folder, 'messages');
  writeFileSync(
    join(folder, 'rsyslog.conf'),
    `global(workDirectory="${folder}" maxMessageSize="256k")
module(load="imtcp")
template(name="line" type="string" string="%pri% %hostname% %app-name% %msg%\\n")
input(type="imtcp" port="${port}" address="127.0.0.1")
*.* action(type="omfile" file="${out}" template="line")
`,
  );
  let child: ReturnType<typeof spawn> | undefined;
  return {
    port,
    lines: () => (existsSync(out) ? readFileSync(out, 'utf8').trim().split('\n') : []),
    start: () => {
      const where = ['-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid')];
      child = spawn('rsyslogd', ['-n', ...where], { stdio: 'ignore' });
    },
    stop: async () => {
      if (child?.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
