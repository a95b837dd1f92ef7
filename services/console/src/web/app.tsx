/** The frame of every page: the line of health on top, the page by its address, the keys. */
import { useMemo, useState } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { idOfAddress } from './data/answers.ts';
import { useKeys } from './data/keys.ts';
import { useLive } from './data/live.ts';
import { AgentView } from './pages/agent-view.tsx';
import { AlertView } from './pages/alert-view.tsx';
import { ChainView } from './pages/chain-view.tsx';
import { FrictionView } from './pages/friction-view.tsx';
import { NowView } from './pages/now-view.tsx';
import { KeysHelp } from './parts/keys-help.tsx';
import { TopLine } from './parts/top-line.tsx';

export function App() {
  const connection = useLive();
  const [, go] = useLocation();
  const [help, setHelp] = useState(false);
  useKeys(
    useMemo(
      () => ({ '?': () => setHelp((open) => !open), n: () => go('/'), f: () => go('/friction') }),
      [go],
    ),
  );
  return (
    <>
      <TopLine connection={connection} onHelp={() => setHelp(true)} />
      <main className="page">
        <Switch>
          <Route path="/">
            <NowView />
          </Route>
          <Route path="/alerts/*">
            <AlertView key={idOfAddress('/alerts/')} id={idOfAddress('/alerts/')} />
          </Route>
          <Route path="/agents/*">
            <AgentView key={idOfAddress('/agents/')} uid={idOfAddress('/agents/')} />
          </Route>
          <Route path="/chains/*">
            <ChainView key={idOfAddress('/chains/')} id={idOfAddress('/chains/')} />
          </Route>
          <Route path="/friction">
            <FrictionView />
          </Route>
          <Route>
            <p>There is nothing at this address. The first page is one key away: n.</p>
          </Route>
        </Switch>
      </main>
      <KeysHelp open={help} onClose={() => setHelp(false)} />
    </>
  );
}
