/** The frame of every page: the line of health on top, the page by its address, the keys. */
import { useMemo, useState } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { useKeys } from './data/keys.ts';
import { useLive } from './data/live.ts';
import { AgentView } from './pages/agent-view.tsx';
import { AlertView } from './pages/alert-view.tsx';
import { ChainView } from './pages/chain-view.tsx';
import { NowView } from './pages/now-view.tsx';
import { KeysHelp } from './parts/keys-help.tsx';
import { TopLine } from './parts/top-line.tsx';

export function App() {
  const connection = useLive();
  const [, go] = useLocation();
  const [help, setHelp] = useState(false);
  useKeys(useMemo(() => ({ '?': () => setHelp((open) => !open), n: () => go('/') }), [go]));
  return (
    <>
      <TopLine connection={connection} onHelp={() => setHelp(true)} />
      <main className="page">
        <Switch>
          <Route path="/">
            <NowView />
          </Route>
          <Route path="/alerts/:id">{({ id }) => <AlertView key={id} id={id} />}</Route>
          <Route path="/agents/:uid">{({ uid }) => <AgentView key={uid} uid={uid} />}</Route>
          <Route path="/chains/:id">{({ id }) => <ChainView key={id} id={id} />}</Route>
          <Route>
            <p>There is nothing at this address. The first page is one key away: n.</p>
          </Route>
        </Switch>
      </main>
      <KeysHelp open={help} onClose={() => setHelp(false)} />
    </>
  );
}
