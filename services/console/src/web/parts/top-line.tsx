/** One line of health, on every page: is it watching, how fast, how far behind, as of when. */
import { Button, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { Link } from 'wouter';
import type { ConsoleStatus } from '../../core/view-model.ts';
import { useNow } from '../data/answers.ts';
import type { Connection } from '../data/live.ts';
import { clock } from '../data/times.ts';
import { Mark } from './mark.tsx';
import { SignIn } from './sign-in.tsx';

const HEALTH: Readonly<Record<ConsoleStatus['health'], string>> = {
  ok: 'Watching',
  behind: 'Behind',
  disk_full: 'Disk full',
  store_unavailable: 'Store does not answer',
  not_ready: 'Not doing its work',
  proof_missing: 'The canary is missing',
  stopping: 'Stopping',
};

/** Where the stages run elsewhere, nothing is known here of whether they watch. */
const healthWords = ({ health, stages }: ConsoleStatus): string =>
  health === 'ok' && stages.length === 0 ? 'Answering' : HEALTH[health];

const PLACES = [
  ['/', 'Now'],
  ['/alerts', 'Alerts'],
  ['/agents', 'Agents'],
  ['/chains', 'Chains'],
  ['/containments', 'Containment'],
  ['/approvals', 'Approvals'],
  ['/rules', 'Rules'],
  ['/sources', 'Sources'],
  ['/response-impact', 'Response impact'],
] as const;

const number = (n: number) => n.toLocaleString('en-GB');

function Numbers({ status }: { readonly status: ConsoleStatus }) {
  const { counts, stages } = status;
  const behind = Math.max(0, ...stages.map((stage) => stage.behind_s));
  return (
    <span className="health-numbers">
      <span>
        <b>{number(status.events_per_s)}</b> events/s
      </span>
      {stages.length > 0 && (
        <span>
          lag <b>{behind < 1 ? 'under 1 s' : `${number(behind)} s`}</b>
        </span>
      )}
      {counts !== null && (
        <>
          <span>
            <b>{number(counts.events)}</b> events stored
          </span>
          <span>
            <b>{number(counts.alerts_open)}</b> open alerts
          </span>
          <span>
            <b>{number(counts.dead_letters)}</b> rejected
          </span>
        </>
      )}
    </span>
  );
}

function Freshness({ connection }: { readonly connection: Connection }) {
  const { dataUpdatedAt } = useNow();
  const asOf = new Date(dataUpdatedAt).toISOString();
  const when = dataUpdatedAt === 0 ? '' : ` as of ${clock(asOf)} UTC`;
  if (connection === 'live') return <span className="quiet">live</span>;
  if (connection === 'asking') {
    return <span className="warn">asking every 5 s{when}; no live connection was given</span>;
  }
  return <span className="warn">not connected{when}; trying again</span>;
}

function ThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <Button variant="subtle" size="compact-sm" onClick={() => setColorScheme(other)}>
      {other === 'dark' ? 'Dark' : 'Light'}
    </Button>
  );
}

function Places() {
  const { data } = useNow();
  return PLACES.filter(([href]) => data?.absent.includes(href) !== true).map(([href, name]) => (
    <Link key={href} href={href}>
      {name}
    </Link>
  ));
}

function Health() {
  const status = useNow().data?.status;
  return (
    <>
      <span className="health" role="status" title={status?.sentence}>
        {status === undefined ? (
          'Asking…'
        ) : (
          <>
            <Mark shape={status.health === 'ok' ? 'ok' : 'warning'} /> {healthWords(status)}
          </>
        )}
      </span>
      {status !== undefined && <Numbers status={status} />}
    </>
  );
}

/** `connection`: undefined while nothing is read. */
export function TopLine({
  connection,
  onHelp,
}: {
  readonly connection: Connection | undefined;
  readonly onHelp: () => void;
}) {
  const isReading = connection !== undefined;
  return (
    <header className="top-line">
      <Link href="/" className="brand">
        Waywarden
      </Link>
      {isReading && (
        <nav className="places" aria-label="Pages of Waywarden">
          <Places />
        </nav>
      )}
      {isReading && <Health />}
      <span className="top-right">
        {isReading && <Freshness connection={connection} />}
        <SignIn />
        <ThemeSwitch />
        <Button variant="subtle" size="compact-sm" onClick={onHelp}>
          Keys ?
        </Button>
      </span>
    </header>
  );
}
