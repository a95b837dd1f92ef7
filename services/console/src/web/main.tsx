/** Where the page starts: the style, the providers, the application. */
import '@mantine/core/styles.css';
import '@xyflow/react/dist/style.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/picture.css';
import './styles/verdict.css';
import './styles/triage.css';
import './styles/profile.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { queryClient } from './data/answers.ts';
import { theme } from './theme.ts';

/** The nonce of this answer, which the server put into the document's own tags. */
const nonce = () =>
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

// The library that keeps the page still behind a dialog writes a style too, and looks for this name.
Object.assign(globalThis, { __webpack_nonce__: nonce() });

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={nonce}>
        <QueryClientProvider client={queryClient}>
          <App />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
