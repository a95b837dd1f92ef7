/** A real Keycloak on this machine, with a realm of its own: fetched once from Maven Central, run by Java. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../containment/free-port.ts';
import { OIDC_CLIENT } from './oidc-provider.ts';
import { until } from './until.ts';

const VERSION = '26.7.3';
const NAME = `keycloak-${VERSION}`;
const CACHE = fileURLToPath(new URL('../../.cache/keycloak', import.meta.url));
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy';
const START_MS = 180_000;
const has = (command: string) =>
  spawnSync(command, ['-version'], { stdio: 'ignore' }).error === undefined;

/** Why there is none here; undefined: it can be started. */
export function whyNoKeycloak(): string | undefined {
  if (!has('java')) return 'no java on the path';
  return fetchKeycloak() ? undefined : 'Maven could not fetch Keycloak';
}

/** Into a folder aside that is renamed, so that half of it is never run. */
function fetchKeycloak(): boolean {
  if (existsSync(join(CACHE, NAME))) return true;
  if (!has('mvn') || !has('unzip')) return false;
  mkdirSync(CACHE, { recursive: true });
  const aside = mkdtempSync(join(CACHE, 'aside-'));
  const artifact = `-Dartifact=org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`;
  const options = { cwd: aside, stdio: 'ignore' } as const;
  const goal = ['-q', '-B', COPY, artifact, '-DoutputDirectory=.'];
  const isFetched =
    spawnSync('mvn', goal, options).status === 0 &&
    spawnSync('unzip', ['-q', `keycloak-quarkus-dist-${VERSION}.zip`], options).status === 0;
  if (isFetched && !existsSync(join(CACHE, NAME))) renameSync(join(aside, NAME), join(CACHE, NAME));
  rmSync(aside, { recursive: true, force: true });
  return existsSync(join(CACHE, NAME));
}

export interface KeycloakPerson {
  readonly email: string;
  readonly groups: readonly string[];
}

function realmOf(callback: string, people: Readonly<Record<string, KeycloakPerson>>): object {
  const groups = [...new Set(Object.values(people).flatMap((one) => one.groups))];
  const { client_id: clientId, client_secret: secret } = OIDC_CLIENT;
  const config = {
    ...{ 'full.path': 'false', 'claim.name': 'groups' },
    ...{ 'id.token.claim': 'true', 'access.token.claim': 'true', 'userinfo.token.claim': 'true' },
  };
  const mapper = {
    ...{ name: 'groups', protocol: 'openid-connect' },
    ...{ protocolMapper: 'oidc-group-membership-mapper', config },
  };
  const client = {
    ...{ clientId, secret, publicClient: false, standardFlowEnabled: true },
    ...{ redirectUris: [callback], protocolMappers: [mapper] },
  };
  return {
    ...{ realm: 'acme', enabled: true, sslRequired: 'none', clients: [client] },
    groups: groups.map((name) => ({ name })),
    users: Object.entries(people).map(([username, { email, groups: own }]) => ({
      ...{ username, email, emailVerified: true, enabled: true, firstName: username },
      ...{ lastName: 'Acme', groups: own.map((name) => `/${name}`) },
      credentials: [{ type: 'password', value: username, temporary: false }],
    })),
  };
}

export interface RunningKeycloak {
  readonly issuer: string;
  readonly stop: () => void;
}

/** Everybody's password is their login. */
export async function startKeycloak(
  callback: string,
  people: Readonly<Record<string, KeycloakPerson>>,
): Promise<RunningKeycloak> {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-keycloak-'));
  const home = join(folder, NAME);
  spawnSync('cp', ['-r', join(CACHE, NAME), home]);
  mkdirSync(join(home, 'data/import'), { recursive: true });
  writeFileSync(join(home, 'data/import/acme.json'), JSON.stringify(realmOf(callback, people)));
  const port = await freePort();
  const args = ['start-dev', '--import-realm', '--http-host=127.0.0.1', `--http-port=${port}`];
  const child: ChildProcess = spawn(join(home, 'bin/kc.sh'), args, {
    ...{ stdio: ['ignore', 'ignore', 'inherit'], detached: true },
    env: { ...process.env, JAVA_OPTS_KC_HEAP: '-Xms128m -Xmx512m' },
  });
  const issuer = `http://127.0.0.1:${port}/realms/acme`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`Keycloak ended with ${child.exitCode}.`);
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`).catch(() => undefined);
    return answer?.ok === true ? true : undefined;
  }, START_MS);
  const stop = () => {
    // The script starts Java below itself.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { issuer, stop };
}
