/**
 * Guarantees: a machine's time zone, language and the names of its settings are not in the bytes.
 * In processes of their own, since both are read once, when a program starts.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { measured } from '../scripts/frozen-fleet.ts';
import { SCENARIOS } from './index.ts';

const PLANS = SCENARIOS.map(
  (scenario) => ({ scenario, seed: 'anywhere', agents: 34, days: 3 }) as const,
);
const SCRIPT = new URL('../scripts/frozen-fleet.ts', import.meta.url).href;

/** What a machine with these settings makes, and how it writes a date and sorts letters. */
function madeWhere(settings: Readonly<Record<string, string>>) {
  const program = `
    import { measured } from ${JSON.stringify(SCRIPT)};
    const fleets = ${JSON.stringify(PLANS)}.map((plan) => measured(plan).sha256);
    const here = [new Date(0).toString(), (0.5).toLocaleString(), ['z', 'ä'].sort(Intl.Collator().compare)];
    process.stdout.write(JSON.stringify({ fleets, here: here.join() }));`;
  const flags = ['--conditions=@waywarden/source', '--import', 'tsx', '--input-type=module'];
  const text = execFileSync(process.execPath, [...flags, '-e', program], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    env: { ...process.env, ...settings },
    encoding: 'utf8',
  });
  return JSON.parse(text);
}

test('the same bytes under another time zone and language', () => {
  const expected = PLANS.map((plan) => measured(plan).sha256);
  const kiribati = madeWhere({
    TZ: 'Pacific/Kiritimati',
    LANG: 'sv_SE.UTF-8',
    LC_ALL: 'sv_SE.UTF-8',
  });
  const newfoundland = madeWhere({
    TZ: 'America/St_Johns',
    LANG: 'en_US.UTF-8',
    LC_ALL: 'en_US.UTF-8',
  });
  // Else the settings were without effect, and this would say nothing.
  expect(kiribati.here).not.toBe(newfoundland.here);
  expect(kiribati.here).toContain('0,5');
  expect(kiribati.fleets).toEqual(expected);
  expect(newfoundland.fleets).toEqual(expected);
}, 300_000);
