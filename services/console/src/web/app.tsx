/** The frame of every page: the line of health on top, the page by its address, the keys. */
import { useMemo, useState } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { idOfAddress } from './data/answers.ts';
import { useKeys } from './data/keys.ts';
import { useLive } from './data/live.ts';
import { useReading } from './data/session.ts';
import { AccountsView } from './pages/accounts-view.tsx';
import { AgentView } from './pages/agent-view.tsx';
import { AgentsView } from './pages/agents-view.tsx';
import { AlertView } from './pages/alert-view.tsx';
import { AlertsView } from './pages/alerts-view.tsx';
import { ApprovalsView } from './pages/approvals-view.tsx';
import { AuditView } from './pages/audit-view.tsx';
import { ChainsView, ChainView } from './pages/chains-view.tsx';
import { ContainmentsView } from './pages/containments-view.tsx';
import { EventView } from './pages/event-view.tsx';
import { NotificationsView } from './pages/notifications-view.tsx';
import { NowView } from './pages/now-view.tsx';
import { OrderView } from './pages/order-view.tsx';
import { ResponseImpactView } from './pages/response-impact-view.tsx';
import { RulesView } from './pages/rules-view.tsx';
import { SourcesView } from './pages/sources-view.tsx';
import { SuppressionsView } from './pages/suppressions-view.tsx';
import { TokensView } from './pages/tokens-view.tsx';
import { KeysHelp } from './parts/keys-help.tsx';
import { NoAccess } from './parts/no-access.tsx';
import { PauseBanner } from './parts/pause-banner.tsx';
import { TopLine } from './parts/top-line.tsx';

function Pages() {
  return (
    <Switch>
      <Route path="/">
        <NowView />
      </Route>
      <Route path="/alerts">
        <AlertsView />
      </Route>
      <Route path="/alerts/*">
        <AlertView key={idOfAddress('/alerts/')} id={idOfAddress('/alerts/')} />
      </Route>
      <Route path="/agents">
        <AgentsView />
      </Route>
      <Route path="/agents/*">
        <AgentView key={idOfAddress('/agents/')} uid={idOfAddress('/agents/')} />
      </Route>
      <Route path="/chains">
        <ChainsView />
      </Route>
      <Route path="/chains/*">
        <ChainView key={idOfAddress('/chains/')} id={idOfAddress('/chains/')} />
      </Route>
      <Route path="/events/*">
        <EventView key={idOfAddress('/events/')} id={idOfAddress('/events/')} />
      </Route>
      <Route path="/containments">
        <ContainmentsView />
      </Route>
      <Route path="/containments/*">
        <OrderView id={idOfAddress('/containments/')} />
      </Route>
      <Route path="/approvals">
        <ApprovalsView />
      </Route>
      <Route path="/suppressions">
        <SuppressionsView />
      </Route>
      <Route path="/rules">
        <RulesView />
      </Route>
      <Route path="/sources">
        <SourcesView />
      </Route>
      <Route path="/accounts">
        <AccountsView />
      </Route>
      <Route path="/tokens">
        <TokensView />
      </Route>
      <Route path="/audit">
        <AuditView />
      </Route>
      <Route path="/notifications">
        <NotificationsView />
      </Route>
      <Route path="/response-impact">
        <ResponseImpactView />
      </Route>
      <Route>
        <p>There is nothing at this address. The first page is one key away: n.</p>
      </Route>
    </Switch>
  );
}

export function App() {
  const reading = useReading();
  const connection = useLive(reading === 'yes');
  const [, go] = useLocation();
  const [help, setHelp] = useState(false);
  useKeys(
    useMemo(
      () => ({
        '?': () => setHelp((open) => !open),
        n: () => go('/'),
        l: () => go('/alerts'),
        f: () => go('/response-impact'),
      }),
      [go],
    ),
  );
  return (
    <>
      <TopLine
        connection={reading === 'yes' ? connection : undefined}
        onHelp={() => setHelp(true)}
      />
      <main className="page">
        {reading === 'no' && <NoAccess />}
        {reading === 'yes' && (
          <>
            <PauseBanner />
            <Pages />
          </>
        )}
      </main>
      <KeysHelp open={help} onClose={() => setHelp(false)} />
    </>
  );
}
